"""What waits for a second person lapses when the case is not what it was any more, or its days are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain import facts as f
from domain.case import Case
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.tasks import TaskKind

__all__ = ["signature_facts"]


def signature_facts(case: Case, policy: Policy, now: datetime) -> Timely:
    """Each lapses once; with the last of them ends the task to sign."""
    if not case.asked:
        return NOTHING_FOLLOWS
    waiting = [each for each in case.asked if each.waits]
    if not waiting:
        return NOTHING_FOLLOWS
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    gone = [each for each in waiting if each.stood != case.standing or today > each.last_day]
    lapsed = [
        f.SignatureSettled(id=f"lapsed:{each.id}", at=now, on=today, of=each.id, request=each.request, outcome="lapsed")
        for each in gone
    ]
    done = []
    if len(gone) == len(waiting) and case.open_task(TaskKind.SIGN_REQUEST) is not None:
        own = f"done:{TaskKind.SIGN_REQUEST.value}:{lapsed[-1].id}"
        done = [f.TaskDone(id=own, at=now, on=today, task=TaskKind.SIGN_REQUEST.value, outcome="lapsed")]
    still = [each for each in waiting if each not in gone]
    next_at = min((calendar.day_start(each.last_day + timedelta(days=1)) for each in still), default=None)
    return Timely((*lapsed, *done), next_at)
