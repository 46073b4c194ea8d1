"""What follows from a dispute that waits: its owner is reminded, then somebody else; one nobody accepted lapses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from domain import facts as f
from domain.case import Case
from domain.disputes import Dispute
from domain.handling.disputes import LIMITED_DAYS
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.tasks import TaskKind

_REMIND_BEFORE = 3
"""Days before the answer is due on which the owner of a dispute is reminded."""

_TOLD_AT = time(8, 0)


def dispute_facts(case: Case, policy: Policy, now: datetime) -> Timely:
    """What follows at this moment from the disputes that wait for an answer."""
    if not case.open_disputes or case.closed is not None:
        return NOTHING_FOLLOWS
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    facts: list[f.Fact] = []
    later: list[datetime] = []
    for dispute in case.open_disputes:
        for day, fact in _steps(dispute, now, today):
            if fact.id in case.seen:
                continue
            at = calendar.day_start(day) if isinstance(fact, f.DisputeLapsed) else calendar.moment(day, _TOLD_AT)
            if at <= now:
                facts.append(fact)
            else:
                later.append(at)
    return Timely(tuple(facts), min(later, default=None))


def _steps(dispute: Dispute, now: datetime, today: date) -> Iterator[tuple[date, f.Fact]]:
    """Each thing that follows by the clock, and its day."""
    if dispute.needs_person and dispute.stands:
        lapsed = f.DisputeLapsed(id=f"lapsed:{dispute.id}", at=now, on=today, dispute=dispute.id)
        yield dispute.since + timedelta(days=LIMITED_DAYS), lapsed
    soon = f.TaskRaised(id=f"soon:{dispute.id}", at=now, on=today, task=TaskKind.DISPUTE_SOON)
    yield max(dispute.since, dispute.answer_by - timedelta(days=_REMIND_BEFORE)), soon
    late = f.TaskRaised(id=f"late:{dispute.id}", at=now, on=today, task=TaskKind.DISPUTE_LATE)
    yield dispute.answer_by + timedelta(days=1), late
