"""Dutch collection costs: the scale, VAT, business, small instalments; and the dates of a letter."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law import nl
from domain.law.dated import BeforeTable, Dated, DatedTable
from domain.money import Money
from tests.domain.builders import day, eur
from tests.rows import in_rows

ON = day("2026-10-20")


def costs(
    *principals: str,
    business: bool = False,
    on: str = "2026-10-20",
    vat: bool = False,
    instalments: Sequence[bool] = (),
    earlier_in_window: bool = False,
) -> nl.Costs:
    return nl.collection_costs(
        [eur(each) for each in principals],
        business=business,
        on=day(on),
        vat=vat,
        instalments=instalments,
        earlier_in_window=earlier_in_window,
    )


@in_rows(
    ("principal", "without", "with_vat"),
    [
        # law.md §2
        ("0.01", "40.00", "48.40"),
        ("266.66", "40.00", "48.40"),
        ("267.00", "40.05", "48.46"),
        ("1000.00", "150.00", "181.50"),
        ("2500.00", "375.00", "453.75"),
        ("2501.00", "375.10", "453.87"),
        ("3333.33", "458.33", "554.58"),
        ("5000.00", "625.00", "756.25"),
        ("8400.00", "795.00", "961.95"),
        ("10000.00", "875.00", "1058.75"),
        ("15000.00", "925.00", "1119.25"),
        ("24821.73", "1023.22", "1238.10"),
        ("100000.00", "1775.00", "2147.75"),
        ("200000.00", "2775.00", "3357.75"),
        ("250000.00", "3025.00", "3660.25"),
        ("1000000.00", "6775.00", "8197.75"),
        ("2000000.00", "6775.00", "8197.75"),
    ],
)
def test_the_scale_and_its_vat(principal: str, without: str, with_vat: str) -> None:
    assert costs(principal).amount == eur(without)
    taxed = costs(principal, vat=True)
    assert (taxed.amount, taxed.amount - taxed.vat) == (eur(with_vat), eur(without))


@given(st.integers(min_value=1, max_value=300_000_000), st.booleans())
def test_the_scale_is_what_each_bracket_gives_of_its_part(cents: int, business: bool) -> None:
    principal = Fraction(cents, 100)
    brackets = (
        (0, 2500, Fraction(15)),
        (2500, 5000, Fraction(10)),
        (5000, 10_000, Fraction(5)),
        (10_000, 200_000, Fraction(1)),
        (200_000, 10**9, Fraction(1, 2)),
    )
    raw = sum(
        (
            max(Fraction(0), min(principal, Fraction(upper)) - lower) * percent / 100
            for lower, upper, percent in brackets
        ),
        Fraction(0),
    )
    expected = floor(min(max(raw, Fraction(40)), Fraction(6775)) * 100 + Fraction(1, 2))
    assert nl.collection_costs([Money.from_minor(cents, "EUR")], business=business, on=ON).amount.minor == expected


def test_several_invoices_in_one_letter_are_summed() -> None:
    # S6: 3 × 100.00 cost 45.00, not 120.00; one of them paid inside the term: 30 becomes 40.
    assert costs("100.00", "100.00", "100.00").amount == eur("45.00")
    assert costs("100.00", "100.00", "0.00").amount == eur("40.00")


def test_between_businesses_forty_for_each_invoice_is_a_floor_and_no_extra() -> None:
    # BW 6:96 lid 4; practice.md "Business costs".
    assert costs("100.00", "100.00", "100.00", business=True).amount == eur("120.00")
    assert costs("2420.00", business=True).amount == eur("363.00")
    assert costs("1000.00", "1000.00", business=True).amount == eur("300.00")
    assert nl.late_payment_minimum(3) == eur("120.00")


def test_before_the_directive_there_was_no_forty() -> None:
    assert costs("100.00", "100.00", "100.00", business=True, on="2013-03-15").amount == eur("45.00")
    assert costs("100.00", "100.00", "100.00", business=True, on="2013-03-16").amount == eur("120.00")


def test_no_principal_no_costs() -> None:
    for business in (True, False):
        assert costs("0.00", business=business, vat=True).amount == eur("0.00")
        assert costs(business=business).amount == eur("0.00")


def test_the_sum_is_explained() -> None:
    assert costs("2420.00", business=True).explanation == ("15% of 2,420.00 = 363.00",)
    assert costs("249.00").explanation == ("15% of 249.00 = 37.35", "the minimum is 40.00")
    assert costs("3333.33").explanation == (
        "15% of 2,500.00 = 375.00",
        "10% of 833.33 = 83.333",
        "together 458.33",
    )
    assert costs("100.00", vat=True).explanation[-1] == "21% VAT on 40.00 = 8.40"
    assert costs("250000.00").explanation[-2:] == ("0.5% of 50,000.00 = 250.00", "together 3,025.00")
    assert costs("2000000.00").explanation[-1] == "together 11,775.00; the maximum is 6,775.00"
    assert (
        costs("100.00", "90.00", business=True).explanation[-1] == "at least 40.00 for each of 2 late invoices = 80.00"
    )


@in_rows(
    ("principals", "flags", "earlier", "amount"),
    [
        (("100.00",), (True,), False, "40.00"),  # the first one missed: as ever
        (("100.00",), (True,), True, "20.00"),  # one after it, within six months
        (("100.00", "100.00", "100.00", "100.00"), (True,) * 4, False, "40.00"),  # catch-up letter: the dearest alone
        (("260.00", "260.00"), (True, True), False, "40.00"),  # the scale on 520 would be 78
        (("266.67", "266.67"), (True, True), False, "40.00"),  # not below the limit: what one could have carried, too
        (("300.00", "300.00", "300.00"), (True,) * 3, False, "45.00"),  # a catch-up letter, whatever their height
        (("300.00", "100.00"), (True, True), True, "45.00"),  # only the small one is bound by 20
        (("300.00",), (True,), True, "45.00"),  # a large one alone: the scale
        (("100.00", "100.00"), (True, True), True, "20.00"),  # lowest reading: one later one alone could carry 20
        (("100.00", "100.00", "1000.00"), (True, True, False), False, "180.00"),  # less than 40 + 150
        (("100.00", "1000.00"), (True, False), True, "165.00"),  # the scale is less than 20 + 150
        (("200.00", "1000.00"), (True, False), True, "170.00"),  # 20 + 150, not the scale's 180
        (("100.00", "100.00"), (False, False), True, "40.00"),  # no instalments: the minimum on the sum
    ],
)
def test_instalments_of_one_contract_cost_the_least_that_can_be_read(
    principals: tuple[str, ...], flags: tuple[bool, ...], earlier: bool, amount: str
) -> None:
    # law.md §2 "Cumulation rule since 2024-10-01".
    found = costs(*principals, instalments=flags, earlier_in_window=earlier)
    assert found.amount == eur(amount)


def test_the_lowest_reading_is_marked_for_a_person() -> None:
    marked = costs("100.00", "100.00", instalments=(True, True)).remarks
    assert any("BIK art. 2a" in each and "have a person look" in each for each in marked)
    assert costs("100.00").remarks == ()


def test_the_cumulation_rule_has_its_day_and_protects_consumers_only() -> None:
    def letter(on: str, *, business: bool = False) -> Money:
        both = (True, True)
        return costs("260.00", "260.00", on=on, business=business, instalments=both, earlier_in_window=True).amount

    assert letter("2024-09-30") == eur("78.00")
    assert letter("2024-10-01") == eur("20.00")
    assert letter("2024-10-01", business=True) == eur("80.00")


def test_what_the_scale_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="fixed in EUR"):
        nl.collection_costs([Money.parse("100", "USD")], business=True, on=ON)
    with pytest.raises(ValueError, match="below zero"):
        costs("-1.00")
    with pytest.raises(ValueError, match="1 flags of instalments for 2 principals"):
        costs("1.00", "2.00", instalments=(True,))
    with pytest.raises(BeforeTable, match="2012-07-01"):
        costs("100.00", on="2012-06-30")


def test_costs_of_a_day_past_the_last_check_say_so() -> None:
    assert costs("100.00", on="2026-11-21").remarks == ()
    assert costs("100.00", on="2026-11-22").remarks == (
        "the table of the Dutch scale of collection costs was checked until 2026-11-21; "
        "for 2026-11-22 the last known scale is used",
    )


def test_a_letter_of_friday_20_november_2026_makes_costs_due_on_10_december() -> None:
    # law.md E12
    received = nl.presumed_receipt(day("2026-11-20"))
    assert received == day("2026-11-25")
    assert nl.last_day_of_term(received, 14, consumer=True) == day("2026-12-09")


def test_a_quicker_mail_product_has_its_own_table_of_days() -> None:
    # law.md E12 with n = 2: received on Tuesday 24 November, so costs from 9 December.
    registered = DatedTable("registered mail", (Dated(day("2020-01-01"), 2, "contract"),), day("2027-01-01"))
    received = nl.presumed_receipt(day("2026-11-20"), registered)
    assert received == day("2026-11-24")
    assert nl.last_day_of_term(received, 14, consumer=True) == day("2026-12-08")
