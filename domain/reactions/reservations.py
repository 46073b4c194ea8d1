"""The letter that keeps a claim alive while nothing is asked: it interrupts the limitation (BW 3:317)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain import facts as f
from domain.case import Case
from domain.correspondence import letter_owed
from domain.policy import Policy
from domain.reactions import deadlines
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.surroundings import Surroundings


def reservation_at(case: Case, policy: Policy, surroundings: Surroundings, today: date) -> datetime | None:
    """When the debtor is told that the claim stands, though nothing is asked: three weeks before it is barred."""
    if case.closed is not None:
        return None
    found = deadlines.deadlines(case, policy, surroundings.terms)
    limitation = next((each.day for each in found if each.kind == "limitation"), None)
    if limitation is None or limitation < today:
        return None
    return policy.sending_calendar.early(limitation - timedelta(days=deadlines.WARN_DAYS[0]))


def reserved_in_dispute(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """The limitation runs through a dispute: before it ends he is told that we keep our right, once a dispute."""
    if not case.disputes or not case.open_disputes:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    due = reservation_at(case, policy, surroundings, today)
    if due is None:
        return NOTHING_FOLLOWS
    first = case.open_disputes[0]
    facts: tuple[f.Fact, ...] = letter_owed(case, "reservation", f"dispute:{first.id}", now, today)
    if not facts:
        return NOTHING_FOLLOWS
    return Timely(facts) if due <= now else Timely(next_at=due)
