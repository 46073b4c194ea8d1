"""The formulas of the figures, on plain sums; each names its method and where it stands."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

__all__ = ["BUCKETS", "HIT_DAYS", "Action", "bucket_of", "cei", "dso_countback", "hit_rate", "share"]

HIT_DAYS = 7
"""A step hit when money came within so many days after it (Sidetrade's measure)."""

BUCKETS: tuple[tuple[str, int | None, int | None], ...] = (
    ("not_due", None, 0),
    ("1-30", 1, 30),
    ("31-60", 31, 60),
    ("61-90", 61, 90),
    ("over_90", 91, None),
)
"""Ageing by days late: a name, the first and the last day of it."""

_TENTH = Decimal("0.1")


def bucket_of(days_late: int) -> str:
    """The name of the bucket for so many days after the due date; 0 on it."""
    return next(name for name, _, last in BUCKETS if last is None or days_late <= last)


def share(part: int, whole: int) -> Decimal | None:
    """A part in per cent of the whole, to a tenth; None where there is nothing to take it of."""
    if whole == 0:
        return None
    return (Decimal(100 * part) / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)


def dso_countback(receivable: int, sales: Mapping[tuple[int, int], int], on: date) -> Decimal | None:
    """Days of sales outstanding by countback, to a tenth of a day.

    What is open on the day is taken off the sales of its month, then of the month before, and so on: a month that is
    used up counts with all its days (the last one with those until `on`), the one in which it ends in proportion.

    Args:
        receivable: What is open on the day, in minor units.
        sales: What was invoiced in each month, by year and month; of the last one until `on`.
        on: The day.

    Returns:
        The days; None where more is open than was ever invoiced, or nothing is.
    """
    if receivable <= 0 or not sales:
        return None
    days, left = Decimal(0), receivable
    year, month = on.year, on.month
    first = min(sales)
    while (year, month) >= first:
        length = on.day if (year, month) == (on.year, on.month) else monthrange(year, month)[1]
        sold = max(0, sales.get((year, month), 0))
        if sold >= left:
            return (days + Decimal(left * length) / Decimal(sold)).quantize(_TENTH, ROUND_HALF_UP)
        left -= sold
        days += length
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return None


def cei(opening: int, sales: int, closing: int, closing_current: int) -> Decimal | None:
    """Collection effectiveness index of a period, in per cent to a tenth.

    `(opening + sales - closing) / (opening + sales - closing that is not late)`: what was collected of what could be.

    Args:
        opening: What was open at the beginning.
        sales: What was invoiced in it.
        closing: What is open at the end.
        closing_current: What of that is not late then.
    """
    return share(opening + sales - closing, opening + sales - closing_current)


class Action(NamedTuple):
    """A message that was sent, or a call that was done, for a case; there are tens of thousands."""

    case: str
    step: str
    on: date


def hit_rate(actions: Iterable[Action], paid_on: Mapping[str, Sequence[date]]) -> dict[str, tuple[int, int]]:
    """By step, how many actions there were, and after how many of them money came within `HIT_DAYS` days.

    Money of the day itself does not count: nobody knows what came first.
    """
    found: dict[str, tuple[int, int]] = {}
    for case, step, on in actions:
        number, hits = found.get(step, (0, 0))
        days = paid_on.get(case)
        # Of most nothing came.
        hit = days is not None and any(on < day <= on + timedelta(days=HIT_DAYS) for day in days)
        found[step] = (number + 1, hits + hit)
    return found
