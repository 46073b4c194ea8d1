"""Promises of a case: what the debtor said he would pay, what came of it, and which term it moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.facts import PromiseJudged, PromiseMade, PromiseOutcome
from domain.ledger import EntryKind, Ledger
from domain.owed_letters import OwedLetter
from domain.replacing import replace

CONFIRMATION = "promise_confirmation"
"""The letter without which a promise moves no term."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise.

    Attributes:
        minor: What was promised, in minor units.
        by: Day on which it is on our account at the latest, `wished` the day that he named.
        since: Day on which it was made, and `entries` how many entries the ledger had by then.
        grace_until: Last day on which money still keeps it.
        holds: Whether it stopped the ladder.
        extends_term: Whether it moves the term that ran then, once that is confirmed in writing.
        then: Step that it calls for, being broken.
        judgements: How often it was judged.
    """

    id: str
    minor: int
    by: date
    wished: date
    since: date
    entries: int
    grace_until: date
    holds: bool = True
    extends_term: bool = False
    outcome: PromiseOutcome | None = None
    judged_on: date | None = None
    then: str = ""
    judgements: int = 0

    @property
    def was_made(self) -> bool:
        """Whether somebody made it: what was noted by mistake acknowledges nothing and counts for nothing."""
        return self.outcome != "withdrawn"

    @property
    def stands(self) -> bool:
        """Whether nothing came of it yet."""
        return self.outcome is None


def made(fact: PromiseMade, ledger: Ledger) -> Promise:
    """The promise that a fact begins."""
    return Promise(
        id=fact.promise,
        minor=fact.amount.minor,
        by=fact.by,
        wished=fact.wished or fact.by,
        since=fact.on,
        entries=len(ledger.entries),
        grace_until=fact.grace_until,
        holds=fact.holds,
        extends_term=fact.extends_term,
    )


def judged(promises: tuple[Promise, ...], fact: PromiseJudged) -> tuple[Promise, ...]:
    """The promises, one of which came to an end."""
    return tuple(
        replace(each, outcome=fact.outcome, judged_on=fact.on, then=fact.then, judgements=each.judgements + 1)
        if each.id == fact.promise
        else each
        for each in promises
    )


def paid_since(ledger: Ledger, entries: int, first: date, last: date | None = None) -> dict[str, int]:
    """What was paid after so many entries and is not taken back, by payment; credited from a day to a day."""
    return {
        entry.id: left
        for entry in ledger.entries[entries:]
        if entry.kind is EntryKind.PAYMENT
        and first <= entry.credited_on
        and (last is None or entry.credited_on <= last)
        and (left := ledger.left_of(entry.id))
    }


def paid_of(promises: Iterable[Promise], ledger: Ledger, *, late: bool = False) -> Mapping[str, int]:
    """What was paid of each promise, in minor units, by its id; no money counts for two of them.

    Args:
        promises: The promises; those that another one replaced, that became moot, or that were a mistake, take nothing.
        ledger: The ledger.
        late: Whether what came after the grace counts, too.
    """
    found: dict[str, int] = {}
    spent: dict[str, int] = {}
    for each in sorted((p for p in promises if p.outcome not in ("replaced", "moot", "withdrawn")), key=lambda p: p.by):
        found[each.id] = 0
        for payment, left in paid_since(ledger, each.entries, each.since, None if late else each.grace_until).items():
            takes = min(left - spent.get(payment, 0), each.minor - found[each.id])
            found[each.id] += takes
            spent[payment] = spent.get(payment, 0) + takes
    return found


def moved_to(promises: tuple[Promise, ...], owing: tuple[OwedLetter, ...], sent_on: date, last_day: date) -> date:
    """The last day of a term, moved by the promises that were made in it and confirmed so (practice.md, stops what).

    Args:
        promises: The promises of the case.
        owing: Its letters beside the ladder.
        sent_on: Day of the letter that set the term.
        last_day: Last day of the term without any promise.
    """
    for each in promises:
        if each.extends_term and sent_on <= each.since <= last_day < each.by and _is_confirmed(each, owing):
            last_day = each.by
    return last_day


def _is_confirmed(promise: Promise, owing: tuple[OwedLetter, ...]) -> bool:
    return any(each.letter == CONFIRMATION and each.of == promise.id and each.sent_on is not None for each in owing)
