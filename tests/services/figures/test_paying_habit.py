"""How late a debtor pays: the median of his last twelve paid invoices, and which way it goes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.habits import LEAST_INVOICES
from services.figures.paying_habit import LAST, LEAST, PaidInvoice, paying_habit

DUE = date(2026, 1, 31)


def paid(*days: int) -> list[PaidInvoice]:
    """Invoices paid so many days after their due dates, one after the other."""
    dues = [DUE + timedelta(days=100 * place) for place in range(len(days))]
    return [PaidInvoice(due, due + timedelta(days=late)) for due, late in zip(dues, days, strict=True)]


def test_it_is_the_median_and_not_the_mean() -> None:
    habit = paying_habit(paid(3, 4, 90))
    assert (habit.median, habit.invoices, habit.before, habit.trend) == (4, 3, None, None)


def test_fewer_than_three_invoices_make_no_habit() -> None:
    assert LEAST == LEAST_INVOICES, "the grace of known payers rests on as many"
    assert paying_habit(paid(3, 4)).median is None and paying_habit([]).invoices == 0


def test_who_pays_before_the_due_date_is_below_zero() -> None:
    assert paying_habit(paid(-5, -3, 0)).median == -3


@pytest.mark.parametrize(("before", "now", "trend"), [(16, 31, "later"), (31, 16, "earlier"), (16, 18, "same")])
def test_the_trend_is_against_the_twelve_before(before: int, now: int, trend: str) -> None:
    habit = paying_habit(paid(*[before] * LAST, *[now] * LAST))
    assert (habit.median, habit.before, habit.trend) == (now, before, trend)
    assert (habit.invoices, habit.invoices_before) == (LAST, LAST)


def test_they_count_in_the_order_in_which_they_were_paid() -> None:
    mixed = list(reversed(paid(*[1] * LAST, *[9] * LAST)))
    assert paying_habit(mixed).median == 9
