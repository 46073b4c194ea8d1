"""A joint file of three invoices as a lawyer reads it: what is on which page, as `docs/handoff.md` lists it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pypdf
import pytest

from domain.handoffs.partners import Partner
from domain.invoice import TermBasis
from domain.opening import open_case
from domain.parties import Debtor
from domain.policy import Policy
from tests.activities.workplace import OWN_COPY, START, Workplace
from tests.casefile.builders import CREDITOR, DEBTOR
from tests.domain.builders import hand_off, invoice, policy, send

LIST = Path(__file__).parents[3] / "docs" / "handoff.md"
NUMBERS = ("F-1", "F-2", "F-3")
KNOWN = CREDITOR.model_copy(
    update={
        "kvk": "00000000",
        "enterprise_number": "0000.000.097",
        "partners": (Partner(id="noordkade", name="Noordkade Incasso B.V.", register_number="000000"),),
    }
)


def ladder(law: str) -> Policy:
    return policy(
        send("reminder", {"after_due": "5d"}, claims="principal"),
        send("notice", {"after_due": "12d"}, send=["registered", "email"], term="15d", claims="principal+interest"),
        hand_off({"term_expired": "notice"}),
        law=law,
        kind="business",
    )


async def joint(folder: Path, law: str, debtor: Debtor) -> dict[str, list[str]]:
    """The pages of its PDFs by the names of the documents: a payment, a rejected dispute, a call, terms with one."""
    rules = ladder(law)
    work = Workplace(folder, rules, numbers=(), debtor=debtor)
    with work.file.write() as transaction:
        transaction.parties.save_creditor(KNOWN)
        transaction.parties.save_policy(rules)
        for number, amount in zip(NUMBERS, ("1210.00", "2420.00", "605.00"), strict=True):
            known = {"product": "papier", "delivered_on": date(2026, 2, 1)} if number != "F-3" else {}
            told = {"term_basis": TermBasis.AGREED, "received_on": date(2026, 2, 2), **known}
            found = invoice(number=number, amount=amount).model_copy(update=told)
            transaction.cases.open(work.case(number), CREDITOR.id, open_case(found, rules, START), START)
            transaction.documents.save(work.case(number), "i.pdf", "application/pdf", OWN_COPY + number.encode())
        transaction.documents.save(work.case("F-1"), "algemene voorwaarden.pdf", "application/pdf", OWN_COPY + b"t")
    await work.tell("payment_received", {"id": "p1", "amount": "210.00", "credited_on": "2026-03-01"})
    await work.tell("log_call", {"outcome": "betaalt volgende week", "actor": "j"}, number="F-2")
    await work.tell("raise_dispute", {"reason": "wrong_price", "note": "te duur", "actor": "e"}, number="F-2")
    await work.tell("resolve_dispute", {"outcome": "rejected", "note": "zo besteld", "actor": "j"}, number="F-2")
    for _ in range(40):
        turns = [work.last.get(number) or await work.advance(number=number) for number in NUMBERS]
        at, number = min((turn.at or work.now, number) for turn, number in zip(turns, NUMBERS, strict=True))
        if work.last[number].action == "wait":
            work.now = max(work.now, at)
            await work.advance(number=number)
        else:
            await work.act(number)
        if packed := [taken for taken in work.taken() if taken.channel == "agency"]:
            return _pages(packed[0].file.read_bytes())
        for other in NUMBERS:
            await work.advance(number=other)
    raise AssertionError("it was not handed off")


def _pages(content: bytes) -> dict[str, list[str]]:
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            own = name.removeprefix("documents/")
            read = pypdf.PdfReader(io.BytesIO(packed.read(name))).pages if own[:3] in ("01 ", "02 ") else ()
            found[own] = [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in read]
    return found


async def test_each_point_stands_on_the_page_that_the_list_names(tmp_path: Path) -> None:
    """The sums: 15% of 2,500.00 and 10% of 1,525.00 are 527.50 (law.md §2), on 4,025.00 once 210.00 was paid."""
    debtor = DEBTOR.model_copy(update={"name": "Bakkerij Ochtend BV", "kvk": "00000001"})
    pages = await joint(tmp_path, "NL", debtor)
    (summary,), claim = pages["01 samenvatting.pdf"], pages["02 vordering.pdf"]
    assert "Totaal te vorderen € 4.025,00" in claim[0] and "€ 527,50" in claim[0] and "€ 527,50" in summary
    listed = LIST.read_text("utf-8")
    for page, said in (
        (1, "Registernummer (Wki)"),
        (1, "De rente loopt door met"),
        (1, "(artikel 6:83 onder a BW)"),
        (1, "Algemene voorwaarden stuk"),
        (1, "Wettelijke handelsrente (artikel 6:119a BW)"),
        (2, "15% van 2.500,00 = 375,00; 10% van 1.525,00 = 152,50; samen 527,50"),
        (2, "betaling € 210,00 € 0,00 € 0,00 € 210,00"),
        (2, "Factuur F-2"),
        (3, "prijs onjuist, geheel: “te duur”; afgehandeld op 1 mrt 2026: afgewezen"),
        (3, "betaalt volgende week"),
        (3, "Factuur F-3"),
        (4, "factuur, F-3"),
    ):
        assert said in claim[page - 1], (page, said)
    assert len(claim) == 4 and "| stukken | v p. 4" in listed
    assert "1 telefoongesprek genoteerd" in summary and "F-2: 1 mrt 2026, prijs onjuist, afgewezen" in summary
    assert "F-2, F-3: De algemene voorwaarden zijn niet bekend" in summary
    assert "F-3: Wat er geleverd is, is hier niet bekend" in summary
    # Exhibits are called what they are, in the language of the court, and none by a word of ours.
    names = [name for name in pages if name[:2].isdigit()]
    assert [name.partition(" ")[2].rsplit(" ", 1)[0] for name in names if "F" not in name][2:5] == [
        "2026-03-01 ontvangstbevestiging e-mail",
        "2026-03-06 herinnering e-mail",
        "2026-03-13 aanmaning e-mail",
    ]
    assert not [name for name in names if any(word in name for word in ("notice", "reminder", "dispute", "receipt"))]


@pytest.mark.parametrize(("language", "claim"), [("fr", "02 decompte.pdf"), ("nl", "02 vordering.pdf")])
async def test_under_belgian_law_no_article_of_the_dutch_code_is_cited(
    tmp_path: Path, language: str, claim: str
) -> None:
    debtor = DEBTOR.model_copy(update={"name": "Boulangerie SRL", "language": language})
    said = " ".join((await joint(tmp_path, "BE", debtor))[claim])
    # How the costs were counted stands in either language: 40 euro for each late invoice (law of 2 August 2002).
    assert not re.search(r"\b[67]:\d", said)
    assert ("KBO-nummer niet bekend" if language == "nl" else "Numéro d'entreprise (BCE) inconnu") in said
    assert ("40,00 voor" if language == "nl" else "40,00 pour") in said
