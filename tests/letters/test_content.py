import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.money import Money
from letters.content import (
    AnnouncedCosts,
    Arrangement,
    Instalment,
    InterestPeriod,
    LetterContent,
    one_line,
)
from tests.letters.builders import LINK, euros, example, examples, invoice, letter, period
from tests.letters.varied import variants
from tests.rows import in_rows


@in_rows(("name", "language"), examples())
def test_content_survives_json(name: str, language: str) -> None:
    content = example(name, language)
    assert LetterContent.model_validate(json.loads(content.model_dump_json())) == content


def test_every_variant_survives_json() -> None:
    for _, content in variants():
        assert LetterContent.model_validate_json(content.model_dump_json()) == content


def test_a_letter_written_before_still_means_the_principal_alone() -> None:
    content = letter()
    assert content.claims == "principal"
    assert content.claimed_interest is None
    assert content.claimed_costs is None
    assert content.open == content.claimed


def test_a_letter_claims_exactly_what_its_lines_show_as_open() -> None:
    with pytest.raises(ValidationError, match=r"claimed is 1274\.50, but the lines are open for 1234\.50"):
        letter(claimed=euros("1274.50"))


@pytest.mark.parametrize(
    ("claims", "claimed"), [("principal", "1234.50"), ("principal+interest", "1244.50"), ("all", "1284.50")]
)
def test_claimed_takes_in_what_claims_says_and_no_more(claims: str, claimed: str) -> None:
    fields: dict[str, Any] = {"claims": claims, "interest": euros("10.00"), "costs": euros("40.00")}
    assert letter(**fields, claimed=euros(claimed)).claimed == euros(claimed)
    with pytest.raises(ValidationError, match=f"claims={claims.replace('+', '[+]')}"):
        letter(**fields, claimed=euros(claimed) + euros("0.01"))


def test_periods_add_up_to_the_interest_they_explain() -> None:
    # law.md §1.4 E1: 15 days at 6% and 15 at 4% on 10,000 are 24.66 and 16.44, together 41.10.
    periods = (
        period("F-1", date(2025, 12, 18), date(2026, 1, 1), "6", "10000.00", "24.66"),
        period("F-1", date(2026, 1, 2), date(2026, 1, 16), "4", "10000.00", "16.44"),
    )
    fields: dict[str, Any] = {"claims": "principal+interest", "periods": periods}
    letter(**fields, interest=euros("41.10"), claimed=euros("1275.60"))
    with pytest.raises(ValidationError, match=r"periods come to 41\.10, but interest is 41\.11"):
        letter(**fields, interest=euros("41.11"), claimed=euros("1275.61"))


def test_interest_on_an_invoice_that_is_not_in_the_letter_is_refused() -> None:
    with pytest.raises(ValidationError, match="interest on X-9, which is not among the lines"):
        letter(
            periods=(period("X-9", date(2026, 3, 4), date(2026, 3, 4), "4", "10.00", "0.00"),), interest=euros("0.00")
        )


def test_the_days_of_a_period_count_both_ends() -> None:
    with pytest.raises(ValidationError, match="are 28 days, not 27"):
        InterestPeriod(
            invoice="F-1",
            first=date(2026, 9, 3),
            last=date(2026, 9, 30),
            rate=Decimal("10.40"),
            days=27,
            base=euros("2420.00"),
            amount=euros("19.31"),
        )


def test_a_letter_in_two_currencies_is_refused() -> None:
    pounds = invoice().model_dump() | {"currency": "GBP"}
    with pytest.raises(ValidationError, match="principal is in EUR, the invoice in GBP"):
        letter().model_validate(letter().model_dump() | {"lines": [pounds]})
    with pytest.raises(ValidationError, match="amounts in USD in a letter that claims EUR"):
        letter(announced_costs=AnnouncedCosts(amount=Money.parse("40.00", "USD")))


@in_rows(
    ("link", "reason"),
    [
        ("http://betaal.example/p/7Kq2", "https"),
        ("https://localhost/p/7Kq2", "name of a site"),
        ("https://betaal.example/p/7Kq2?naam=devries", "'@', '[?]' or '#'"),
        ("https://els@betaal.example/p/7Kq2", "'@', '[?]' or '#'"),
        ("https://betaal.example/p#7Kq2", "'@', '[?]' or '#'"),
        ("https://betaal.example/p 7", "plain characters"),
        ("https://bétaal.example/p", "plain characters"),
        (f"https://betaal.example/{'p' * 300}", "at most 300"),
        ("https://betaal.example/p/2026-0417", "debtor's name or an invoice number"),
        ("https://betaal.example/p/BakkerenZonenVof", ""),
        ("https://betaal.example/els-bakker/7", "debtor's name or an invoice number"),
    ],
)
def test_a_payment_link_carries_no_personal_data(link: str, reason: str) -> None:
    lines = (invoice("2026-0417"),)
    if not reason:
        assert letter(lines=lines, payment_link=link).payment_link == link
        return
    with pytest.raises(ValidationError, match=reason):
        letter(lines=lines, payment_link=link)


def test_a_payment_link_of_a_token_is_taken() -> None:
    assert letter(payment_link=LINK).payment_link == LINK


def test_a_wrong_structured_reference_is_refused() -> None:
    with pytest.raises(ValidationError, match="ISO 11649"):
        letter(structured_reference="RF19539007547034")


def test_a_belgian_reference_stays_belgian_when_it_is_stored() -> None:
    content = letter(structured_reference="010/8068/17183")
    again = LetterContent.model_validate_json(content.model_dump_json())
    assert again.checked_reference is not None
    assert again.checked_reference.standard == "ogm"


def test_instalments_add_up_and_fall_due_one_after_the_other() -> None:
    one, two = (
        Instalment(due=date(2026, 4, 1), amount=euros("50.00")),
        Instalment(due=date(2026, 5, 1), amount=euros("50.00")),
    )
    Arrangement(total=euros("100.00"), instalments=(one, two))
    with pytest.raises(ValidationError, match=r"instalments come to 100\.00 EUR, the arrangement to 100\.01 EUR"):
        Arrangement(total=euros("100.01"), instalments=(one, two))
    with pytest.raises(ValidationError, match="different days"):
        Arrangement(total=euros("100.00"), instalments=(two, one))


def test_vat_is_part_of_the_fee() -> None:
    with pytest.raises(ValidationError, match="is no part of announced costs"):
        AnnouncedCosts(amount=euros("40.00"), vat=euros("40.00"))
    with pytest.raises(ValidationError, match="are no costs"):
        AnnouncedCosts(amount=euros("0.00"))


def test_data_is_one_line_without_controls_turns_or_marks() -> None:
    assert one_line("Bakker\r\n\u2028 & \u202eZonen\x00 \ue000text\ue001B.V.\ue002") == "Bakker & Zonen textB.V."
