"""Collection costs of a case on a day: the one gate to them, and never more than on what the letter asked.

Costs follow from a letter that stands and whose term ran out, on that part of what it asked that was unpaid on the last
day of its term, whatever came open since and however the money was booked (BW 6:96 lid 6, Book XIX WER).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.asked import answers, paid_by
from domain.case import Case
from domain.claims.account import CostsDue, settle
from domain.claims.parts import credited_too_much, interest_of, movements_of, principal_of
from domain.debtor_status import freezing_since
from domain.kin import age_of, same_letter
from domain.law import be, nl
from domain.law.allocation import Allocation
from domain.law.dated import BeforeTable
from domain.money import Money
from domain.notices import (
    default_from,
    has_costs,
    in_force_business_notice,
    in_force_cost_notice,
    in_force_first_reminder,
    is_protected,
    term_of,
)
from domain.policy import ChargeCosts, Policy, Step
from domain.quick_records import quick
from domain.replacing import replace
from domain.sent import TakenStep
from domain.surroundings import Sibling, Surroundings

_DAY = timedelta(days=1)


@quick
@dataclass(frozen=True, slots=True)
class Due:
    """Collection costs, and how they come about."""

    due: CostsDue | None = None
    explained: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


NO_COSTS = Due()


def costs_of(case: Case, policy: Policy, on: date, surroundings: Surroundings, taking: Step | None) -> Due:
    """Collection costs due on a day; of days before the tables nobody knows them: none are owed, and it is said."""
    try:
        frozen = freezing_since(case.statuses, on) if case.statuses else None
        if frozen is not None:
            return _costs_of_before(frozen, case, policy, on, surroundings)
        return _costs_by_law(case, policy, on, surroundings, taking)
    except BeforeTable as error:
        return Due(remarks=(f"no collection costs are counted: {error}",))


def _costs_of_before(frozen: date, case: Case, policy: Policy, on: date, surroundings: Surroundings) -> Due:
    """Costs under a status of the debtor: those that were due before its day, by what was known then, and no others."""
    due = _costs_by_law(case, policy, on, surroundings, None)
    remark = f"no costs arise from {frozen} on: {_in_words(case, on)}"
    if due.due is None or due.due.since >= frozen:
        return Due(remarks=(*due.remarks, remark))
    siblings = tuple(replace(each, case=_as_known(each.case, frozen)) for each in surroundings.siblings)
    before = _costs_by_law(_as_known(case, frozen), policy, on, replace(surroundings, siblings=siblings), None).due
    if before is None:
        return Due(remarks=(*due.remarks, remark))
    if before.amount >= due.due.amount:
        return replace(due, remarks=(*due.remarks, remark))
    return Due(CostsDue(due.due.since, before.amount), due.explained, (*due.remarks, remark))


def _in_words(case: Case, on: date) -> str:
    return ", ".join(each.status.replace("_", " ") for each in case.statuses if each.lasts and each.since <= on)


def _as_known(case: Case, day: date) -> Case:
    """The case with the money that was known at the end of a day: what is learned later makes no costs higher."""
    entries = tuple(entry for entry in case.ledger.entries if entry.known_on <= day)
    if len(entries) == len(case.ledger.entries):
        return case
    balance = sum(entry.amount.minor for entry in entries)
    return replace(case, ledger=replace(case.ledger, entries=entries, balance_minor=balance))


def _costs_by_law(case: Case, policy: Policy, on: date, surroundings: Surroundings, taking: Step | None) -> Due:
    """Collection costs due on a day; the gate stands here, once for all."""
    if policy.charge_costs is ChargeCosts.NEVER and policy.charge_40 == "never":
        return NO_COSTS
    if not has_costs(case):
        return Due(remarks=(f"collection costs are fixed in EUR; none are counted in {case.ledger.currency}",))
    if policy.law == "BE" and is_protected(case, policy):
        return _belgian_consumer_costs(case, policy, on, surroundings)
    protected = is_protected(case, policy)
    letter = in_force_cost_notice(case) if protected else in_force_business_notice(case)
    before = [t for t in case.taken if t.void_for == "disputed" and t.void]
    if not before:
        return _by_letter(letter, case, policy, on, surroundings, taking)
    found = [_by_letter(each, case, policy, on, surroundings, taking) for each in (letter, *before)]
    # What was due on the undisputed part stays due when the whole is asked again; never more than on the whole.
    return max(found, key=lambda due: 0 if due.due is None else due.due.amount.minor)


def _by_letter(
    letter: TakenStep | None, case: Case, policy: Policy, on: date, surroundings: Surroundings, taking: Step | None
) -> Due:
    """What is due by one letter, or without any."""
    protected = is_protected(case, policy)
    term = None if letter is None else term_of(letter, case, policy, surroundings.terms)
    since = None if term is None or policy.charge_costs is ChargeCosts.NEVER else term.last_day + _DAY
    if policy.charge_costs is ChargeCosts.AT_HANDOFF:
        handed_off = case.handed_off_on or (on if taking is not None and taking.hand_off else None)
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
    if policy.charge_40 == "never" or not _bears_minimum(case, policy):
        return NO_COSTS
    asked_on = on if taking is not None and taking.term is not None else letter.on if letter is not None else None
    if asked_on is None or asked_on > on:
        return NO_COSTS
    minimum = be.late_payment_minimum if policy.law == "BE" else nl.late_payment_minimum
    costs = minimum(1, asked_on)
    return Due(CostsDue(asked_on, costs), (f"{costs.text} for each late invoice, owed without any notice",))


def _after_the_term(letter: TakenStep, since: date, case: Case, policy: Policy, surroundings: Surroundings) -> Due:
    """This invoice's share of the costs of all claimed together, on what of each was unpaid at the end of the term."""
    mates = [(sibling, mate) for sibling in surroundings.siblings if (mate := _mate(sibling, letter, case, policy))]
    members = sorted(
        [(case, policy, letter), *((sibling.case, sibling.policy, mate) for sibling, mate in mates)],
        key=lambda member: age_of(member[0]),
    )
    left = [_least_left(told, c, p, surroundings, since - _DAY) for c, p, told in members]
    principals = _set_off(left) if letter.legal == "cost_notice" else [each.unpaid for each in left]
    mine = next(index for index, (c, *_) in enumerate(members) if c is case)
    if principals[mine].amount <= policy.tolerance:
        return NO_COSTS
    if policy.law == "BE":
        # The legal maximum is one for consumers; towards a business it says nothing.
        clause = surroundings.terms.damages
        agreed = None if clause == "legal_maximum" else clause
        if agreed is None and not _bears_minimum(case, policy):
            return NO_COSTS
        costs = be.business_compensation([principals[mine]], agreed, since)
        return Due(CostsDue(since, costs.amount), costs.explanation, costs.remarks)
    # Which figures apply, and which letter was earlier, is a matter of the day of the letter.
    costs = dutch_costs([c for c, *_ in members], principals, (case, policy), letter.on, surroundings)
    total = costs.amount
    if letter.legal == "cost_notice":
        announced = [told.announced_costs for *_, told in members]
        known = [fee for fee in announced if fee is not None]
        if len(known) == len(announced):
            total = min(total, sum(known[1:], known[0]))
    if total.is_zero:
        return NO_COSTS
    share = total.split([principal.minor for principal in principals])[mine]
    explained = costs.explanation
    late = sum(1 for principal in principals if principal.is_positive)
    if _bears_minimum(case, policy) and total == nl.late_payment_minimum(late, letter.on):
        # The least that each late invoice bears is its own (BW 6:96 lid 4).
        share = nl.late_payment_minimum(1, letter.on)
    elif len(members) > 1:
        explained = (*explained, f"{share.text} of it for this one of {len(members)} invoices, in proportion")
    return Due(CostsDue(since, share), explained, costs.remarks)


@quick
@dataclass(frozen=True, slots=True)
class _Left:
    """What was unpaid of what a letter asked for one invoice, and what was paid beyond it."""

    unpaid: Money
    beyond: Money


def _left_of(letter: TakenStep, case: Case, policy: Policy, surroundings: Surroundings, day: date) -> _Left:
    """What was unpaid at the end of a day, before any costs, of the principal that a letter asked.

    Who paid what the letter asked owes nothing of it, also when the law books a part of that on interest (BW 6:44).
    What came open since, by a payment taken back that the letter knew of, it never asked.
    """
    zero = Money.zero(case.ledger.currency)
    interest = interest_of(case, policy, day, surroundings) if policy.allocation is Allocation.LEGAL else None
    movements = movements_of(case, day, day)
    account = settle(
        principal_of(case),
        movements,
        day,
        interest=interest,
        allocation=policy.allocation,
        credited_too_much=credited_too_much(case),
    )
    if letter.claimed is None or letter.principal is None:
        return _Left(account.principal, zero)
    paid = paid_by(letter, case, day)
    if paid.amount >= letter.claimed.amount - policy.tolerance:
        return _Left(zero, max(zero, paid - letter.claimed))
    asked = letter.principal - _disputed_in(letter, case, day)
    if account.booked:
        ids = answers(letter, case, day)
        asked -= sum((booked.principal for booked in account.booked if booked.id in ids), zero)
    return _Left(min(account.principal, max(zero, asked)), zero)


def _disputed_in(letter: TakenStep, case: Case, day: date) -> Money:
    """What of a letter was disputed by a day and decided against the debtor: that gave him no fair term."""
    if letter.principal is None or not letter.void:
        return Money.zero(case.ledger.currency)
    place = case.taken.index(letter)
    minor = sum(
        letter.principal.minor if each.minor is None else each.minor
        for each in case.disputes
        if each.outcome in ("rejected", "partly") and place < each.letters and each.since <= day
    )
    return Money.from_minor(minor, case.ledger.currency)


def _least_left(letter: TakenStep, case: Case, policy: Policy, surroundings: Surroundings, day: date) -> _Left:
    """The same, and never more than on the last day of the term: costs may be charged later, on no higher sum."""
    left = _left_of(letter, case, policy, surroundings, day)
    term = term_of(letter, case, policy, surroundings.terms)
    if term is None or term.last_day >= day:
        return left
    at_end = _left_of(letter, case, policy, surroundings, term.last_day)
    return _Left(min(left.unpaid, at_end.unpaid), max(left.beyond, at_end.beyond))


def is_paid_in_time(case: Case, policy: Policy, surroundings: Surroundings) -> bool:
    """Whether all that the letter in force asked of a consumer for this invoice was paid before its term ran out."""
    if not is_protected(case, policy):
        return False
    letter = in_force_first_reminder(case) if policy.law == "BE" else in_force_cost_notice(case)
    term = None if letter is None else term_of(letter, case, policy, surroundings.terms)
    if letter is None or term is None or letter.claimed is None:
        return False
    return paid_by(letter, case, term.last_day).amount >= letter.claimed.amount - policy.tolerance


def _set_off(left: Sequence[_Left]) -> list[Money]:
    """What was unpaid of the invoices of one letter: what came in for one beyond what was asked of it pays the others.

    Whatever number he gave, the debtor may set it off back to that day (BW 6:127, 6:129). The oldest is paid first.
    """
    over = sum((each.beyond for each in left[1:]), left[0].beyond)
    found = []
    for each in left:
        met = min(over, each.unpaid)
        over -= met
        found.append(each.unpaid - met)
    return found


def dutch_costs(
    cases: Sequence[Case], principals: Sequence[Money], lead: tuple[Case, Policy], on: date, surroundings: Surroundings
) -> nl.Costs:
    """Costs on invoices that are claimed together, by the law of the one of `lead`.

    Args:
        cases: The invoices.
        principals: What is claimed of each.
        lead: The case whose costs they are, and its policy.
        on: Day of the letter.
        surroundings: What surrounds that case.
    """
    case, policy = lead
    owed = [(c, p) for c, p in zip(cases, principals, strict=True) if p.is_positive]
    protected = is_protected(case, policy)
    contracts = {c.invoice.contract for c, _ in owed if protected and c.invoice.contract is not None}

    def counted(contract: str | None) -> nl.Costs:
        return nl.collection_costs(
            [p for _, p in owed] or [Money.zero(case.ledger.currency)],
            # The least for each late invoice is for trade contracts alone (BW 6:96 lid 4).
            business=not protected and case.invoice.legal_status.trades,
            on=on,
            vat=surroundings.terms.vat_on_costs,
            instalments=[contract is not None and c.invoice.contract == contract for c, _ in owed] or [False],
            earlier_in_window=contract is not None and _earlier_instalment(case, contract, on, surroundings),
        )

    # Instalments of different contracts are claims of their own; whichever reading is the lowest holds for all.
    found = [counted(contract) for contract in sorted(contracts)] or [counted(None)]
    return min(found, key=lambda costs: costs.amount.minor)


def _earlier_instalment(case: Case, contract: str, on: date, surroundings: Surroundings) -> bool:
    """Whether an instalment of a contract was in another 14-day letter in the six months before the letter of a day."""
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


def _bears_minimum(case: Case, policy: Policy) -> bool:
    """Whether 40.00 are owed for being late, without any notice: on trade contracts alone (directive 2011/7 art. 6)."""
    return not is_protected(case, policy) and case.invoice.legal_status.trades


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
        or other.invoice.legal_status.trades != case.invoice.legal_status.trades
        or other.ledger.currency != case.ledger.currency
    ):
        return None
    notice = in_force_business_notice(other)
    return notice if notice is not None and notice.proven and notice.on == letter.on else None


def _belgian_consumer_costs(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> Due:
    reminder = in_force_first_reminder(case)
    term = None if reminder is None else term_of(reminder, case, policy, surroundings.terms)
    if policy.charge_costs is ChargeCosts.NEVER or reminder is None or term is None or on <= term.last_day:
        return NO_COSTS
    balance = _left_of(reminder, case, policy, surroundings, term.last_day).unpaid
    if balance.amount <= policy.tolerance:
        return NO_COSTS
    costs = be.consumer_damages(balance, surroundings.terms.damages, term.last_day + _DAY)
    due = None if costs.amount.is_zero else CostsDue(term.last_day + _DAY, costs.amount)
    return Due(due, costs.explanation, costs.remarks)
