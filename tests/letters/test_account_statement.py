"""A statement of account in words and as a PDF: in four languages, the same bytes for the same statement."""

from __future__ import annotations

import io
from datetime import date
from string import Formatter

import pytest
from pypdf import PdfReader

from domain.ledger import EntryKind
from domain.money import Money
from domain.parties import Creditor, PayTo
from domain.views.statement import AccountEntry, AccountPart, ClaimedBeside, account_parts
from letters.account_statement import Statement, _texts, render_statement, statement_of
from letters.content import Language
from letters.errors import Unprintable
from tests.casefile.builders import CREDITOR, DEBTOR
from tests.domain.builders import eur

SINCE, UNTIL = date(2026, 1, 1), date(2026, 4, 10)
LANGUAGES: tuple[Language, ...] = ("nl", "en", "fr", "de")


def entry(number: str, kind: EntryKind, amount: str, on: str, currency: str = "EUR") -> AccountEntry:
    due = date(2026, 3, 1)
    money = Money.parse(amount, currency)
    return AccountEntry(invoice=number, due=due, kind=kind, amount=money, on=date.fromisoformat(on))


def parts() -> tuple[AccountPart, ...]:
    euro, dollar = account_parts(
        [
            entry("F-1", EntryKind.PRINCIPAL, "1000.00", "2026-02-01"),
            entry("F-1", EntryKind.PAYMENT, "-300.00", "2026-02-20"),
            entry("U-1", EntryKind.PRINCIPAL, "250.00", "2026-02-11", "USD"),
        ],
        SINCE,
        UNTIL,
    )
    beside = ClaimedBeside(invoice="F-1", letter_on=date(2026, 3, 20), interest=eur("4.83"), costs=eur("105.00"))
    return euro.model_copy(update={"claimed": (beside,), "loose": eur("12.00")}), dollar


def statement(language: Language = "nl", creditor: Creditor = CREDITOR, name: str = "Bakkerij Ochtend") -> Statement:
    debtor = DEBTOR.model_copy(update={"language": language, "name": name})
    return statement_of(creditor, debtor, parts(), since=SINCE, until=UNTIL, on=UNTIL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_all_texts_with_the_same_values(language: Language) -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    dutch, own = _texts("nl"), _texts(language)
    assert own.keys() == dutch.keys() and own["kinds"].keys() == dutch["kinds"].keys()
    for name, text in own.items():
        if isinstance(text, str):
            assert values(text) == values(dutch[name]), name
    for name, text in own["kinds"].items():
        assert values(text) == {"invoice"}, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_what_the_page_says_and_is_the_same_each_time(language: Language) -> None:
    worded = statement(language)
    pdf = render_statement(worded, UNTIL)
    assert pdf == render_statement(worded, UNTIL)
    read = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    for text in (worded.title, *worded.address, *(sum_[1] for each in worded.sections for sum_ in each.sums)):
        assert " ".join(text.split()) in read, text


def test_currencies_have_tables_of_their_own_and_what_is_asked_beside_stands_apart() -> None:
    captions = [each.caption for each in statement().sections]
    assert captions == [
        "Verloop in EUR",
        "Openstaande facturen in EUR",
        "Rente en kosten, zoals wij ze schreven",
        "Verloop in USD",
        "Openstaande facturen in USD",
    ]
    assert statement().sections[2].sums == (("Samen, naast de facturen", "€\u00a0109,83"),)
    assert "€\u00a012,00" in statement().notes[0]


def test_who_has_bought_the_claims_is_paid() -> None:
    factor = PayTo(kind="factor", iban="NL20INGB0001234567", name="Factor NV")
    payment = dict(statement(creditor=CREDITOR.model_copy(update={"pay_to": (factor,)})).payment)
    assert payment["Rekening"].replace("\u00a0", " ") == "NL20 INGB 0001 2345 67"
    assert payment["Op naam van"] == "Factor NV"


def test_a_name_that_no_font_has_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unprintable, match="Latin letters"):
        render_statement(statement(name="\U00013080 Bakker"), UNTIL)


def test_a_name_is_printed_as_it_is_and_never_run() -> None:
    pdf = render_statement(statement(name='#panic("x") *Bakker*'), UNTIL)
    assert '#panic("x") *Bakker*' in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_what_a_collection_partner_has_is_not_asked_to_our_account() -> None:
    """practice.md, Hand-off: own contact stops; two who ask for one sum get it twice, or from nobody."""

    def made(*handed_off: str) -> Statement:
        return statement_of(CREDITOR, DEBTOR, parts(), since=SINCE, until=UNTIL, on=UNTIL, handed_off=handed_off)

    some, every = made("F-1"), made("F-1", "U-1")
    assert any("overgedragen ter incasso: F-1." in note for note in some.notes) and some.payment
    assert any("F-1, U-1." in note for note in every.notes) and every.payment == ()
    for each in (some, every):
        read = "".join(page.extract_text() for page in PdfReader(io.BytesIO(render_statement(each, UNTIL))).pages)
        assert ("ABNA" in read) == bool(each.payment)
    assert not any("incasso" in note for note in statement().notes)
