"""What follows from what a debtor is in: a case takes it over; what is never proven ends; letters become void.

A status is told to one case, or to several; every other case of the debtor finds it with him at its next turn, also one
that is opened, or opened again, long after.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain import facts as f
from domain.case import Case
from domain.correspondence import letter_owed
from domain.debtor_status import DebtorStatus, lasting
from domain.handling.statuses import over, proven, taken_over
from domain.notices import term_of, with_dependents
from domain.policy import Policy
from domain.reactions.reservations import reservation_at
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.sent import TakenStep
from domain.surroundings import Surroundings


def status_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """What follows at this moment from what the debtor is in."""
    if not (case.statuses or surroundings.statuses) or (case.closed is not None and not case.handed_off):
        return NOTHING_FOLLOWS
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    learned = tuple(_learned(case, surroundings.statuses, now, today))
    if learned:
        return Timely(learned)
    facts: list[f.Fact] = []
    later: list[datetime] = []
    for each in case.statuses:
        if not each.lasts:
            continue
        rule = each.status.rule
        if rule.proof_within is not None and not each.proven:
            ends = calendar.early(each.reported_on + timedelta(days=rule.proof_within))
            if ends <= now or _was_never_proven(each, surroundings.statuses):
                facts.extend(over(case, each, "unproven", "", "", now, today))
                continue
            later.append(ends)
        if rule.term == "new":
            facts.extend(_void(case, each, policy, surroundings, now, today))
        if rule.sends == "neutral":
            due = reservation_at(case, policy, surroundings, today)
            if due is not None and due <= now:
                facts.extend(letter_owed(case, "reservation", each.report, now, today))
            elif due is not None:
                later.append(due)
    fresh = tuple(fact for fact in facts if fact.id not in case.seen)
    return Timely(fresh, min(later, default=None))


def _learned(case: Case, known: tuple[DebtorStatus, ...], now: datetime, today: date) -> Iterator[f.Fact]:
    """What the debtor is in by what is kept of him, and this case was not told; and what he is in no more."""
    for status in dict.fromkeys(each.status for each in known):
        there, here = lasting(known, status), lasting(case.statuses, status)
        if there is not None and here is None and f"status:{there.report}" not in case.seen:
            yield from taken_over(case, there, now, today)
        elif there is not None and here is not None and there.proven and not here.proven:
            yield from proven(case, status, there.actor, "", now, today)
        elif there is None and here is not None:
            last = next(each for each in reversed(known) if each.status is status)
            yield from over(case, here, last.ended_for or "ended", last.ended_by, last.ended_note, now, today)


def _was_never_proven(own: DebtorStatus, known: tuple[DebtorStatus, ...]) -> bool:
    """Whether another case of the debtor waited for the proof of the same in vain: it is not waited for twice."""
    return any(
        each.status is own.status and each.report != own.report and each.ended_for == "unproven" for each in known
    )


def _void(
    case: Case, own: DebtorStatus, policy: Policy, surroundings: Surroundings, now: datetime, today: date
) -> Iterator[f.Fact]:
    """Letters whose term had not run out by its day: whoever is written to afterwards has a full term of his own.

    One that left later went to somebody who may not be written to (practice.md, Letters that would be struck down).
    """
    for taken in case.taken:
        if taken.void or taken.kind != "send" or (taken.legal is None and taken.term_days is None):
            continue
        if taken.on >= own.since or _runs_on(taken, own.since, case, policy, surroundings):
            yield f.LetterVoided(
                id=f"void:{taken.step}:{taken.issue}",
                at=now,
                on=today,
                steps=with_dependents(taken, case, policy),
                reason="debtor_status",
                of=own.report,
            )
            return


def _runs_on(taken: TakenStep, since: date, case: Case, policy: Policy, surroundings: Surroundings) -> bool:
    term = term_of(taken, case, policy, surroundings.terms)
    return term is None or term.last_day >= since
