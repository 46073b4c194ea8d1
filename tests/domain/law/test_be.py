"""Belgian law: the first reminder, the cap on damages, and business."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.law import be
from domain.law.dated import BeforeTable
from domain.money import Money
from tests.domain.builders import day, eur
from tests.rows import in_rows


@pytest.mark.parametrize(
    ("sent", "electronic", "first", "last", "usable"),
    [
        ("2023-09-18", False, "2023-09-21", "2023-10-04", "2023-10-05"),  # law.md §7: Monday by post
        ("2023-09-18", True, "2023-09-19", "2023-10-02", "2023-10-03"),  # law.md §7: the same by e-mail
        ("2026-10-13", False, "2026-10-16", "2026-10-29", "2026-10-30"),  # S15
        ("2026-10-13", True, "2026-10-14", "2026-10-27", "2026-10-28"),  # S15
        # Friday 30 October 2026: Monday 2, Tuesday 3, Wednesday 4 November (All Saints is a Sunday).
        ("2026-10-30", False, "2026-11-04", "2026-11-17", "2026-11-18"),
        # Monday 9 November 2026: Armistice Day on Wednesday is no working day.
        ("2026-11-09", False, "2026-11-13", "2026-11-26", "2026-11-27"),
    ],
)
def test_the_term_of_a_first_reminder(sent: str, electronic: bool, first: str, last: str, usable: str) -> None:
    term = be.first_reminder_term(day(sent), electronic=electronic)
    assert term == (day(first), day(last), day(usable))


def test_fourteen_days_is_the_least() -> None:
    with pytest.raises(ValueError, match="at least 14"):
        be.first_reminder_term(day("2026-10-13"), 13, electronic=True)
    assert be.first_reminder_term(day("2026-10-13"), 21, electronic=True).usable_from == day("2026-11-04")


@in_rows(
    ("balance", "cap"),
    [
        # law.md §7
        ("0.00", "0.00"),
        ("0.01", "20.00"),
        ("150.00", "20.00"),
        ("150.01", "30.00"),
        ("300.00", "45.00"),
        ("400.00", "55.00"),
        ("500.00", "65.00"),
        ("1000.00", "90.00"),
        ("10000.00", "540.00"),
        ("39199.99", "2000.00"),
        ("39200.00", "2000.00"),
        ("100000.00", "2000.00"),
    ],
)
def test_the_cap_on_damages(balance: str, cap: str) -> None:
    assert be.damages_cap(eur(balance), day("2026-10-30")) == eur(cap)
    assert be.consumer_damages(eur(balance), "legal_maximum", day("2026-10-30")).amount == eur(cap)


def test_there_is_no_cap_before_the_law() -> None:
    with pytest.raises(BeforeTable):
        be.damages_cap(eur("100.00"), day("2023-08-31"))


@pytest.mark.parametrize(
    ("clause", "amount"),
    [
        (be.DamagesClause(percent=Decimal("13.75")), "55.00"),  # just the cap
        (be.DamagesClause(percent=Decimal(10)), "40.00"),
        (be.DamagesClause(percent=Decimal(10), minimum=eur("50.00")), "50.00"),
        (be.DamagesClause(fixed=eur("25.00")), "25.00"),
        (be.DamagesClause(percent=Decimal(5), fixed=eur("30.00")), "50.00"),
    ],
)
def test_a_clause_within_the_cap_gives_its_amount(clause: be.DamagesClause, amount: str) -> None:
    found = be.consumer_damages(eur("400.00"), clause)
    assert (found.amount, found.remarks) == (eur(amount), ())


@pytest.mark.parametrize(
    "clause",
    [
        be.DamagesClause(percent=Decimal(15)),  # S15: 60.00
        be.DamagesClause(percent=Decimal("13.76")),
        be.DamagesClause(percent=Decimal(10), minimum=eur("55.01")),
    ],
)
def test_a_clause_above_the_cap_is_refused_and_never_cut(clause: be.DamagesClause) -> None:
    found = be.consumer_damages(eur("400.00"), clause)
    assert found.amount == eur("0.00")
    assert "refused as a whole" in found.remarks[0]


def test_without_a_clause_a_consumer_owes_nothing() -> None:
    found = be.consumer_damages(eur("400.00"), None)
    assert (found.amount, len(found.remarks)) == (eur("0.00"), 1)


def test_interest_of_a_consumer_runs_from_the_day_after_sending_for_a_small_creditor() -> None:
    term = be.first_reminder_term(day("2026-10-13"), electronic=False)
    sent = day("2026-10-13")
    assert be.consumer_interest_from(sent, term, sme=True, clause=True) == day("2026-10-14")
    assert be.consumer_interest_from(sent, term, sme=False, clause=True) == day("2026-10-30")
    assert be.consumer_interest_from(sent, term, sme=True, clause=False) is None


def test_a_business_owes_forty_for_each_invoice_or_the_clause_and_never_both() -> None:
    two = (eur("100.00"), eur("500.00"))
    assert be.business_compensation(two, None).amount == eur("80.00")
    assert be.business_compensation(two, be.DamagesClause(percent=Decimal(10))).amount == eur("60.00")
    assert be.business_compensation((eur("0.00"),), None).amount == eur("0.00")
    assert be.late_payment_minimum(2) == eur("80.00")


def test_figures_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="fixed in EUR"):
        be.damages_cap(Money.parse("1", "USD"))
    with pytest.raises(ValueError, match="below zero"):
        be.business_compensation((eur("-1.00"),), None)
    with pytest.raises(ValueError, match="0 to 100"):
        be.DamagesClause(percent=Decimal(101))
    with pytest.raises(ValueError, match="below zero"):
        be.DamagesClause(minimum=eur("-1.00"))
