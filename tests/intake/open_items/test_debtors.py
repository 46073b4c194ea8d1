"""Who owes: the debtor, his legal status, and how he is reached."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.invoice import YesNoUnknown
from domain.telephone import why_unusable
from intake.comparing import debtor_of
from intake.findings import Unreadable
from intake.open_item import debtor_slug
from intake.written.contacts import read_phone
from tests.intake.open_items.rows import dropped, item, only_finding, read, refused, table
from tests.rows import in_rows


def test_a_debtor_without_a_number_gets_a_stable_id_without_his_name() -> None:
    slug = item(debtor_number="", debtor_name="Café De Wit", postcode="1234 AB").debtor_id
    assert slug == debtor_slug("CAFE  de-wit", "1234ab")
    assert slug != debtor_slug("Café De Wit", "1234 AC")
    # sha256 of "cafedewit", a line feed and "1234ab", by coreutils' sha256sum
    assert slug == "d-b6fd2ad56e4634ab"


def test_a_debtor_known_by_name_only_is_remarked_once() -> None:
    result = read(table({"debtor_number": ""}, {"debtor_number": ""}))
    assert "no debtor number and no postcode" in only_finding(result).reason
    assert len({row.debtor_id for row in result.items}) == 1


def test_a_debtor_number_with_two_names_is_remarked() -> None:
    result = read(table({}, {"debtor_name": "Bakkerij de korenaar"}, {"debtor_name": "Iemand Anders"}))
    assert (only_finding(result).line, only_finding(result).severity, len(result.items)) == (4, "warning", 3)


def test_a_row_without_a_debtor_is_refused() -> None:
    assert "there is no debtor" in refused(debtor_number="", debtor_name="").reason


@pytest.mark.parametrize(
    ("cells", "person", "business", "government"),
    [
        ({"kind": "zakelijk"}, "no", "yes", "unknown"),
        ({"kind": "particulier"}, "yes", "no", "no"),
        ({"kind": "business", "natural_person": "ja"}, "yes", "yes", "unknown"),
        ({"kind": "", "natural_person": "nee"}, "no", "unknown", "unknown"),
        ({"kind": "", "in_business": "yes"}, "unknown", "yes", "unknown"),
        ({"kind": "overheid", "debtor_name": "Gemeente Oosterhaven"}, "no", "unknown", "yes"),
        ({"kind": "", "government": "ja"}, "no", "unknown", "yes"),
    ],
)
def test_legal_status_comes_from_the_columns_and_the_short_form(
    cells: dict[str, str], person: str, business: str, government: str
) -> None:
    result = read(table(cells))
    assert result.findings == ()
    row = result.items[0]
    assert (row.natural_person, row.in_business, row.government) == (person, business, government)
    assert row.legal_status.protected_as_consumer == (cells["kind"] == "particulier")


@pytest.mark.parametrize("cells", [{"kind": ""}, {"kind": "", "natural_person": "yes"}])
def test_an_unknown_status_is_treated_as_a_consumer_with_a_warning(cells: dict[str, str]) -> None:
    result = read(table(cells))
    assert result.items[0].legal_status.protected_as_consumer
    assert (only_finding(result).line, only_finding(result).severity) == (2, "warning")
    assert "treated as a consumer in letters and costs" in only_finding(result).reason


def test_a_file_that_never_says_who_is_a_consumer_is_remarked_once() -> None:
    finding = only_finding(read(table({}, {}, without=["kind"])))
    assert (finding.line, finding.severity) == (1, "warning")


@pytest.mark.parametrize(
    "cells",
    [
        {"kind": "consumer", "natural_person": "no"},
        {"kind": "consumer", "in_business": "yes"},
        {"kind": "business", "in_business": "no"},
        {"kind": "", "natural_person": "yes", "government": "yes"},
    ],
)
def test_a_status_that_contradicts_itself_is_refused(cells: dict[str, str]) -> None:
    assert "correct" in refused(**cells).reason


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("term_basis", "soon"),
        ("law", "FR"),
        ("handed_off", "perhaps"),
        ("notice_proof", "delivered"),
        ("promise_amount", "50,00"),
        ("hold_until", "2026-05-01"),
        ("number", "F" * 65),
    ],
)
def test_what_cannot_be_used_is_refused_in_its_column(column: str, written: str) -> None:
    assert refused(**{column: written}).column == column


@in_rows(
    ("column", "written"),
    [
        ("email", "ilse"),
        ("email", "ilse@korenaar"),
        ("email", "ilse@korenaar..example"),
        ("phone", "3,16E+10"),
        ("phone", "0612"),
        ("country", "Atlantis"),
        ("language", "klingon"),
        ("kind", "maybe"),
        ("document", "/etc/passwd"),
        ("document", "../secret.pdf"),
        ("document", "C:\\F-1.pdf"),
        ("reference", "x" * 1001),
        ("city", "Zut\x1bphen"),
    ],
)
def test_a_side_field_that_cannot_be_used_leaves_out_itself_and_never_the_invoice(column: str, written: str) -> None:
    result = read(table({column: written}))
    assert {each.severity for each in result.findings} == {"warning"}
    assert (result.findings[0].column, len(result.items)) == (column, 1)


@in_rows(
    ("column", "written", "used"),
    [
        ("email", "a@b.example c@d.example", "a@b.example"),
        ("email", "a@b.example; c@d.example", "a@b.example"),
        ("email", "a@b.example / c@d.example", "a@b.example"),
        ("email", "Ilse <ilse@korenaar.example>", "ilse@korenaar.example"),
        ("email", "mailto:ilse@korenaar.example", "ilse@korenaar.example"),
        ("email", "ilse@korenaar.example.", "ilse@korenaar.example"),
        ("email", "geen", None),
        ("phone", "tel 010 123 45 67", "0101234567"),
        ("phone", "010-1234567 (kantoor)", "0101234567"),
        ("phone", "06-12345678 / 050-1234567", "0612345678"),
        ("phone", "onbekend", None),
        ("country", "NLD", "NL"),
        ("country", "Holland", "NL"),
        ("country", "Pologne", "PL"),
        ("country", "Tschechien", "CZ"),
        ("language", "vlaams", "nl"),
        ("language", "Nederlands (België)", "nl"),
        ("language", "fra", "fr"),
    ],
)
def test_a_side_field_is_used_where_it_can_be(column: str, written: str, used: str | None) -> None:
    assert getattr(item(**{column: written}), column) == used


def test_a_sole_trader_is_a_business_and_a_natural_person() -> None:
    told = item(kind="ZZP'er")
    assert (told.natural_person, told.in_business) == (YesNoUnknown.YES, YesNoUnknown.YES)


@pytest.mark.parametrize("cell", ["2,67E+07", "#NAAM?", "#N/B", "#VERW!", "#REF!", "#WAARDE!", "1.2E+10"])
def test_what_a_spreadsheet_damaged_is_refused_where_it_names_the_invoice_or_the_debtor(cell: str) -> None:
    for column in ("number", "debtor_number", "debtor_name"):
        assert "spreadsheet" in refused(**{column: cell}).reason
    assert "spreadsheet" in dropped(reference=cell).reason


@pytest.mark.parametrize(
    ("written", "country", "read_as"),
    [
        ("+31 (0)10-123 45 67", "", "+31101234567"),
        ("0032 2 123 45 67", "BE", "+3221234567"),
        ("02 123 45 67", "BE", "+3221234567"),
        ("010 123 45 67", "", "0101234567"),
    ],
)
def test_a_telephone_number_is_made_international_where_the_country_is_known(
    written: str, country: str, read_as: str
) -> None:
    assert item(phone=written, country=country).phone == read_as


@in_rows(
    ("written", "country", "what"),
    [
        ("0900-1234567", "NL", "a premium-rate number"),
        ("0906 1234", "", "a premium-rate number"),
        ("+31 909 0123", "", "a premium-rate number"),
        ("0902 12 345", "BE", "a premium-rate number"),
        ("070 12 34 56", "BE", "a premium-rate number"),
        ("0031 (0)900 1234567", "", "a premium-rate number"),
        ("00 881 6 2345 6789", "", "a satellite number"),
        ("+870 773 111 632", "NL", "a satellite number"),
        ("0900", "NL", "a premium-rate number"),
        ("0900 123", "NL", "a premium-rate number"),
        ("+31 900 1234567 890123", "", "a premium-rate number"),
        ("0800 1234", "NL", "a toll-free number"),
    ],
)
def test_a_number_that_nobody_may_call_is_left_out_with_a_warning_and_the_invoice_stays(
    written: str, country: str, what: str
) -> None:
    result = read(table({"phone": written, "country": country}))
    finding = only_finding(result)
    assert (finding.severity, finding.column) == ("warning", "phone")
    assert f"is {what}" in finding.reason
    assert [each.phone for each in result.items] == [None]


@pytest.mark.parametrize(
    "written",
    ["els@b\u0430nk.example", "els@xn--bnk-6cd.example", "els@\u0441\u043e\u0440.nl", "ELS@B\u0430NK.example"],
)
def test_a_domain_that_looks_like_another_is_kept_with_a_warning(written: str) -> None:
    result = read(table({"email": written}))
    finding = only_finding(result)
    assert (finding.severity, finding.column) == ("warning", "email")
    assert "xn--" in finding.reason, "it says how the domain travels: the two look alike"
    assert "check_email_domain" in finding.reason
    assert [each.email for each in result.items] == [written]


def test_a_domain_of_one_other_script_is_an_address_like_any_other() -> None:
    written = "els@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444"
    assert read(table({"email": written})).findings == ()


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u00ad", "\u2066", "\ufeff"])
def test_an_address_with_a_sign_that_nobody_sees_is_left_out_with_a_warning(sign: str) -> None:
    result = read(table({"email": f"els@kore{sign}naar.example"}))
    assert (only_finding(result).severity, [each.email for each in result.items]) == ("warning", [None])


@given(st.text("0123456789+ ()-./", max_size=25), st.sampled_from([None, "NL", "BE", "DE", "XX"]))
def test_a_number_is_read_left_out_or_refused_and_never_one_that_costs(written: str, country: str | None) -> None:
    try:
        number = read_phone(written, country)
    except Unreadable:
        return
    assert why_unusable(number, country) is None
    assert re.fullmatch(r"\+?[0-9]{6,15}", number)


def test_a_cell_that_looks_like_a_formula_is_plain_text() -> None:
    assert item(reference="=1+1").reference == "=1+1"


def test_the_number_in_the_register_of_companies_is_kept_with_the_debtor() -> None:
    told = item(kvk="1234.5678")
    debtor = debtor_of([told], None)
    assert debtor is not None and debtor.kvk == "12345678"
    # A list that is silent about it takes nothing away.
    again = debtor_of([item()], debtor)
    assert again is not None and again.kvk == "12345678"
    assert "has no 8 digits" in dropped(kvk="1234").reason
