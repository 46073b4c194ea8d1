"""What follows from a habit of the debtor: who always pays some days late is reminded so much later."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain import facts as f
from domain.case import Case
from domain.habits import usually
from domain.kin import among
from domain.notices import is_protected
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.surroundings import Surroundings


def habit_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """The grace of a payer with a known habit, judged once: when the first step after the due date comes.

    What was known by the due date counts, so that it is the same whenever it is asked. Consumers have none: their
    invoices go in one letter, each on its own day.
    """
    if not policy.habit_grace or case.closed is not None or case.habit_days or is_protected(case, policy):
        return NOTHING_FOLLOWS
    late = policy.first_after_due
    if late is None or any(taken.kind == "send" for taken in case.taken):
        return NOTHING_FOLLOWS
    calendar = policy.sending_calendar
    at = calendar.first_opening(case.due + timedelta(days=late))
    if now < at:
        return Timely(next_at=at)
    days, invoices = usually(among(surroundings.siblings).late(case.due))
    if not days:
        return NOTHING_FOLLOWS
    days = min(days, policy.habit_grace)
    today = calendar.local_date(now)
    return Timely((f.HabitNoted(id="habit", at=now, on=today, days=days, invoices=invoices),))
