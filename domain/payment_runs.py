"""Debtors who pay on one day of the month: their payment run, kept once for the debtor (practice.md, "store as habit").

Whatever case it was told to, the last word counts. Every case of the debtor has the grace of one run: the first on or
after its due date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.blockers import HoldKind
from domain.calendar import day_after_collection, end_of_month
from domain.facts import Fact, HoldLifted, HoldPlaced

__all__ = ["NOT_BY_A_PERSON", "PaymentRun", "free_after_run", "run_from", "told_of_run"]

NOT_BY_A_PERSON = ("", "debtor")
"""Actors of what the debtor says himself, or nobody answers for."""


@dataclass(frozen=True, slots=True)
class PaymentRun:
    """On which day of the month a debtor pays, by the last that a person said of it.

    Attributes:
        day: The day (29 to 31: or the last one of a month); None: on no fixed day any more.
        told_at: Moment of that word.
        fact: Id of the fact that it was, unique in its case.
    """

    day: int | None
    told_at: datetime
    fact: str


def told_of_run(known: PaymentRun | None, facts: Iterable[Fact]) -> PaymentRun | None:
    """What is known after more facts: the latest counts, in whatever order they come, and twice is once."""
    for fact in facts:
        word = _word(fact)
        if word is not None and (known is None or word.told_at >= known.told_at):
            known = word
    return known


def _word(fact: Fact) -> PaymentRun | None:
    if isinstance(fact, HoldPlaced) and fact.hold is HoldKind.PAYMENT_RUN and fact.about:
        # What follows by itself has nobody who said it; nor is the debtor's own word a habit.
        return None if fact.actor in NOT_BY_A_PERSON else PaymentRun(int(fact.about), fact.at, fact.id)
    if isinstance(fact, HoldLifted) and fact.ends_habit:
        return PaymentRun(None, fact.at, fact.id)
    return None


def run_from(day: int, on: date) -> date:
    """The first payment run on or after a day."""
    month = on.replace(day=1)
    run = _day_in(month, day)
    return run if run >= on else _day_in(end_of_month(month) + timedelta(days=1), day)


def free_after_run(day: int, on: date) -> date:
    """The day after that run; on a day without banking it is that of the next banking day."""
    return day_after_collection(run_from(day, on))


def _day_in(month: date, day: int) -> date:
    """That day of a month, or its last one."""
    return month.replace(day=min(day, end_of_month(month).day))
