"""What follows when money that stood on no invoice is gone: nobody has to put it anywhere any more."""

from __future__ import annotations

from datetime import datetime

from domain import facts as f
from domain.case import Case
from domain.planning.held_money import SETTLED
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.surroundings import Surroundings
from domain.tasks import TaskKind


def held_money_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """The tasks about it are done when it was put on an invoice or given back."""
    if surroundings.unallocated is not None:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    done = tuple(
        f.TaskDone(id=f"done:{kind}:{task.id}", at=now, on=today, task=kind, outcome=SETTLED)
        for kind in (TaskKind.ALLOCATE_MONEY, TaskKind.MONEY_LATE)
        if (task := case.open_task(kind)) is not None
    )
    return Timely(done) if done else NOTHING_FOLLOWS
