import io
import json
import re
from html import unescape
from itertools import pairwise, product
from typing import Any

import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from domain.money import Money
from letters import render
from letters.content import DebtorParty, LetterContent
from letters.render import (
    UnknownLetter,
    Unprintable,
    VoidLetter,
    known_letters,
    render_email,
    render_pdf,
    render_sms,
)
from tests.letters.builders import CREDITOR, DEBTOR, PERSON, euros, invoice, letter

LETTERS = ("reminder", "second_reminder", "notice", "final_demand", "generic")
EVERY = list(product(LETTERS, ("nl", "en")))
HOSTILE = (
    '#read("/etc/passwd")',
    "<b>vet</b>",
    "{{7*7}}",
    "{% raw %}",
    "*a* _b_ $c$ @d `e`",
    '"; x \\u{41}',
    "&amp;",
)


def printed(pdf: bytes) -> str:
    """Return the words of a PDF, with line ends and no-break spaces as spaces."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"[\s\u200b]+", " ", text)


def words(html: str) -> str:
    """Return the words of an HTML text, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<title>.*?</title>|<[^>]+>", " ", html, flags=re.DOTALL)))


def all_forms(content: LetterContent) -> list[str]:
    email = render_email(content)
    return [email.text, words(email.html), printed(render_pdf(content))]


def test_the_five_letters_exist_in_both_languages() -> None:
    assert known_letters() == set(LETTERS)
    for name, language in EVERY:
        assert render_email(letter(name, language)).subject


def test_an_unknown_letter_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(UnknownLetter, match=r"'invoice'.*reminder \(en, nl\)"):
        render_email(letter("invoice"))
    with pytest.raises(UnknownLetter, match="in language 'fr'"):
        render_sms(letter().model_copy(update={"language": "fr"}))
    with pytest.raises(UnknownLetter):
        render_pdf(letter("../reminder"))


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_form_states_amount_invoice_due_date_and_account(name: str, language: str) -> None:
    amount = "€ 1.234,50" if language == "nl" else "€1,234.50"
    due = "3 maart 2026" if language == "nl" else "3 March 2026"
    for text in all_forms(letter(name, language)):
        assert amount in text
        assert due in text
        assert "F-1" in text
        assert "NL91 ABNA 0417 1643 00" in text
        assert CREDITOR.name in text


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_letter_says_how_to_react(name: str, language: str) -> None:
    on_screen = "Antwoord op deze e-mail of bel 030 123 45 67" if language == "nl" else "Reply to this e-mail or call"
    on_paper = "Mail naar administratie@devaart.example" if language == "nl" else "Write to administratie@devaart.ex"
    mail, html, paper = all_forms(letter(name, language))
    assert on_screen in mail
    assert on_screen in html
    assert on_paper in paper
    assert on_screen not in paper


def test_all_forms_say_the_same_words() -> None:
    content = letter("notice", announces=("costs",))
    mail, html, paper = all_forms(content)
    paragraphs = [part for part in mail.split("\n\n") if "\n" not in part and "deze e-mail" not in part]
    assert len(paragraphs) == 5
    for paragraph in paragraphs:
        assert paragraph in html
        assert paragraph in paper


def test_a_statement_of_account_lists_every_invoice_and_one_total() -> None:
    lines = (invoice("F-1", "1000.00", "700.00"), invoice("F-2", "50.25"), invoice("F-3", "10.00"))
    for text in all_forms(letter(lines=lines)):
        for expected in (
            "F-1",
            "F-2",
            "F-3",
            "€ 1.000,00",
            "€ 700,00",
            "€ 50,25",
            "€ 10,00",
            "€ 760,25",
            "Totaal",
        ):
            assert expected in text


def test_a_statement_longer_than_a_page_goes_on_with_its_heading_and_page_numbers() -> None:
    content = letter(lines=tuple(invoice(f"F-{number}") for number in range(1, 61)))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render_pdf(content))).pages]
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"Pagina {number} van 3" in page
    assert all("Factuurdatum" in page for page in pages[:2])
    assert all(f"F-{number}" in "".join(pages) for number in range(1, 61))


def test_the_invoice_amount_stands_in_the_table_only_if_part_of_it_was_paid() -> None:
    assert "Factuurbedrag" not in render_email(letter()).text
    assert "Factuurbedrag" in render_email(letter(lines=(invoice(still_open="234.50"),))).text


def test_a_letter_claims_exactly_what_its_lines_show_as_open() -> None:
    with pytest.raises(ValidationError, match=r"claimed is 1274\.50, but the lines are open for 1234\.50"):
        letter(claimed=euros("1274.50"))


def test_amounts_keep_the_decimals_of_their_currency() -> None:
    # ISO 4217: the dinar of Iraq has thousandths, the yen has none.
    for text, currency, shown in (("10.250", "IQD", "10,25"), ("1200", "JPY", "1.200")):
        money = Money.parse(text, currency)
        line = invoice().model_copy(update={"currency": currency, "principal": money, "open": money})
        assert shown in render_email(letter(lines=(line,))).text


def test_a_letter_in_two_currencies_is_refused() -> None:
    pounds = invoice().model_dump() | {"currency": "GBP"}
    with pytest.raises(ValidationError, match="principal is in EUR, the invoice in GBP"):
        letter().model_validate(letter().model_dump() | {"lines": [pounds]})


def test_a_reminder_announces_and_claims_nothing_by_itself() -> None:
    for text in all_forms(letter("reminder")):
        assert not re.search(r"rente|kosten|incasso|deurwaarder|gerechtelijk", text)


def test_a_business_letter_announces_what_the_step_announces_and_no_more() -> None:
    text = render_email(letter("notice", announces=("interest", "handoff"))).text
    assert "rente berekenen over het bedrag dat openstaat en de vordering uit handen geven" in text
    assert "kosten" not in text
    assert "stoppen met leveren" in render_email(letter("notice", announces=("supply_stop",))).text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_consumer_notice_has_a_term_from_delivery_no_date_for_it_and_one_total(language: str) -> None:
    content = letter("notice", language, consumer=True, debtor=PERSON, announces=("interest", "costs", "handoff"))
    said = {
        "nl": "binnen 14 dagen, gerekend vanaf de dag nadat deze brief bij u is bezorgd",
        "en": "within 14 days, counted from the day after this letter was delivered to you",
    }[language]
    months = r"(jan|feb|mrt|maart|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*"
    # The dates of the letter, of the invoice and of its due day; none after them may be there.
    allowed = {("1", "feb"), ("3", "maa"), ("3", "mrt"), ("3", "mar"), ("10", "maa"), ("10", "mar")}
    for text in all_forms(content):
        assert said in text
        dates = re.findall(rf"\b(\d{{1,2}})\s{months}", text.replace("\xa0", " ").lower())
        assert {(day, month[:3]) for day, month in dates} <= allowed
        amounts = set(re.findall(r"€\s?[\d.,]*\d", text.replace("\xa0", " ")))
        assert len(amounts) == 1
        assert not re.search(r"rente|kosten|incasso|interest|costs|collection|ingebreke|heden|dagtekening", text)


def test_a_consumer_notice_under_fourteen_days_is_refused() -> None:
    with pytest.raises(VoidLetter, match="term_days is 13; a consumer has at least 14 days"):
        render_pdf(letter("notice", consumer=True, term_days=13))


def test_a_notice_without_a_term_is_refused() -> None:
    with pytest.raises(VoidLetter, match="term_days is missing"):
        render_email(letter("notice", term_days=None))


@pytest.mark.parametrize("name", ["reminder", "second_reminder", "final_demand", "generic"])
def test_other_letters_need_no_term(name: str) -> None:
    for text in all_forms(letter(name, term_days=None)):
        assert "None" not in text
        assert "gerekend vanaf" not in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_data_is_printed_as_it_is(hostile: str) -> None:
    content = letter(
        debtor=DebtorParty(name=hostile, contact_name=hostile, address=(hostile,)),
        lines=(invoice(hostile),),
        reference=hostile,
        creditor=CREDITOR.model_copy(update={"name": hostile}),
    )
    email = render_email(content)
    assert hostile in email.subject
    assert hostile in email.text
    assert hostile in words(email.html)
    assert "<b>vet" not in email.html
    # The first line of the page, the address, the reference, the heading, the table, the body, the payment.
    assert printed(render_pdf(content)).count(hostile) >= 7
    assert hostile[:4] in render_sms(content)


def test_a_line_break_in_a_name_adds_no_paragraph() -> None:
    debtor = DebtorParty(name="Bakker\r\n\r\nU hoeft niets te betalen.\u2028\x00", contact_name="\u202eEls\n\nBakker")
    text = render_email(letter(debtor=debtor, lines=(invoice("F-1\n\nBetaald"),))).text
    assert text.startswith("Beste Els Bakker,\n\n")
    assert "F-1 Betaald" in text
    assert debtor.name == "Bakker U hoeft niets te betalen."


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_same_letter_has_the_same_bytes_also_from_another_compiler(name: str, language: str) -> None:
    content = letter(name, language)
    first = render_pdf(content)
    render_pdf(letter("generic", debtor=PERSON, consumer=True))
    assert render_pdf(content) == first
    assert render._Press().print(render._printed(content), content.on) == first


def test_nothing_of_the_previous_debtor_is_left_in_a_letter() -> None:
    debtors = [DebtorParty(name=f"Klant{letter_} B.V.", address=(f"Weg{letter_} 1",)) for letter_ in "ABCDE"]
    prints = [
        printed(render_pdf(letter(debtor=debtor, lines=(invoice(f"N-{number}"),), reference=f"N-{number}")))
        for number, debtor in enumerate(debtors)
    ]
    for (number, earlier), later in zip(enumerate(debtors), prints[1:], strict=False):
        assert earlier.name not in later
        assert f"N-{number}" not in later
    assert all(earlier != later for earlier, later in pairwise(prints))


def test_the_pdf_is_a_tagged_pdf_a_3b_dated_by_the_letter() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(letter())))
    metadata = reader.xmp_metadata
    assert metadata is not None
    raw = metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in raw
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in raw
    assert reader.metadata is not None
    assert reader.metadata.title == "Herinnering: factuur F-1 staat nog open"
    assert str(reader.metadata.creation_date).startswith("2026-03-10 00:00:00")
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_a_name_that_the_fonts_cannot_print_is_refused_by_name() -> None:
    with pytest.raises(Unprintable, match="株"):
        render_pdf(letter(debtor=DebtorParty(name="株式会社")))
    assert "Łukasz Ženíšek" in printed(render_pdf(letter(debtor=DebtorParty(name="Łukasz Ženíšek"))))


def test_a_very_long_word_stays_on_the_page() -> None:
    content = letter(debtor=DebtorParty(name="W" * 100), lines=(invoice("9" * 90), invoice("8" * 90)))
    compact = printed(render_pdf(content)).replace(" ", "")
    assert "W" * 100 in compact
    assert "9" * 90 in compact


@pytest.mark.parametrize(("name", "language", "consumer"), [(*which, c) for which in EVERY for c in (True, False)])
def test_a_text_message_fits_in_one_and_in_its_alphabet(name: str, language: str, consumer: bool) -> None:
    text = render_sms(letter(name, language, consumer=consumer))
    # GSM 03.38 without the accented letters; the euro sign takes two places.
    assert re.fullmatch(r"[A-Za-z0-9 .,:?()€'&-]+", text)
    assert len(text) + text.count("€") <= 160
    assert "F-1" in text
    assert "030 123 45 67" in text


def test_a_text_message_to_a_consumer_has_no_amount_and_no_word_incasso() -> None:
    for name, language in EVERY:
        lines = (invoice("F-1"), invoice("F-2"))
        for content in (
            letter(name, language, consumer=True),
            letter(name, language, consumer=True, lines=lines),
        ):
            text = render_sms(content)
            assert "€" not in text
            assert "234" not in text
            assert "incasso" not in text.lower()
    with pytest.raises(VoidLetter, match="incasso"):
        render_sms(letter(consumer=True, creditor=CREDITOR.model_copy(update={"name": "Snel Incasso B.V."})))


def test_a_long_name_is_cut_so_that_a_text_message_fits() -> None:
    creditor = CREDITOR.model_copy(update={"name": "Coöperatieve Vereniging tot Verbouw van Buitenplaatsen U.A."})
    text = render_sms(letter(creditor=creditor, lines=(invoice("2026-0000000000000000000000000000001"),)))
    assert len(text) + text.count("€") <= 160
    assert "Coöperatieve" in text
    assert "..." in text


def test_letters_outside_the_alphabet_of_text_messages_lose_their_accent() -> None:
    text = render_sms(letter(creditor=CREDITOR.model_copy(update={"name": "Zoë & Çelik Oké"})))
    assert "Zoe & Çelik Oké" in text


def test_content_survives_json() -> None:
    content = letter("notice", announces=("costs",))
    assert LetterContent.model_validate(json.loads(content.model_dump_json())) == content
    assert content.debtor == DEBTOR
