"""What follows where one arrangement over several invoices was taken by some of them only: a person hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.case import Case
from domain.facts import TaskDone, TaskRaised
from domain.planning.arranged_in_part import COMPLETE, taken_in_part
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.shared_arrangements import missing_from
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

ENDED = "it stands no more"
"""Outcome of the task where the arrangement was kept, broken or ended meanwhile."""


def part_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """The day after it was agreed each case that took it has the task, and its confirmation waits for it.

    Single signals come one after the other: on the day itself the others may still be told. Where they take it after
    all, or it stands no more, nobody has to do anything.
    """
    if not case.arrangements or case.closed is not None:
        return NOTHING_FOLLOWS
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    standing, kind = case.arrangement, TaskKind.ARRANGEMENT_IN_PART
    missing = () if standing is None else missing_from(case, standing, surroundings)
    task = case.open_task(kind)
    if standing is None or not missing:
        if task is None:
            return NOTHING_FOLLOWS
        outcome = ENDED if standing is None else COMPLETE
        return Timely((TaskDone(id=f"done:{kind}:{task.id}", at=now, on=today, task=kind, outcome=outcome),))
    if task is not None or not taken_in_part(case, standing, surroundings):
        return NOTHING_FOLLOWS
    at = calendar.early(standing.since + timedelta(days=1))
    if now < at:
        return Timely(next_at=at)
    number = 1 + sum(each.kind == kind for each in case.tasks)
    return Timely((TaskRaised(id=f"task:{kind}:{number}", at=now, on=today, task=kind),))
