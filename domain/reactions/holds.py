"""What follows from money for holds: one that waited for it ends when nothing is left to pay."""

from __future__ import annotations

from datetime import datetime

from domain import facts as f
from domain.case import Case
from domain.handling.tasks import task_done
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely


def paid_holds(case: Case, policy: Policy, now: datetime) -> Timely:
    """The holds that end when the money is there; a reversal does not bring them back."""
    if not case.holds or case.open.amount > policy.tolerance:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    facts: list[f.Fact] = []
    for hold in case.holds:
        rule = hold.kind.rule
        if not rule.ends_when_paid or not hold.covers(today):
            continue
        own = f"paid:{hold.id}"
        facts.append(f.HoldLifted(id=own, at=now, on=today, hold=hold.kind))
        if rule.task is not None:
            facts.extend(task_done(case, rule.task, "paid", own, now, today))
    return Timely(tuple(fact for fact in facts if fact.id not in case.seen))
