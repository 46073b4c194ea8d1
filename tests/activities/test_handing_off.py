"""The hand-off to an agency: the claim, every message, and a hash of each."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path

from sqlalchemy import update

from casefile import tables as t
from tests.activities.ladders import PDF, notice
from tests.activities.workplace import OWN_COPY, Workplace
from tests.casefile.builders import CASE, CREDITOR
from tests.domain.builders import hand_off, policy, send


async def test_the_agency_gets_the_claim_every_message_and_a_hash_of_each(tmp_path: Path) -> None:
    rules = policy(
        send("notice", {"after_due": "5d"}, send=["post", "email"], term="14d"), hand_off({"term_expired": "notice"})
    )
    work = Workplace(tmp_path, rules)
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    await work.act()
    await work.tell("payment_received", {"id": "p1", "amount": "100.00"})
    handed = await work.act()
    assert (handed.action, work.steps()) == ("wait", ["notice post,email", "handoff agency"])
    dossier = work.taken()[-1]
    assert dossier.file.parent == tmp_path / "outbox" / "agency"
    with zipfile.ZipFile(dossier.file) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        contents = {name: packed.read(name) for name in packed.namelist()}
    assert manifest["case"] == CASE
    assert manifest["claim"]["principal_open"] == {"amount": "900.00", "currency": "EUR"}
    assert [entry["kind"] for entry in manifest["ledger"]] == ["principal", "payment"]
    assert sorted(m["channel"] for m in manifest["messages"]) == ["email", "post"]
    kept = [d for d in manifest["documents"] if d["kind"] in ("message", "invoice")]
    assert {d["sha256"] for d in kept} == {
        sha256(PDF).hexdigest(),
        sha256(OWN_COPY).hexdigest(),
        *(d.sha256 for d in work.deliveries() if d.channel != "agency"),
    }
    for document in manifest["documents"]:
        assert sha256(contents[document["name"]]).hexdigest() == document["sha256"]


async def test_no_file_of_a_hand_off_names_anybody_in_its_name(tmp_path: Path) -> None:
    creditor = CREDITOR.model_copy(update={"agency": "Incasso Jansen"})
    work = Workplace(tmp_path, notice())
    with work.file.write() as transaction:
        transaction.parties.save_creditor(creditor)
        transaction.documents.save(CASE, "Factuur Bakkerij Ochtend els@ochtend.example.pdf", "application/pdf", PDF)
        transaction.documents.save(CASE, "F-1.xml", "application/xml", b"<Invoice/>")
    await work.act()
    with work.file.write() as transaction:
        # As versions before this one called it.
        transaction.session.connection.execute(
            update(t.deliveries).values(filename_hint="2026-03-06 Bakkerij Ochtend F-1")
        )
    await work.act()
    files = [taken.file for taken in work.taken()]
    with zipfile.ZipFile(files[-1]) as packed:
        names = packed.namelist()
        manifest = json.loads(packed.read("manifest.json"))
    said = " ".join((*(file.name for file in files), *names)).lower()
    assert not {word for word in ("ochtend", "jansen", "els", "f-1", "@", "vaart") if word in said}
    assert sorted(Path(name).suffix for name in names) == [".json", *[".pdf"] * 5, ".txt", ".xml"]
    assert {each.get("title") for each in manifest["documents"]} == {
        None, "Factuur Bakkerij Ochtend els@ochtend.example.pdf", "F-1.xml", "invoice.pdf",
    }  # fmt: skip


async def test_a_hand_off_that_timed_out_is_found_and_handed_off_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, notice())
    await work.act()
    work.faults.next["agency"] = ["time_out_after"]
    assert (await work.act()).action == "reconcile"
    assert (await work.act()).action == "wait"
    assert [taken.channel for taken in work.taken()] == ["post", "agency"]
    assert work.steps() == ["notice post", "handoff agency"]
