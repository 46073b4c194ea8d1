"""How late a debtor pays: the median of his last invoices, against those before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

__all__ = ["LAST", "LEAST", "PaidInvoice", "PayingHabit", "paying_habit"]

LAST: Final = 12
"""Invoices on which the median rests, and as many before it."""

LEAST: Final = 3
"""Invoices that make a habit; fewer are chance (the same number as for the grace of known payers)."""

_SAME: Final = 2
"""Days by which a median may differ and still be called the same."""


class PaidInvoice(NamedTuple):
    """An invoice that was paid in full: when it was due, and when the last of its money was credited."""

    due: date
    paid: date


class PayingHabit(BaseModel):
    """How late a debtor pays.

    Attributes:
        median: Days after the due date, below zero where he pays before it; of his last `invoices` that were paid in
            full. None where they are too few.
        before: The same of the `invoices_before` paid before those; None where they are too few.
        trend: Where the one is later than the other by more than two days, or earlier.
        days: The days late of each, in the order in which they were paid, the last one last.
        method: How it is counted, in English.
    """

    model_config = ConfigDict(frozen=True)

    invoices: int
    median: int | None
    invoices_before: int
    before: int | None
    trend: Literal["later", "earlier", "same"] | None
    days: tuple[int, ...]
    method: str = "median of days from due date to the last payment, of the last 12 invoices that were paid in full"


def paying_habit(paid: Iterable[PaidInvoice]) -> PayingHabit:
    """The paying habit that invoices show; half days are rounded towards the due date."""
    days = [(each.paid - each.due).days for each in sorted(paid, key=lambda each: (each.paid, each.due))]
    last, before = days[-LAST:], days[-2 * LAST : -LAST]
    now, then = _median(last), _median(before)
    trend: Literal["later", "earlier", "same"] | None = None
    if now is not None and then is not None:
        trend = "same" if abs(now - then) <= _SAME else "later" if now > then else "earlier"
    return PayingHabit(
        invoices=len(last),
        median=now,
        invoices_before=len(before),
        before=then,
        trend=trend,
        days=tuple(days[-2 * LAST :]),
    )


def _median(days: Sequence[int]) -> int | None:
    return int(median(days)) if len(days) >= LEAST else None
