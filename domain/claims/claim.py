"""The claim of a case: what is owed on one day, why, and what a step asks of it.

Nothing here skips a gate: costs follow from a letter that stands and whose term ran out, whatever a policy or a person
says. The sums stand in `domain.claims.account`, the law in `domain.law`, the letters in `domain.notices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.case import Case
from domain.claims.account import Account, Booked, settle
from domain.claims.agreed import released
from domain.claims.beside import asked_beside, told_of
from domain.claims.costs import costs_of, dutch_costs, is_paid_in_time
from domain.claims.parts import credited_too_much, interest_of, movements_of, principal_of
from domain.debtor_status import interest_until
from domain.facts import Asked, CloseReason
from domain.kin import age_of
from domain.law import nl
from domain.law.allocation import Allocation, OpenClaim
from domain.law.dated import BeforeTable
from domain.law.interest import Period
from domain.money import Money
from domain.notices import (
    default_from,
    is_protected,
    legal_role,
)
from domain.policy import Policy, Step
from domain.quick_records import quick
from domain.replacing import replace
from domain.surroundings import NOTHING_SPECIAL, Surroundings

_DAY = timedelta(days=1)


@quick
@dataclass(frozen=True, slots=True)
class Claim:
    """What is owed on one day.

    Attributes:
        open: Principal neither paid nor credited nor written off, payments booked as the law and the policy say.
        interest: Interest due that day, included.
        costs: Collection costs due that day.
        overpaid: What was paid beyond all of it.
        periods: The interest, period by period.
        booked: How each payment was booked.
        costs_explained: How the costs come about.
        remarks: What a person should know of the sums: tables past their day, a reading of a doubtful rule.
    """

    open: Money
    interest: Money
    costs: Money
    overpaid: Money
    periods: tuple[Period, ...] = ()
    booked: tuple[Booked, ...] = ()
    costs_explained: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def total(self) -> Money:
        """All of it."""
        return self.open + self.interest + self.costs

    def claimed_by(self, step: Step) -> Money:
        """What a message of this step asks for, as its `claims` says."""
        if not step.asks:
            return Money.zero(self.open.currency)
        if step.claims == "principal":
            return self.open
        if step.claims == "principal+interest":
            return self.open + self.interest
        return self.total


def claim_of(
    case: Case,
    policy: Policy,
    on: date,
    surroundings: Surroundings = NOTHING_SPECIAL,
    *,
    taking: Step | None = None,
    explained: bool = True,
) -> Claim:
    """The claim of a case on a day, by what is known now.

    Args:
        case: The case.
        policy: Its policy; without a law nothing but the principal is owed.
        on: The day; its own interest is included.
        surroundings: The creditor's terms, and the debtor's other cases.
        taking: The step that is being taken: some costs are due from its own day on.
        explained: Whether it is to be shown why, too; without that the amounts alone.
    """
    zero = Money.zero(case.ledger.currency)
    if policy.law is None:
        return Claim(case.undisputed, zero, zero, case.overpaid)
    due = costs_of(case, policy, on, surroundings, taking)
    account = settle(
        principal_of(case),
        movements_of(case, on),
        on,
        interest=interest_of(case, policy, on, surroundings),
        costs=due.due,
        allocation=policy.allocation,
        legal_from=case.handed_off_on or (on if taking is not None and taking.hand_off else None),
        credited_too_much=credited_too_much(case),
        explained=explained,
    )
    interest, costs, principal = account.interest, account.costs, account.principal
    if case.arrangements:
        interest, costs, principal = released(case.arrangements, on, interest, costs, principal)
    if not explained:
        return Claim(principal, interest, costs, account.overpaid)
    return Claim(
        open=principal,
        interest=interest,
        costs=costs,
        overpaid=account.overpaid,
        periods=tuple(p for p in account.periods if p.amount) if case.arrangements else account.periods,
        booked=account.booked,
        costs_explained=due.explained,
        remarks=tuple(
            dict.fromkeys(
                (
                    *_of_old_days(case, policy, surroundings, account),
                    *_ended_interest(case, on),
                    *account.remarks,
                    *due.remarks,
                )
            )
        ),
    )


def _ended_interest(case: Case, on: date) -> tuple[str, ...]:
    """What to say of interest that insolvency ended."""
    last = interest_until(case.statuses) if case.statuses else None
    return () if last is None or last >= on else (f"no interest is claimed of the days after {last}: insolvency",)


def _of_old_days(case: Case, policy: Policy, surroundings: Surroundings, account: Account) -> tuple[str, ...]:
    """What to say of interest days that lie before the tables."""
    since = default_from(case, policy, surroundings.terms)
    first = account.periods[0].first if account.periods else None
    if policy.law == "BE" and is_protected(case, policy):
        return ()
    if since is None or first is None or since >= first:
        return ()
    return (f"days before {first} bear no interest here: the table of rates begins on that day",)


def costs_due(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> Money:
    """The collection costs that are due on a day, whether paid by then or not."""
    zero = Money.zero(case.ledger.currency)
    if policy.law is None:
        return zero
    due = costs_of(case, policy, on, surroundings, None).due
    return zero if due is None or due.since > on else due.amount


def asked_is_paid(case: Case, policy: Policy, surroundings: Surroundings) -> bool:
    """Whether the debtor paid all that his letter asked before its term ran out, and the books show nothing open."""
    return (
        policy.law is not None and case.open.amount <= policy.tolerance and is_paid_in_time(case, policy, surroundings)
    )


def open_on(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> Money:
    """The open principal that is not disputed alone; as `claim_of`, without the sums where they change nothing."""
    if policy.law is None or (policy.allocation is Allocation.PRINCIPAL_FIRST and not _pays_extras(case)):
        return case.undisputed
    return claim_of(case, policy, on, surroundings, explained=False).open


def open_claim(key: str, case: Case, policy: Policy, on: date, surroundings: Surroundings) -> OpenClaim | None:
    """The case as a claim that a payment of its debtor may go to (BW 6:43); None when nothing is to be paid on it.

    Until costs are due that is the principal, as in the books; from then on all that a payment would pay by BW 6:44.
    """
    if case.closed not in (None, CloseReason.HANDED_OFF):
        return None
    claim = claim_of(case, policy, on, surroundings)
    legal = claim.costs.is_positive or case.handed_off or policy.allocation is Allocation.LEGAL or not case.open_minor
    payable = claim.total if legal else claim.open
    if not payable.is_positive:
        return None
    rate = claim.periods[-1].rate if claim.periods else Decimal(0)
    return OpenClaim(key, case.due, case.invoice.invoice_date, payable, rate)


def shown_open(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> Money:
    """The open principal as lists show it: of a settled case what the ledger says, for the rest is not pursued."""
    if case.closed is not None and case.closed is not CloseReason.HANDED_OFF:
        return case.undisputed
    return open_on(case, policy, on, surroundings)


def _pays_extras(case: Case) -> bool:
    """Whether a payment may have gone to costs or interest before the principal."""
    first = next((t.on for t in case.taken if t.term_days is not None or t.kind == "hand_off"), None)
    return first is not None and any(e.lowers and e.credited_on >= first for e in case.ledger.entries)


# What a message asks --------------------------------------------------------------------------------------


@quick
@dataclass(frozen=True, slots=True)
class Asking:
    """One case in a message that is being written, with the step as it is taken today."""

    case: Case
    policy: Policy
    step: Step
    surroundings: Surroundings


def ask(members: Sequence[Asking], on: date, claims: Sequence[Claim] | None = None) -> tuple[Asked, ...]:
    """What one message says of each of its cases, in their order.

    The fee that a 14-day letter announces is worked out once, on the sum of its invoices, and shared in proportion
    (BW 6:96 lid 7).

    Args:
        members: The cases.
        on: The day.
        claims: What is owed of each as its step is taken, where that is known.
    """
    if claims is None:
        claims = [claim_of(m.case, m.policy, on, m.surroundings, taking=m.step, explained=False) for m in members]
    claims = [_told_of_claim(m, claim) for m, claim in zip(members, claims, strict=True)]
    roles = [legal_role(m.step, m.case, m.policy) for m in members]
    beside = [
        asked_beside(m.case, m.policy, m.step, claim.total, m.surroundings)
        for m, claim in zip(members, claims, strict=True)
    ]
    fees = _fees(members, claims, on) if members and roles[0] == "cost_notice" else [None] * len(members)
    return tuple(
        Asked(
            open=claim.open,
            interest=claim.interest,
            costs=claim.costs,
            total=claim.total,
            claimed=claim.claimed_by(m.step) if asks is None else asks,
            announced_costs=fee,
            legal=role,
            term_days=m.step.term,
            entries=len(m.case.ledger.entries),
        )
        for m, claim, role, fee, asks in zip(members, claims, roles, fees, beside, strict=True)
    )


def _told_of_claim(asking: Asking, claim: Claim) -> Claim:
    """What a message tells of what is owed: an arrangement is confirmed as it was agreed, whatever came since."""
    agreed = told_of(asking.case, asking.step) if asking.step.answers else None
    if agreed is None:
        return claim
    principal, interest, costs = agreed
    return replace(claim, open=principal, interest=interest, costs=costs)


def fee_of(members: Sequence[Asking], on: date) -> nl.Costs:
    """The fee that a 14-day letter on these invoices announces, with its explanation."""
    lead = members[0]
    opens = [open_on(m.case, m.policy, on, m.surroundings) for m in members]
    return dutch_costs([m.case for m in members], opens, (lead.case, lead.policy), on, lead.surroundings)


def _fees(members: Sequence[Asking], claims: Sequence[Claim], on: date) -> list[Money | None]:
    try:
        fee = fee_of(members, on).amount
    except BeforeTable:
        # A letter from before the scale, sent before the case came to us: nobody knows what it announced.
        return [None] * len(members)
    # Cents that don't divide fall on the same invoice, whichever case woke first.
    order = sorted(range(len(members)), key=lambda index: age_of(members[index].case))
    shares = fee.split([max(1, claims[index].open.minor) for index in order])
    found: list[Money | None] = [None] * len(members)
    for index, share in zip(order, shares, strict=True):
        found[index] = share
    return found
