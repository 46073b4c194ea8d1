"""The file of a hand-off: what is in it, what never is, and when it is refused."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pypdf
import pytest
from sqlalchemy import delete

from casefile import tables as t
from casefile.notes import keep_note
from domain.parties import Contact, Debtor
from domain.policy import Policy
from services.handoffs.manifest import schema
from tests.activities.workplace import OWN_COPY, Workplace
from tests.casefile.builders import CASE, CREDITOR, DEBTOR
from tests.domain.builders import hand_off, policy, send

KNOWN = CREDITOR.model_copy(update={"kvk": "00000000", "enterprise_number": "0000.000.097"})
SCHEMA = Path(__file__).parents[3] / "docs" / "handoff.schema.json"


def ladder(**more: Any) -> Policy:
    return policy(
        send("notice", {"after_due": "5d"}, send=["post", "email"], term="14d"),
        hand_off({"term_expired": "notice"}),
        law="NL",
        **more,
    )


def workplace(folder: Path, rules: Policy, debtor: Debtor = DEBTOR) -> Workplace:
    work = Workplace(folder, rules, debtor=debtor)
    with work.file.write() as transaction:
        transaction.parties.save_creditor(KNOWN)
    return work


def texts(content: bytes, only: str = "") -> str:
    """All that a ZIP says, its PDFs read as text; or what those of its files say whose name begins so."""
    said = []
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            if not name.removeprefix("documents/").startswith(only):
                continue
            data = packed.read(name)
            said.append(name)
            if name.endswith(".pdf"):
                try:
                    said += [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
                except pypdf.errors.PyPdfError:
                    said.append(data.decode("latin-1"))
            else:
                said.append(data.decode("utf-8", "replace"))
    return "\n".join(said)


async def handed_off(work: Workplace) -> bytes:
    for _ in range(6):
        turn = await work.act()
        if turn.action == "end":
            break
    return next(d.content for d in work.deliveries() if d.channel == "agency")


def manifest_in(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return dict(json.loads(packed.read("manifest.json")))


def test_the_published_schema_is_that_of_the_manifest() -> None:
    written = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("MAANWERK_GUIDE") == "write":
        SCHEMA.write_text(written, encoding="utf-8")
    assert SCHEMA.read_text(encoding="utf-8") == written


async def test_the_manifest_is_as_its_schema_says_and_the_papers_say_its_sums(tmp_path: Path) -> None:
    work = workplace(tmp_path, ladder())
    await work.tell("log_call", {"outcome": "will pay on Friday", "note": "spoke with Els", "actor": "j.devries"})
    await work.tell("payment_received", {"id": "p1", "amount": "100.00", "credited_on": "2026-03-01"})
    content = await handed_off(work)
    manifest = manifest_in(content)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(manifest)
    # 900.00 from 4 March (30 days after receipt, BW 6:119a lid 2) at 10.15%; 15% of 900.00 are 135.00.
    said = texts(content).replace("\u00a0", " ")
    assert manifest["claim"]["principal_open"]["amount"] == "900.00"
    assert manifest["claim"]["costs"]["amount"] == "135.00"
    total = manifest["claim"]["total"]["amount"].replace(".", ",")
    assert f"€ 1.{total[1:]}" in said
    assert "artikel 6:119a BW" in said and "15% van 900,00 = 135,00" in said and "spoke with Els" in said


async def test_nothing_internal_and_nobody_elses_data_leaves(tmp_path: Path) -> None:
    canaries = ["kanarie-notitie", "kanarie-taak", "kanarie-beleid", "kanarie-ander", "kanarie-pauze", "kanarie-actor"]
    work = workplace(tmp_path, ladder(policy="kanarie-beleid"))
    other = Debtor(id="ander", name="kanarie-ander BV", address=("Straat 1", "1000 AA Stad"), contacts=(Contact(),))
    with work.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, other)
    keep_note(work.file, CASE, "n1", "u1", "kanarie-actor", "kanarie-notitie", datetime(2026, 3, 2, tzinfo=UTC))
    await work.tell("raise_task", {"task": "look", "actor": "kanarie-actor"})
    await work.tell("complete_task", {"task": "look", "outcome": "kanarie-taak", "actor": "kanarie-actor"})
    await work.tell("pause", {"until": "2026-03-03", "reason": "kanarie-pauze", "actor": "kanarie-actor"})
    content = await handed_off(work)
    said = texts(content)
    assert [word for word in canaries if word in said] == []
    assert not {"policy", "timeline", "remarks", "policies", "terms"} & manifest_in(content).keys()
    assert "timeline" not in json.dumps(manifest_in(content))


@pytest.mark.parametrize(
    ("debtor", "missing"),
    [
        (DEBTOR.model_copy(update={"address": ()}), "no address of the debtor is known"),
        (DEBTOR, "neither the product nor the invoice is known"),
    ],
)
async def test_an_incomplete_file_is_refused_and_says_what_is_missing(
    tmp_path: Path, debtor: Debtor, missing: str
) -> None:
    email = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}), law="NL")
    work = workplace(tmp_path, email, debtor)
    if debtor is DEBTOR:
        with work.file.write() as transaction:
            transaction.session.connection.execute(delete(t.documents))
    for _ in range(3):
        turn = await work.act()
    assert turn.action != "end" and not [d for d in work.deliveries() if d.channel == "agency"]
    loaded = work.loaded()
    assert loaded.case.open_task("mend_letter") is not None
    assert missing in str(loaded.case.attempt)
    # Mended and said so, it leaves.
    with work.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", OWN_COPY)
    await work.tell("complete_task", {"task": "mend_letter", "actor": "j.devries"})
    assert manifest_in(await handed_off(work))["debtor"]["address"] == ["Weg 2", "1000 AB Dorp"]


async def test_a_debtor_under_belgian_law_who_speaks_french_has_his_statement_in_french(tmp_path: Path) -> None:
    rules = policy(
        send("notice", {"after_due": "5d"}, send=["post"], term="15d"), hand_off({"term_expired": "notice"}), law="BE"
    )
    work = workplace(tmp_path, rules, DEBTOR.model_copy(update={"language": "fr"}))
    said = texts(await handed_off(work))
    assert "Décompte de la créance" in said and "Résumé du dossier" in said and "loi du 2 août 2002" in said
    assert "Vordering" not in said.replace("vordering.pdf", "")
