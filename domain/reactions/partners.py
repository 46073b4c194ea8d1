"""What follows for a case that a collection partner has: own contact stops, he is watched, and his file comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from domain import facts as f
from domain.calendar import banking_day_after
from domain.case import Case
from domain.correspondence import letter_dropped, letter_owed, still_owed
from domain.handling.tasks import task_done, task_raised
from domain.handoffs.partner_state import last_of_state
from domain.handoffs.with_partner import file_of, has_left, lives_on, recall_of, reports_of, stands_as
from domain.planning.settlement import close_reason
from domain.policy import PARTNER_NOTICES, Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.sent import TakenStep
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

_TOLD_AT = time(8, 0)
_AMICABLE = ("submitted", "accepted", "more_wanted", "paused")
"""States of a file that no court has, and for which nothing was agreed."""
_WATCHING = (TaskKind.AGENCY_SILENT, TaskKind.AMICABLE_PHASE_OVER, TaskKind.RECALL_UNANSWERED, TaskKind.AGENCY_ASKS)
_NOT_THERE = (f.DeliveryStatus.NOT_SENT, f.DeliveryStatus.REFUSED, f.DeliveryStatus.DROPPED)
"""What certainly did not reach him."""
_GOES_ON: tuple[f.ClosingCode | str, ...] = ("uncollectable", "other", "")
"""Codes after which another partner may try."""


def partner_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """What follows at this moment, and when the partner is to have answered."""
    file = file_of(case)
    if file is None:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    facts: list[f.Fact] = [
        *_silence(case, now, today),
        *_nothing_to_tell(case, file, now, today),
        *_came_back(case, policy, surroundings, file, now, today),
    ]
    fresh = tuple(fact for fact in facts if fact.id not in case.seen)
    if fresh:
        # What it changes is looked at anew.
        return Timely(fresh)
    asked = _recalled(case, policy, surroundings, file, now, today)
    watched = _watched(case, policy, file, now, today)
    return Timely((*(fact for fact in asked if fact.id not in case.seen), *watched.facts), watched.next_at)


def _silence(case: Case, now: datetime, today: date) -> Iterator[f.Fact]:
    """Own contact stops at the hand-off: letters that still wait to leave do so no more."""
    if not case.handed_off:
        return
    attempt = case.attempt
    for owed in still_owed(case):
        leaving = attempt is not None and (attempt.step, attempt.issue) == (owed.letter, owed.issue)
        if owed.letter not in PARTNER_NOTICES and not leaving:
            yield letter_dropped(owed.letter, owed.issue, "a collection partner speaks with the debtor", now, today)


def _nothing_to_tell(case: Case, file: TakenStep, now: datetime, today: date) -> Iterator[f.Fact]:
    """Who has the file no more is told nothing of it any more; what may have left is first looked for."""
    if file.returned_on is None:
        return
    attempt = case.attempt
    for owed in still_owed(case):
        under_way = attempt is not None and (attempt.step, attempt.issue) == (owed.letter, owed.issue)
        left = under_way and attempt is not None and any(each.status not in _NOT_THERE for each in attempt.deliveries)
        if owed.letter in PARTNER_NOTICES and not left:
            yield letter_dropped(owed.letter, owed.issue, "the partner has the file no more", now, today)


def _came_back(
    case: Case, policy: Policy, surroundings: Surroundings, file: TakenStep, now: datetime, today: date
) -> Iterator[f.Fact]:
    """The file of a partner who has it no more, and what a person is asked then."""
    own = f"{file.step}:{file.issue}"
    if file.returned_on is None:
        gone = has_left(case)
        if gone is None or gone.status not in ("refused", "recalled", "closed"):
            return
        yield f.FileReturned(
            id=f"returned:{own}",
            at=now,
            on=today,
            step=file.step,
            issue=file.issue,
            partner=file.partner or "",
            reason=gone.status,
            code=gone.code,
        )
        for kind in _WATCHING:
            yield from task_done(case, kind, gone.status, f"returned:{own}", now, today)
        return
    if f"hold:returned:{own}" in case.seen or _goes_on_by_itself(case, policy, file):
        return
    if close_reason(case, policy, surroundings) is not None:
        return
    yield f.HoldPlaced(id=f"hold:returned:{own}", at=now, on=today, hold=f.HoldKind.RETURNED)
    yield from task_raised(case, TaskKind.DECIDE_AFTER_RETURN, None, now, today)


def _goes_on_by_itself(case: Case, policy: Policy, file: TakenStep) -> bool:
    """Whether the policy hands it to another partner; never what a person asked back, or what nobody can collect."""
    if policy.agency.after_return != "other_partner" or file.returned_for == "recalled":
        return False
    last = last_of_state(reports_of(case))
    return file.returned_for == "refused" or (last is not None and last.code in _GOES_ON)


def _recalled(
    case: Case, policy: Policy, surroundings: Surroundings, file: TakenStep, now: datetime, today: date
) -> tuple[f.Fact, ...]:
    """A claim that was settled with us is asked back: the partner must not go on with it (law.md §9)."""
    if not lives_on(case) or recall_of(case) is not None or has_left(case) is not None:
        return ()
    ours = any(e.lowers and not e.source and e.known_on >= file.on for e in case.ledger.entries)
    if not ours or close_reason(case, policy, surroundings) in (None, f.CloseReason.HANDED_OFF):
        return ()
    own = f"recall:{file.step}:{file.issue}"
    asked = f.RecallAsked(id=own, at=now, on=today, issue=file.issue, reason="settled")
    return (asked, *letter_owed(case, "agency_recall", own, now, today))


def _watched(case: Case, policy: Policy, file: TakenStep, now: datetime, today: date) -> Timely:
    """Whether the partner is late: silent, still amicable, or not answering that he gave the file back."""
    if not lives_on(case) or has_left(case) is not None:
        return NOTHING_FOLLOWS
    facts: list[f.Fact] = []
    moments: list[datetime] = []
    for kind, day, own in _dates(case, policy, file):
        at = policy.sending_calendar.moment(day, _TOLD_AT)
        raised = f"task:{kind}:{own}"
        if raised in case.seen:
            continue
        if at <= now:
            facts.append(f.TaskRaised(id=raised, at=now, on=today, task=kind, step=file.step))
        else:
            moments.append(at)
    return Timely(tuple(facts), min(moments, default=None))


def _dates(case: Case, policy: Policy, file: TakenStep) -> Iterator[tuple[TaskKind, date, str]]:
    """The days on which a person is told, if nothing comes before."""
    rules = policy.agency
    own = f"{file.step}:{file.issue}"
    recall = recall_of(case)
    if recall is not None:
        yield TaskKind.RECALL_UNANSWERED, banking_day_after(recall.on, rules.answers_within + 1), recall.id
    if case.closed is not f.CloseReason.HANDED_OFF:
        return
    reports = reports_of(case)
    if last_of_state(reports) is None:
        yield TaskKind.AGENCY_SILENT, banking_day_after(file.on, rules.answers_within + 1), own
    if stands_as(case) in _AMICABLE:
        days = rules.amicable_days(file.partner or "")
        yield TaskKind.AMICABLE_PHASE_OVER, file.on + timedelta(days=days), own
