"""What holds for letters of every name: data is printed as it is, and amounts are those of the claim."""

import re

import pytest

from domain.money import Money
from letters.content import DebtorParty
from letters.render import VoidLetter, render_email, render_pdf, render_sms
from tests.letters.builders import CREDITOR, invoice, letter
from tests.letters.reading import all_forms, printed, words

HOSTILE = (
    '#read("/etc/passwd")',
    "<b>vet</b>",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}",
    "*a* _b_ $c$ @d `e`",
    '"; x \\u{41}',
    "&amp;",
    "$x$",
)


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


def test_the_invoice_amount_stands_in_the_table_only_if_part_of_it_was_paid() -> None:
    assert "Factuurbedrag" not in render_email(letter()).text
    assert "Factuurbedrag" in render_email(letter(lines=(invoice(still_open="234.50"),))).text


def test_amounts_keep_the_decimals_of_their_currency() -> None:
    # ISO 4217: the dinar of Iraq has thousandths, the yen has none.
    for text, currency, shown in (("10.250", "IQD", "10,25"), ("1200", "JPY", "1.200")):
        money = Money.parse(text, currency)
        line = invoice().model_copy(update={"currency": currency, "principal": money, "open": money})
        assert shown in render_email(letter(lines=(line,))).text


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


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_reply_is_asked_for_by_mail_and_an_address_given_on_paper(language: str) -> None:
    on_screen = "Antwoord op deze e-mail of bel 030 123 45 67" if language == "nl" else "Reply to this e-mail or call"
    on_paper = "Mail naar administratie@devaart.example" if language == "nl" else "Write to administratie@devaart.ex"
    mail, html, paper = all_forms(letter("reminder", language))
    assert on_screen in mail
    assert on_screen in html.replace("\u00a0", " ")
    assert on_paper in paper
    assert on_screen not in paper


def test_a_payment_link_is_a_link_in_the_mail_and_nothing_else_is() -> None:
    link = "https://betaal.devaart.example/p/7Kq2vXw9Tz"
    html = render_email(letter(payment_link=link)).html
    assert re.findall(r'href="([^"]*)"', html) == [link]
    assert "href" not in render_email(letter(reference="https://elders.example/p")).html


def test_a_void_letter_names_no_person() -> None:
    with pytest.raises(VoidLetter) as refused:
        render_email(letter("notice", term_days=None))
    assert "Bakker" not in str(refused.value)
