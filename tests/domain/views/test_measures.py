"""The formulas of the figures, against values worked out by hand from the textbooks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.views.measures import Action, bucket_of, cei, dso_countback, hit_rate, share


def test_dso_counts_back_month_by_month() -> None:
    # Open on 30 June: 1,000. Invoiced in June 600 (30 days used up, 400 left), in May 500: 400 / 500 of its 31 days.
    # 30 + 24.8 = 54.8 days.
    sales = {(2026, 4): 700, (2026, 5): 500, (2026, 6): 600}
    assert dso_countback(1000, sales, date(2026, 6, 30)) == Decimal("54.8")


def test_the_month_of_the_day_itself_has_the_days_until_then() -> None:
    # Open on 10 June: 450. June until then 300: 10 days, 150 left; of May 150 / 620 of 31 days = 7.5.
    assert dso_countback(450, {(2026, 5): 620, (2026, 6): 300}, date(2026, 6, 10)) == Decimal("17.5")


def test_a_month_without_sales_counts_with_all_its_days() -> None:
    # June 0 (30 days), May 0 (31), April 200 of 400: 15 of its 30 days.
    assert dso_countback(200, {(2026, 4): 400}, date(2026, 6, 30)) == Decimal("76.0")


def test_dso_is_not_known_where_more_is_open_than_was_invoiced_or_nothing_is() -> None:
    assert dso_countback(500, {(2026, 6): 499}, date(2026, 6, 30)) is None
    assert dso_countback(0, {(2026, 6): 499}, date(2026, 6, 30)) is None
    assert dso_countback(500, {}, date(2026, 6, 30)) is None


def test_cei_is_what_was_collected_of_what_could_be() -> None:
    # (100 + 50 - 80) / (100 + 50 - 30) = 70 / 120 = 58.33… %
    assert cei(100, 50, 80, 30) == Decimal("58.3")
    # Everything that was late came in: what is open is not late.
    assert cei(100, 50, 30, 30) == Decimal("100.0")
    # Nothing could be collected.
    assert cei(0, 50, 50, 50) is None


def test_a_share_is_rounded_half_up_and_of_nothing_not_known() -> None:
    assert share(1, 16) == Decimal("6.3"), "6.25"
    assert share(0, 4) == Decimal("0.0")
    assert share(1, 0) is None


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(-5, "not_due"), (0, "not_due"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (61, "61-90"), (91, "over_90")],
)
def test_a_day_late_stands_in_one_bucket(days: int, bucket: str) -> None:
    assert bucket_of(days) == bucket


def test_a_step_hits_when_money_comes_within_seven_days_after_it() -> None:
    day = date(2026, 6, 1)
    actions = [Action(case, "reminder", day) for case in ("same-day", "next-day", "seventh", "eighth", "never")]
    paid = {
        "same-day": [date(2026, 6, 1)],
        "next-day": [date(2026, 6, 2)],
        "seventh": [date(2026, 6, 8)],
        "eighth": [date(2026, 6, 9)],
    }
    assert hit_rate([*actions, Action("next-day", "call", day)], paid) == {"reminder": (5, 2), "call": (1, 1)}
