"""A feasible schedule: sums to the cent, on the pay day or the next banking day."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import is_banking_day
from domain.instalment_plan import NotFeasible, instalment_plan, months_after
from domain.money import Money
from tests.domain.builders import day, eur


def plan(total: str, on: str, **how: Any) -> list[tuple[str, str]]:
    return [(each.due.isoformat(), each.amount.text) for each in instalment_plan(eur(total), day(on), **how)]


def test_three_equal_instalments_are_those_of_worked_case_s10() -> None:
    # 15 November 2026 is a Sunday.
    assert plan("3478.85", "2026-09-01", instalments=3, pay_day=15) == [
        ("2026-09-15", "1159.62"),
        ("2026-10-15", "1159.62"),
        ("2026-11-16", "1159.61"),
    ]


def test_an_amount_a_month_ends_with_what_is_left() -> None:
    assert plan("250.00", "2026-03-02", per_month=eur("100.00"), pay_day=10) == [
        ("2026-03-10", "100.00"),
        ("2026-04-10", "100.00"),
        ("2026-05-11", "50.00"),
    ]


def test_the_first_one_falls_in_two_weeks_also_when_he_is_paid_later_and_the_others_on_his_pay_day() -> None:
    assert [due for due, _ in plan("300.00", "2026-09-01", instalments=3, pay_day=25)] == [
        "2026-09-15",
        "2026-09-25",
        "2026-10-26",
    ]
    # A pay day in the same week as the first instalment is not another one.
    assert [due for due, _ in plan("300.00", "2026-09-01", instalments=2, pay_day=18)] == ["2026-09-15", "2026-10-19"]


def test_a_pay_day_on_the_31st_is_the_last_day_of_a_short_month() -> None:
    # 28 February 2027 is a Sunday.
    found = plan("300.00", "2027-01-25", instalments=3, pay_day=31)
    assert [due for due, _ in found] == ["2027-02-01", "2027-03-01", "2027-03-31"]


def test_without_a_pay_day_each_falls_on_the_day_of_the_first() -> None:
    found = plan("200.00", "2026-09-01", instalments=2, start=date(2026, 9, 7))
    assert [due for due, _ in found] == ["2026-09-07", "2026-10-07"]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({}, "one of the two"),
        ({"instalments": 3, "per_month": eur("10.00")}, "one of the two"),
        ({"instalments": 0}, "give 1 to 120"),
        ({"instalments": 121}, "give 1 to 120"),
        ({"per_month": eur("0.00")}, "above zero"),
        ({"per_month": eur("0.50")}, "more than 120 months"),
        ({"instalments": 5, "least": eur("25.00")}, "makes 4 instalments at most"),
        ({"instalments": 2, "start": date(2026, 10, 1)}, "start by then"),
    ],
)
def test_what_can_not_be_says_what_can(how: dict[str, Any], says: str) -> None:
    with pytest.raises(NotFeasible, match=says):
        plan("100.00", "2026-09-01", **how)


@given(
    st.integers(1, 10**7),
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.integers(1, 60),
    st.none() | st.integers(1, 31),
)
def test_a_schedule_comes_to_the_sum_in_order_on_banking_days(
    minor: int, on: date, count: int, pay_day: int | None
) -> None:
    total = Money.from_minor(max(minor, count), "EUR")
    found = instalment_plan(total, on, instalments=count, pay_day=pay_day)
    assert sum(each.amount.minor for each in found) == total.minor
    days = [each.due for each in found]
    assert days == sorted(set(days)) and days[0] > on and all(map(is_banking_day, days))
    assert max(a.amount.minor for a in found) - min(a.amount.minor for a in found) <= 1


def test_months_are_counted_over_the_year() -> None:
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_after(date(2026, 11, 20), 12) == date(2027, 11, 20)
