"""What a debtor is in, as a case knows it, and as it is kept once for the debtor.

Both are the same fold of the same facts: a case that is opened, or wakes, later finds it with the debtor
(`Surroundings.statuses`) and takes it over (`domain/reactions/statuses.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.facts import DebtorStatusEnded, DebtorStatusProven, DebtorStatusReported
from domain.facts.statuses import StatusEnd
from domain.replacing import replace
from domain.statuses import StatusKind

StatusFact = DebtorStatusReported | DebtorStatusProven | DebtorStatusEnded


@dataclass(frozen=True, slots=True)
class DebtorStatus:
    """One status of a debtor.

    Attributes:
        report: Id of its report.
        since: Day from which it counts, and `reported_on` the day on which we learned of it.
        actor: Who told it, and `note` what he wrote; of a status of a case only, both are empty.
        ended_on: Day on which it ended, None while it lasts; why, by whom, and what he wrote.
    """

    report: str
    status: StatusKind
    since: date
    reported_on: date
    proven: bool = False
    actor: str = ""
    note: str = ""
    ended_on: date | None = None
    ended_for: StatusEnd | None = None
    ended_by: str = ""
    ended_note: str = ""

    @property
    def lasts(self) -> bool:
        """Whether nobody has ended it."""
        return self.ended_on is None


def told(statuses: tuple[DebtorStatus, ...], fact: StatusFact) -> tuple[DebtorStatus, ...]:
    """The statuses after one more fact; a report that is known changes nothing."""
    match fact:
        case DebtorStatusReported():
            if any(each.report == fact.report for each in statuses):
                return statuses
            new = DebtorStatus(fact.report, fact.status, fact.since, fact.on, fact.proven, fact.actor, fact.note)
            return (*statuses, new)
        case DebtorStatusProven():
            return tuple(
                replace(each, proven=True) if each.status is fact.status and each.lasts else each for each in statuses
            )
        case DebtorStatusEnded():
            return tuple(
                replace(each, ended_on=fact.on, ended_for=fact.reason, ended_by=fact.actor, ended_note=fact.note)
                if each.status is fact.status and each.lasts
                else each
                for each in statuses
            )


def lasting(statuses: tuple[DebtorStatus, ...], status: StatusKind) -> DebtorStatus | None:
    """The status of a kind that has not ended, if there is one."""
    return next((each for each in statuses if each.status is status and each.lasts), None)


def freezing_since(statuses: tuple[DebtorStatus, ...], on: date) -> date | None:
    """First day from which a status that lasts keeps costs from arising; None when none does on that day."""
    days = [each.since for each in statuses if each.lasts and each.since <= on]
    return min(days, default=None)


def interest_until(statuses: tuple[DebtorStatus, ...]) -> date | None:
    """Last day of which interest is claimed; None when it runs on."""
    days = [each.since for each in statuses if each.lasts and each.status.rule.interest == "ends"]
    return min(days, default=None)


def frozen_periods(statuses: tuple[DebtorStatus, ...]) -> Iterator[tuple[date, date | None]]:
    """Periods in which a running term stands still, in order and without overlaps; None: it has no end yet."""
    periods = sorted((each.since, each.ended_on or date.max) for each in statuses if each.status.rule.term == "frozen")
    merged: list[tuple[date, date]] = []
    for start, end in periods:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    for start, end in merged:
        yield start, None if end == date.max else end
