"""Settlement: whether the money that moved closes a case, what is given up then, and what was paid too much."""

from __future__ import annotations

from datetime import date

from domain.arrangements import kept, left_of
from domain.case import Case
from domain.claims.claim import asked_is_paid, claim_of
from domain.facts import CloseReason
from domain.ledger import EntryKind
from domain.money import Money, in_minor, round_half_up
from domain.policy import Policy
from domain.surroundings import Surroundings
from domain.tasks import TaskKind


def close_reason(case: Case, policy: Policy, surroundings: Surroundings) -> CloseReason | None:
    """Why the case is to be closed as its money stands; None when there is something to collect."""
    collecting = CloseReason.HANDED_OFF if case.handed_off else None
    open_minor = case.open_minor
    tolerance = _tolerated(case, policy)
    if open_minor > tolerance or _is_being_paid(case, policy, surroundings):
        return collecting
    if not remainder_is_waived(case, policy, surroundings):
        return collecting
    if open_minor:
        return CloseReason.BELOW_TOLERANCE
    if case.settled_by is EntryKind.CREDIT:
        return CloseReason.CREDITED
    if case.settled_by is EntryKind.WRITE_OFF:
        return CloseReason.WRITTEN_OFF
    return CloseReason.PAID


def remainder_is_waived(case: Case, policy: Policy, surroundings: Surroundings) -> bool:
    """Whether what is left of interest and costs is not pursued, now that the invoice itself is paid.

    Judged as of the day on which money last moved, so that a closed case stays closed whatever day it is.
    """
    if policy.law is None or any(each.outcome == "kept" for each in case.settlements):
        return True
    if case.settled_by is EntryKind.WRITE_OFF and not case.open_minor:
        # Who gives up the invoice does not go on for its interest and costs.
        return True
    tolerated = in_minor(policy.tolerance, case.ledger.currency)
    if kept(case.arrangements, case.ledger, tolerated) and case.arrangements[-1].interest != "runs":
        # No more interest was agreed than what the instalments took in.
        return True
    claim = claim_of(case, policy, _money_moved_on(case), surroundings, explained=False)
    small = claim.open.minor <= _tolerated(case, policy)
    if small and claim.costs.is_zero and (policy.remainder.interest_only == "waive" or claim.interest.is_zero):
        return True
    if claim.costs.is_zero and policy.remainder.interest_only == "waive" and asked_is_paid(case, policy, surroundings):
        # He paid in time what he was asked; that the law books a part of it on interest leaves no more than interest.
        return True
    if discount_is_left(case, policy):
        # Interest and costs below that are let go, as where all of it is paid.
        return (claim.total - claim.open).amount < policy.remainder.extras_below
    return claim.total.amount < policy.remainder.extras_below


def discount_is_left(case: Case, policy: Policy) -> bool:
    """Whether what is open is the discount for paying early of the creditor's terms, which he took though he was late.

    It is that discount to the cent, or less by no more than the tolerance: any other short payment is one.
    """
    if not policy.remainder.lost_discount or case.open_minor <= 0 or case.contested_minor:
        return False
    currency = case.ledger.currency
    paid = sum(
        case.ledger.left_of(entry.id)
        for entry in case.ledger.entries
        if entry.kind is EntryKind.PAYMENT and not entry.from_the_start
    )
    if not paid:
        return False
    # Of what he had to pay: what was credited bore no discount.
    asked = Money.from_minor(paid + case.open_minor, currency)
    discount = round_half_up(asked.amount * policy.remainder.lost_discount / 100, currency)
    least = discount.minor - in_minor(policy.tolerance, case.ledger.currency)
    return least <= case.open_minor <= discount.minor


def _tolerated(case: Case, policy: Policy) -> int:
    """The rest that is too little to chase: up to the tolerance, or the discount that he lost."""
    tolerance = in_minor(policy.tolerance, case.ledger.currency)
    return max(tolerance, case.open_minor) if discount_is_left(case, policy) else tolerance


def waived(case: Case, policy: Policy, surroundings: Surroundings) -> Money:
    """Interest and costs (and a rest too small to chase) that closing the case gives up."""
    return claim_of(case, policy, _money_moved_on(case), surroundings, explained=False).total


def _money_moved_on(case: Case) -> date:
    """What was given back settles nothing, so it moves no day."""
    return max(max(e.known_on, e.credited_on) for e in case.ledger.entries if e.kind is not EntryKind.REFUND)


def overpaid(case: Case, policy: Policy, today: date, surroundings: Surroundings) -> Money:
    """What was paid beyond everything that is owed; it is held and shown until a person returns it or sets it off."""
    if policy.law is None or not case.overpaid_minor:
        return case.overpaid
    return claim_of(case, policy, today, surroundings, explained=False).overpaid


def _is_being_paid(case: Case, policy: Policy, surroundings: Surroundings) -> bool:
    """Whether instalments are still to come: then the last one closes the case, and not a small rest before it."""
    arrangement = case.arrangement if case.arrangements else None
    if arrangement is None or case.settled_by in (EntryKind.CREDIT, EntryKind.WRITE_OFF):
        return False
    return left_of(arrangement, case.ledger).minor > in_minor(policy.tolerance, case.ledger.currency)


def overpayment_is_news(case: Case) -> bool:
    """Whether no person was told of what was paid too much, or money moved since he dealt with it."""
    told = [task for task in case.tasks if task.kind == TaskKind.OVERPAYMENT]
    if not told:
        return True
    done_on = told[-1].done_on
    return done_on is not None and case.ledger.entries[-1].known_on > done_on
