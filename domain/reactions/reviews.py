"""What is asked of a person on a day of its own: reviews of holds and statuses, whatever else the case waits for."""

from __future__ import annotations

from datetime import datetime

from domain.case import Case
from domain.facts import TaskRaised
from domain.planning.hold_reviews import hold_reviews
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely


def review_facts(case: Case, policy: Policy, now: datetime) -> Timely:
    """The reviews that are due, and when the next one is."""
    if case.closed is not None:
        return NOTHING_FOLLOWS
    reviews = hold_reviews(case, policy)
    if not reviews:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    kinds = dict.fromkeys(decision.task for at, decision in reviews if at <= now and decision.task is not None)
    facts = tuple(
        TaskRaised(id=f"task:{kind}:{1 + sum(task.kind == kind for task in case.tasks)}", at=now, on=today, task=kind)
        for kind in kinds
    )
    return Timely(facts, min((at for at, _ in reviews if at > now), default=None))
