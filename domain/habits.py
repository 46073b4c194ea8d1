"""Payers with a known habit: how late one usually pays (practice.md, nl-business)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from statistics import median

from domain.case import Case
from domain.ledger import EntryKind

__all__ = ["LEAST_INVOICES", "days_late", "usual_lateness", "usually"]

LEAST_INVOICES = 3
"""Paid invoices that make a habit; fewer are chance."""


def usual_lateness(others: Iterable[Case], known_by: date) -> tuple[int, int]:
    """How late a debtor usually pays, in days, and of how many invoices that is the median.

    Args:
        others: His other cases.
        known_by: Last day on which it was known: what comes later changes nothing any more.

    Returns:
        Days, and number of invoices; (0, n) where they are too few to make a habit, or he pays in time.
    """
    return usually(late for each in others if (late := days_late(each, known_by)) is not None)


def usually(late: Iterable[int]) -> tuple[int, int]:
    """The same of invoices that were paid so many days late each."""
    found = sorted(late)
    if len(found) < LEAST_INVOICES:
        return 0, len(found)
    return max(0, int(median(found))), len(found)


def days_late(case: Case, known_by: date) -> int | None:
    """How many days after its due date an invoice was paid by the debtor, as known on a day; None where it was not."""
    known = [entry for entry in case.ledger.entries if entry.known_on <= known_by]
    paid = [entry.credited_on for entry in known if entry.kind is EntryKind.PAYMENT and not entry.from_the_start]
    if not paid or sum(entry.amount.minor for entry in known) > 0:
        return None
    return (max(paid) - case.due).days
