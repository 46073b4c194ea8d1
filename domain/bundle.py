"""Bundling: one message per debtor and day.

Reminder-class steps of several cases of one debtor that fall on the same local day go in one message with a
statement of account (practice.md, "One message per debtor and day"). The rule is symmetric: whichever case
wakes first finds the same companions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.case import Attempt, Case
from domain.conduct import proceed
from domain.decision import Decision
from domain.facts import DeliveryStatus, Fact
from domain.planner import plan
from domain.policy import Policy, Step
from domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Passenger:
    """One case in a message: its key, its value, its policy and the step it takes.

    Attributes:
        key: What identifies the case (its id in the case file, its number in a simulation).
        case: The case, with `facts` applied.
        facts: What must be recorded of a companion before its step: steps it passed over on the way.
    """

    key: str
    case: Case
    policy: Policy
    step: Step
    issue: int
    facts: tuple[Fact, ...] = ()

    @property
    def attempt(self) -> Attempt | None:
        """An earlier try of the same step and issue that did not come to its end."""
        attempt = self.case.attempt
        return attempt if attempt and (attempt.step, attempt.issue) == (self.step.id, self.issue) else None


def channels_done(passenger: Passenger) -> frozenset[str]:
    """Channels over which an earlier try sent the message, or may have: never again over these."""
    if passenger.attempt is None:
        return frozenset()
    done = (DeliveryStatus.SENT, DeliveryStatus.UNPROVEN)
    return frozenset(d.channel for d in passenger.attempt.deliveries if d.status in done)


def may_carry(policy: Policy, decision: Decision) -> bool:
    """Whether the message decided on takes companions along."""
    step = policy.step(decision.step) if decision.step else None
    return policy.bundle == "debtor" and decision.action == "send" and step is not None and step.reminds


def companion(
    key: str, case: Case, policy: Policy, surroundings: Surroundings, now: datetime, currency: str
) -> Passenger | None:
    """The case as a companion in a message that leaves now, None when it has no such step today."""
    if policy.bundle != "debtor" or case.closed is not None or case.ledger.currency != currency:
        return None
    calendar = policy.sending_calendar
    # As on its own turn: cases that wake at one moment must find each other whichever of them is first.
    before = proceed(case, policy, surroundings, now)
    decision = before.decision
    if decision.at is not None and decision.at > now and calendar.local_date(decision.at) == calendar.local_date(now):
        # Later today by its own hours: only at that moment is it judged whether it may be taken at all.
        moment = decision.at
        decision = plan(before.case, policy, surroundings, moment)
        if decision.passed_over or (decision.at is not None and decision.at > moment):
            return None
    if not may_carry(policy, decision) or decision.at is None:
        return None
    if calendar.local_date(decision.at) != calendar.local_date(now):
        return None
    step = policy.step(decision.step or "")
    return None if step is None else Passenger(key, before.case, policy, step, decision.issue, before.facts)


def leading(passengers: Iterable[Passenger]) -> Passenger:
    """The passenger whose step is the firmest: it gives the letter; among equals the oldest invoice."""
    return min(
        passengers,
        key=lambda p: (-p.policy.positions[p.step.id], p.case.due, p.case.invoice.invoice_date, p.key),
    )


def message_id(passengers: Iterable[Passenger], debtor: str, on: date) -> str:
    """Id of the message: its own step when alone, debtor and day when bundled."""
    several = list(passengers)
    if len(several) == 1:
        alone = several[0]
        return f"{alone.case.invoice.number}/{alone.step.id}/{alone.issue}"
    return f"{debtor}/{on.isoformat()}"


def channels_of(passengers: Iterable[Passenger]) -> tuple[str, ...]:
    """All channels of a bundled message, each once, in the order of first mention by key."""
    ordered: dict[str, None] = {}
    for passenger in sorted(passengers, key=lambda p: p.key):
        ordered.update(dict.fromkeys(passenger.step.send))
    return tuple(ordered)
