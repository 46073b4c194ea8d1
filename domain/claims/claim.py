"""The claim of a case: what is owed on one day, why, and what a step asks of it.

Nothing here skips a gate: costs follow from a letter that stands and whose term ran out, whatever a policy or a person
says. The sums stand in `domain.claims.account`, the law in `domain.law`, the letters in `domain.notices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from domain.case import Case, TakenStep
from domain.claims.account import Account, Booked, CostsDue, Movement, settle
from domain.facts import Asked, CloseReason
from domain.invoice import ClaimBasis
from domain.law import be, nl
from domain.law.allocation import Allocation, OpenClaim
from domain.law.dated import BeforeTable, DatedTable
from domain.law.interest import InterestRule, Period, agreed_rate
from domain.ledger import EntryKind
from domain.money import Money
from domain.notices import (
    default_from,
    has_costs,
    in_force_business_notice,
    in_force_cost_notice,
    in_force_first_reminder,
    is_protected,
    legal_role,
    same_letter,
    term_of,
)
from domain.policy import ChargeCosts, Policy, Step
from domain.surroundings import NOTHING_SPECIAL, Sibling, Surroundings

_DAY = timedelta(days=1)

_KINDS: dict[EntryKind, Literal["payment", "rebate", "write_off", "reversal"]] = {
    EntryKind.PAYMENT: "payment",
    EntryKind.CREDIT: "rebate",
    EntryKind.WRITE_OFF: "write_off",
    EntryKind.REVERSAL: "reversal",
}


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
        if step.claims == "principal":
            return self.open
        if step.claims == "principal+interest":
            return self.open + self.interest
        return self.total


def claim_of(
    case: Case, policy: Policy, on: date, surroundings: Surroundings = NOTHING_SPECIAL, *, taking: Step | None = None
) -> Claim:
    """The claim of a case on a day, by what is known now.

    Args:
        case: The case.
        policy: Its policy; without a law nothing but the principal is owed.
        on: The day; its own interest is included.
        surroundings: The creditor's terms, and the debtor's other cases.
        taking: The step that is being taken: some costs are due from its own day on.
    """
    zero = Money.zero(case.ledger.currency)
    if policy.law is None:
        return Claim(case.open, zero, zero, case.overpaid)
    due = _costs(case, policy, on, surroundings, taking)
    owed = _owed_at_first(case)
    account = settle(
        Money.from_minor(max(0, owed), case.ledger.currency),
        _movements(case, on),
        on,
        interest=_interest(case, policy, on, surroundings),
        costs=due.due,
        allocation=policy.allocation,
        legal_from=case.handed_off_on,
    )
    return Claim(
        open=account.principal,
        interest=account.interest,
        costs=account.costs,
        overpaid=account.overpaid if owed >= 0 else account.overpaid + Money.from_minor(-owed, case.ledger.currency),
        periods=account.periods,
        booked=account.booked,
        costs_explained=due.explained,
        remarks=tuple(
            dict.fromkeys((*_of_old_days(case, policy, surroundings, account), *account.remarks, *due.remarks))
        ),
    )


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
    due = _costs(case, policy, on, surroundings, None).due
    return zero if due is None or due.since > on else due.amount


def open_on(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> Money:
    """The open principal alone; as `claim_of`, without the sums where they change nothing."""
    if policy.law is None or (policy.allocation is Allocation.PRINCIPAL_FIRST and not _pays_extras(case)):
        return case.open
    return claim_of(case, policy, on, surroundings).open


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
        return case.open
    return open_on(case, policy, on, surroundings)


def _pays_extras(case: Case) -> bool:
    """Whether a payment may have gone to costs or interest before the principal."""
    first = next((t.on for t in case.taken if t.term_days is not None or t.kind == "hand_off"), None)
    return first is not None and any(e.lowers and e.credited_on >= first for e in case.ledger.entries)


# The parts of the sum -------------------------------------------------------------------------------------


def _principal(case: Case) -> Money:
    """What was owed from the first day: the invoice without what was corrected."""
    return Money.from_minor(max(0, _owed_at_first(case)), case.ledger.currency)


def _owed_at_first(case: Case) -> int:
    """The same in minor units; below zero when more was credited than invoiced."""
    entries = case.ledger.entries
    if len(entries) == 1:
        return entries[0].amount.minor
    return sum(e.amount.minor for e in entries if _is_from_the_start(e.kind, e.from_the_start))


def _is_from_the_start(kind: EntryKind, from_the_start: bool) -> bool:
    return kind is EntryKind.PRINCIPAL or from_the_start


def _movements(case: Case, on: date, until: date | None = None) -> tuple[Movement, ...]:
    """Money that moved after the first day. What is known counts, also when its day is still to come.

    Args:
        case: The case.
        on: The day of the claim.
        until: Leave out what was credited after this day.
    """
    return tuple(
        Movement(e.id, min(e.credited_on, on), abs(e.amount), _KINDS[e.kind], e.of)
        for e in case.ledger.entries
        if not _is_from_the_start(e.kind, e.from_the_start) and e.amount and (until is None or e.credited_on <= until)
    )


def _interest(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> InterestRule | None:
    """How interest runs on the claim; None when none is owed."""
    terms, protected = surroundings.terms, is_protected(case, policy)
    since: date | None
    rates: DatedTable[Decimal]
    if policy.law == "BE" and protected:
        if not terms.interest_clause:
            return None
        since = _belgian_interest_from(case, policy, on, surroundings)
    else:
        since = default_from(case, policy, terms)
    if since is None or since > on:
        return None
    contract = terms.contract_rate
    if contract is not None and (not protected or terms.contract_rate_for_consumers):
        return InterestRule(since, agreed_rate(contract), compound=terms.contract_compound, day_count=policy.day_count)
    belgian = policy.law == "BE"
    trade = not protected and case.invoice.legal_status.trades and case.invoice.claim_basis is ClaimBasis.PRICE
    # A consumer's clause may ask up to the rate for late payment (practice.md, S15).
    rates = be.statutory_rates(trade or protected) if belgian else nl.statutory_rates(trade)
    # Of days before the table nobody knows the rate: they bear nothing, rather than stop the case.
    since = max(since, rates.rows[0].since)
    return InterestRule(since, rates, compound=not belgian, day_count=policy.day_count)


def _belgian_interest_from(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> date | None:
    """First day of interest of a Belgian consumer: none before the term of the first reminder ran out."""
    reminder = in_force_first_reminder(case)
    term = None if reminder is None else term_of(reminder, case, policy, surroundings.terms)
    if reminder is None or term is None or on <= term.last_day:
        return None
    return reminder.on + _DAY if surroundings.terms.small_enterprise else term.last_day + _DAY


@dataclass(frozen=True, slots=True)
class _Due:
    """Collection costs, and how they come about."""

    due: CostsDue | None = None
    explained: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


_NONE = _Due()


def _costs(case: Case, policy: Policy, on: date, surroundings: Surroundings, taking: Step | None) -> _Due:
    """Collection costs due on a day; of days before the tables nobody knows them: none are owed, and it is said."""
    try:
        return _costs_by_law(case, policy, on, surroundings, taking)
    except BeforeTable as error:
        return _Due(remarks=(f"no collection costs are counted: {error}",))


def _costs_by_law(case: Case, policy: Policy, on: date, surroundings: Surroundings, taking: Step | None) -> _Due:
    """Collection costs due on a day; the gate stands here, once for all."""
    if policy.charge_costs is ChargeCosts.NEVER and policy.charge_40 == "never":
        return _NONE
    if not has_costs(case):
        return _Due(remarks=(f"collection costs are fixed in EUR; none are counted in {case.ledger.currency}",))
    if policy.law == "BE" and is_protected(case, policy):
        return _belgian_consumer_costs(case, policy, on, surroundings)
    protected = is_protected(case, policy)
    letter = in_force_cost_notice(case) if protected else in_force_business_notice(case)
    term = None if letter is None else term_of(letter, case, policy, surroundings.terms)
    since = None if term is None or policy.charge_costs is ChargeCosts.NEVER else term.last_day + _DAY
    if policy.charge_costs is ChargeCosts.AT_HANDOFF:
        handed_off = on if taking is not None and taking.hand_off else case.handed_off_on
        since = None if handed_off is None or (protected and since is None) else max(handed_off, since or handed_off)
    if since is not None:
        # Nobody owes costs of being late before he is in default, whatever term a letter gave him (BW 6:96 lid 4, 6).
        in_default = default_from(case, policy, surroundings.terms)
        since = None if in_default is None else max(since, in_default)
    if letter is not None and since is not None and since <= on:
        due = _after_the_term(letter, since, case, policy, surroundings)
        # Who paid the invoice inside the term owes no costs by the scale or the clause; the 40.00 of the notice stay.
        if due.due is not None or protected or policy.charge_40 == "never":
            return due
    if protected or policy.charge_40 == "never":
        return _NONE
    asked_on = on if taking is not None and taking.term is not None else letter.on if letter is not None else None
    if asked_on is None or asked_on > on:
        return _NONE
    minimum = be.late_payment_minimum if policy.law == "BE" else nl.late_payment_minimum
    costs = minimum(1, asked_on)
    return _Due(CostsDue(asked_on, costs), (f"{costs.text} for each late invoice, owed without any notice",))


def _after_the_term(letter: TakenStep, since: date, case: Case, policy: Policy, surroundings: Surroundings) -> _Due:
    """This invoice's share of the costs of all claimed together, on what was open of each at the end of the term."""
    last_day = since - _DAY
    mates = [sibling for sibling in surroundings.siblings if _mate(sibling, letter, case, policy) is not None]
    members = sorted(
        [(case, policy), *((mate.case, mate.policy) for mate in mates)],
        key=lambda member: _age(member[0]),
    )
    principals = [_principal_at(c, p, surroundings, last_day) for c, p in members]
    mine = next(index for index, (c, _) in enumerate(members) if c is case)
    tolerance = policy.tolerance
    if principals[mine].amount <= tolerance:
        return _NONE
    if policy.law == "BE":
        # The legal maximum is one for consumers; towards a business it says nothing.
        clause = surroundings.terms.damages
        agreed = None if clause == "legal_maximum" else clause
        costs = be.business_compensation([principals[mine]], agreed, since)
        return _Due(CostsDue(since, costs.amount), costs.explanation, costs.remarks)
    costs = _dutch_costs([c for c, _ in members], principals, (case, policy), since, surroundings)
    total = costs.amount
    if letter.legal == "cost_notice":
        told = [letter, *(_mate(sibling, letter, case, policy) for sibling in mates)]
        announced = [None if each is None else each.announced_costs for each in told]
        known = [fee for fee in announced if fee is not None]
        if len(known) == len(announced):
            total = min(total, sum(known[1:], known[0]))
    if total.is_zero:
        return _NONE
    share = total.split([principal.minor for principal in principals])[mine]
    explained = costs.explanation
    late = sum(1 for principal in principals if principal.is_positive)
    if not is_protected(case, policy) and total == nl.late_payment_minimum(late, since):
        # The least that each late invoice bears is its own (BW 6:96 lid 4).
        share = nl.late_payment_minimum(1, since)
    elif len(members) > 1:
        explained = (*explained, f"{share.text} of it for this one of {len(members)} invoices, in proportion")
    return _Due(CostsDue(since, share), explained, costs.remarks)


def _dutch_costs(
    cases: Sequence[Case], principals: Sequence[Money], lead: tuple[Case, Policy], on: date, surroundings: Surroundings
) -> nl.Costs:
    case, policy = lead
    owed = [(c, p) for c, p in zip(cases, principals, strict=True) if p.is_positive]
    contracts = [c.invoice.contract for c, _ in owed]
    return nl.collection_costs(
        [p for _, p in owed] or [Money.zero(case.ledger.currency)],
        business=not is_protected(case, policy),
        on=on,
        vat=surroundings.terms.vat_on_costs,
        # Instalments of different contracts are claims of their own.
        instalments=[contract is not None and contract == case.invoice.contract for contract in contracts] or [False],
        earlier_in_window=_earlier_instalment(case, on, surroundings),
    )


def _earlier_instalment(case: Case, on: date, surroundings: Surroundings) -> bool:
    """Whether an instalment of the same contract was in another 14-day letter in the six months before."""
    contract = case.invoice.contract
    if contract is None:
        return False
    own = in_force_cost_notice(case)
    return any(
        sibling.case.invoice.contract == contract
        and any(
            t.legal == "cost_notice"
            and not t.void
            and (own is None or not same_letter(t, own))
            and timedelta(0) < on - t.on <= nl.CUMULATION_WINDOW
            for t in sibling.case.taken
        )
        for sibling in surroundings.siblings
    )


def _principal_at(case: Case, policy: Policy, surroundings: Surroundings, day: date) -> Money:
    """What was open of the principal at the end of a day, before any costs."""
    interest = _interest(case, policy, day, surroundings) if policy.allocation is Allocation.LEGAL else None
    movements = _movements(case, day, day)
    return settle(_principal(case), movements, day, interest=interest, allocation=policy.allocation).principal


def _mate(sibling: Sibling, letter: TakenStep, case: Case, policy: Policy) -> TakenStep | None:
    """What claims another invoice of the debtor together with this one.

    For a consumer that is the same letter. A business has a notice for each invoice; those of one day are one claim, so
    that the scale is taken of their sum.
    """
    if is_protected(case, policy):
        return next((t for t in sibling.case.taken if same_letter(t, letter)), None)
    other = sibling.case
    if (
        sibling.policy.law != policy.law
        or is_protected(other, sibling.policy)
        or other.ledger.currency != case.ledger.currency
    ):
        return None
    notice = in_force_business_notice(other)
    return notice if notice is not None and notice.proven and notice.on == letter.on else None


def _belgian_consumer_costs(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> _Due:
    reminder = in_force_first_reminder(case)
    term = None if reminder is None else term_of(reminder, case, policy, surroundings.terms)
    if policy.charge_costs is ChargeCosts.NEVER or reminder is None or term is None or on <= term.last_day:
        return _NONE
    balance = _principal_at(case, policy, surroundings, term.last_day)
    if balance.amount <= policy.tolerance:
        return _NONE
    costs = be.consumer_damages(balance, surroundings.terms.damages, term.last_day + _DAY)
    due = None if costs.amount.is_zero else CostsDue(term.last_day + _DAY, costs.amount)
    return _Due(due, costs.explanation, costs.remarks)


# What a message asks --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asking:
    """One case in a message that is being written, with the step as it is taken today."""

    case: Case
    policy: Policy
    step: Step
    surroundings: Surroundings


def ask(members: Sequence[Asking], on: date) -> tuple[Asked, ...]:
    """What one message says of each of its cases, in their order.

    The fee that a 14-day letter announces is worked out once, on the sum of its invoices, and shared in proportion
    (BW 6:96 lid 7).
    """
    claims = [claim_of(m.case, m.policy, on, m.surroundings, taking=m.step) for m in members]
    roles = [legal_role(m.step, m.case, m.policy, m.surroundings.terms, on) for m in members]
    fees = _fees(members, claims, on) if members and roles[0] == "cost_notice" else [None] * len(members)
    return tuple(
        Asked(
            open=claim.open,
            interest=claim.interest,
            costs=claim.costs,
            total=claim.total,
            claimed=claim.claimed_by(m.step),
            announced_costs=fee,
            legal=role,
            term_days=m.step.term,
            entries=len(m.case.ledger.entries),
        )
        for m, claim, role, fee in zip(members, claims, roles, fees, strict=True)
    )


def fee_of(members: Sequence[Asking], on: date) -> nl.Costs:
    """The fee that a 14-day letter on these invoices announces, with its explanation."""
    lead = members[0]
    opens = [open_on(m.case, m.policy, on, m.surroundings) for m in members]
    return _dutch_costs([m.case for m in members], opens, (lead.case, lead.policy), on, lead.surroundings)


def _fees(members: Sequence[Asking], claims: Sequence[Claim], on: date) -> list[Money | None]:
    try:
        fee = fee_of(members, on).amount
    except BeforeTable:
        # A letter from before the scale, sent before the case came to us: nobody knows what it announced.
        return [None] * len(members)
    # Cents that don't divide fall on the same invoice, whichever case woke first.
    order = sorted(range(len(members)), key=lambda index: _age(members[index].case))
    shares = fee.split([max(1, claims[index].open.minor) for index in order])
    found: list[Money | None] = [None] * len(members)
    for index, share in zip(order, shares, strict=True):
        found[index] = share
    return found


def _age(case: Case) -> tuple[date, date, str]:
    """The order of invoices in a sum that is shared: the oldest first."""
    return case.due, case.invoice.invoice_date, case.invoice.number
