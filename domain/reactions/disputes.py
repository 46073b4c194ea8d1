"""What follows from a dispute that waits: its owner is reminded, then somebody else; one nobody accepted lapses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from domain import facts as f
from domain.case import Case
from domain.disputes import Dispute
from domain.handling.disputes import LIMITED_DAYS, OWN_TASKS
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.tasks import TaskKind

_REMIND_BEFORE = 3
"""Days before the answer is due on which the owner of a dispute is reminded."""

_ASK_AGAIN_AFTER = 7
"""Days after a task was finished on which it is asked whether what it was about was forgotten."""

_TOLD_AT = time(8, 0)


def dispute_facts(case: Case, policy: Policy, now: datetime) -> Timely:
    """What follows at this moment from the disputes that wait for an answer."""
    if not case.disputes or case.closed is not None:
        return NOTHING_FOLLOWS
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    facts: list[f.Fact] = []
    later: list[datetime] = []
    for day, fact in (*_asked_again(case, now, today), *_by_the_clock(case, now, today)):
        if fact.id in case.seen:
            continue
        at = calendar.early(day) if isinstance(fact, f.DisputeLapsed) else calendar.moment(day, _TOLD_AT)
        if at <= now:
            facts.append(fact)
        else:
            later.append(at)
    return Timely(tuple(facts), min(later, default=None))


def _by_the_clock(case: Case, now: datetime, today: date) -> Iterator[tuple[date, f.Fact]]:
    for dispute in case.open_disputes:
        yield from _steps(dispute, now, today)


def _asked_again(case: Case, now: datetime, today: date) -> Iterator[tuple[date, f.Fact]]:
    """Whoever finished the task may have forgotten the answer, or the credit note: he is asked again."""
    if case.open_disputes:
        yield from _again(case, OWN_TASKS, TaskKind.ANSWER_DISPUTE, now, today)
    elif case.contested_minor:
        yield from _again(case, (TaskKind.SEND_CREDIT_NOTE,), TaskKind.SEND_CREDIT_NOTE, now, today)


def _again(
    case: Case, kinds: tuple[TaskKind, ...], task: TaskKind, now: datetime, today: date
) -> Iterator[tuple[date, f.Fact]]:
    own = [each for each in case.tasks if each.kind in kinds]
    if not own or any(each.done_on is None for each in own):
        return
    done_on = max(each.done_on for each in own if each.done_on is not None)
    yield (
        done_on + timedelta(days=_ASK_AGAIN_AFTER),
        f.TaskRaised(id=f"again:{task}:{len(own)}", at=now, on=today, task=task),
    )


def _steps(dispute: Dispute, now: datetime, today: date) -> Iterator[tuple[date, f.Fact]]:
    """Each thing that follows by the clock, and its day."""
    if dispute.needs_person and dispute.stands:
        lapsed = f.DisputeLapsed(id=f"lapsed:{dispute.id}", at=now, on=today, dispute=dispute.id)
        yield dispute.since + timedelta(days=LIMITED_DAYS), lapsed
    soon = f.TaskRaised(id=f"soon:{dispute.id}", at=now, on=today, task=TaskKind.DISPUTE_SOON)
    yield max(dispute.since, dispute.answer_by - timedelta(days=_REMIND_BEFORE)), soon
    late = f.TaskRaised(id=f"late:{dispute.id}", at=now, on=today, task=TaskKind.DISPUTE_LATE)
    yield dispute.answer_by + timedelta(days=1), late
