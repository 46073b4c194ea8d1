"""One consumer, one 14-day letter: it takes in every invoice of his that is in default (BW 6:96 lid 7).

While one in that state would be left out, the letter is blocked (practice.md, "One consumer, one 14-day letter").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from domain.blockers import HoldKind
from domain.case import Case
from domain.facts import DeliveryStatus
from domain.notices import default_from, in_force_cost_notice, sets_costs, voided
from domain.policy import Policy, Step
from domain.statuses import STATUS_HOLDS
from domain.surroundings import Sibling, Surroundings
from domain.tasks import TO_MEND

LONGEST_WAIT = 30
"""Days for which a pause without an end keeps the letter on the debtor's other invoices back."""


def cost_step(case: Case, policy: Policy) -> Step | None:
    """The rung that is the 14-day letter of this case, if its ladder has one."""
    return next((step for step in policy.steps if sets_costs(step, case, policy)), None)


def belongs_in(sibling: Sibling, currency: str, surroundings: Surroundings, on: date) -> bool:
    """Whether an invoice of the debtor must be in a 14-day letter that leaves on this day."""
    case, policy = sibling.case, sibling.policy
    step = cost_step(case, policy)
    if step is None or case.closed is not None or case.handed_off or case.ledger.currency != currency:
        return False
    if case.arrangement is not None:
        # What is paid in instalments is not asked again, nor does it keep the letter on the others waiting.
        return False
    if case.undisputed.amount <= policy.tolerance or any(of == step.id for of, _ in case.passed):
        return False
    since = default_from(case, policy, surroundings.terms)
    if since is None or since > on:
        return False
    return in_force_cost_notice(case) is None or voided(case, policy, surroundings) is not None


def can_join(sibling: Sibling, surroundings: Surroundings, on: date) -> bool:
    """Whether nothing keeps the invoice out: no hold, no message under way or with an unknown outcome."""
    case = sibling.case
    busy = case.attempt is not None and any(
        d.status in (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN, DeliveryStatus.NOT_SENT)
        for d in case.attempt.deliveries
    )
    # What the debtor is in holds all his cases alike: this one will learn, or has been told, what the others know.
    held = [hold for hold in case.holds_on(on, "sends") if hold.kind not in STATUS_HOLDS]
    return not held and not busy and not _is_stuck(case)


def _is_stuck(case: Case) -> bool:
    """Whether a person must mend the contact, or a letter, before anything is sent."""
    return any(case.open_task(kind) is not None for kind in TO_MEND)


def is_just_sending(case: Case) -> bool:
    """Whether all that keeps a case out is a message that is being handed over at this moment."""
    attempt = case.attempt
    if attempt is None or case.holds_on(attempt.on, "sends") or _is_stuck(case):
        return False
    settled = (DeliveryStatus.INTENDED, DeliveryStatus.SENT, DeliveryStatus.REFUSED, DeliveryStatus.DROPPED)
    return all(d.status in settled for d in attempt.deliveries)


def left_out(case: Case, surroundings: Surroundings, on: date) -> tuple[Sibling, ...]:
    """The invoices in default that a 14-day letter leaving today would have to leave out."""
    currency = case.ledger.currency
    return tuple(
        s
        for s in surroundings.siblings
        if belongs_in(s, currency, surroundings, on)
        and not can_join(s, surroundings, on)
        and not paused_for_long(s.case, on)
    )


def held_until(held: Iterable[Sibling], on: date) -> date:
    """Until when they are held back at least: the last end that is known; the day itself where none is."""
    return max((hold.end or on for sibling in held for hold in sibling.case.holds_on(on, "sends")), default=on)


def long_paused(case: Case, surroundings: Surroundings, on: date) -> bool:
    """Whether the letter leaves out an invoice in default that has been paused for so long, with no end in sight."""
    currency = case.ledger.currency
    return any(belongs_in(s, currency, surroundings, on) and paused_for_long(s.case, on) for s in surroundings.siblings)


def paused_for_long(case: Case, on: date) -> bool:
    """Whether only a pause without an end keeps an invoice out, for longer than it may keep the others waiting."""
    holds = case.holds_on(on, "sends")
    return bool(holds) and all(
        hold.kind is HoldKind.PAUSE and hold.end is None and hold.since + timedelta(days=LONGEST_WAIT) <= on
        for hold in holds
    )
