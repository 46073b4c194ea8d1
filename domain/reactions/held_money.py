"""What follows from money that stands on no invoice: after thirty days a person hears again; gone, it needs nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from domain import facts as f
from domain.case import Case
from domain.planning.held_money import SETTLED, late_money_at
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

_ABOUT_IT: Final = (TaskKind.ALLOCATE_MONEY, TaskKind.MONEY_LATE)


def held_money_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """The tasks about it are done when it was put on an invoice or given back; after thirty days there is one more."""
    if surroundings.unallocated is None and not any(task.kind in _ABOUT_IT for task in case.tasks):
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    if surroundings.unallocated is not None:
        late = late_money_at(case, policy, surroundings)
        if late is None or late > now:
            return Timely(next_at=late)
        own = f"task:{TaskKind.MONEY_LATE}:{1 + sum(task.kind == TaskKind.MONEY_LATE for task in case.tasks)}"
        return Timely((f.TaskRaised(id=own, at=now, on=today, task=TaskKind.MONEY_LATE),))
    done = tuple(
        f.TaskDone(id=f"done:{kind}:{task.id}", at=now, on=today, task=kind, outcome=SETTLED)
        for kind in _ABOUT_IT
        if (task := case.open_task(kind)) is not None
    )
    return Timely(done) if done else NOTHING_FOLLOWS
