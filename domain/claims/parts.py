"""The parts of a claim before any costs: what was owed at first, the money that moved, and how interest runs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from domain.asked import never_asked
from domain.case import Case
from domain.claims.account import Movement, MovementKind
from domain.claims.agreed import as_agreed
from domain.debtor_status import interest_until
from domain.invoice import ClaimBasis
from domain.law import be, nl
from domain.law.dated import DatedTable
from domain.law.interest import InterestRule, agreed_rate
from domain.ledger import EntryKind
from domain.money import Money
from domain.notices import default_from, in_force_first_reminder, is_protected, term_of
from domain.policy import Policy
from domain.surroundings import Surroundings

_DAY = timedelta(days=1)

_KINDS: dict[EntryKind, MovementKind] = {
    EntryKind.PAYMENT: "payment",
    EntryKind.CREDIT: "rebate",
    EntryKind.WRITE_OFF: "write_off",
    EntryKind.REVERSAL: "reversal",
    EntryKind.REFUND: "refund",
}


def principal_of(case: Case) -> Money:
    """What was owed from the first day: the invoice without what was corrected, and without what is disputed."""
    if _is_as_invoiced(case):
        return case.ledger.entries[0].amount
    return Money.from_minor(max(0, owed_at_first(case)), case.ledger.currency)


def credited_too_much(case: Case) -> Money:
    """What was credited beyond what was owed from the first day: it is held, and may be given back."""
    if _is_as_invoiced(case):
        return Money.zero(case.ledger.currency)
    return Money.from_minor(max(0, -owed_at_first(case)), case.ledger.currency)


def _is_as_invoiced(case: Case) -> bool:
    """Whether nothing has happened to what was invoiced: most cases are asked while that is so."""
    entries = case.ledger.entries
    return len(entries) == 1 and not case.disputes and entries[0].amount.is_positive


def owed_at_first(case: Case) -> int:
    """The same in minor units; below zero when more was credited than invoiced."""
    entries = case.ledger.entries
    contested = case.contested_minor if case.disputes else 0
    if len(entries) == 1:
        return entries[0].amount.minor - contested
    return sum(e.amount.minor for e in entries if _is_from_the_start(e.kind, e.from_the_start)) - contested


def _is_from_the_start(kind: EntryKind, from_the_start: bool) -> bool:
    return kind is EntryKind.PRINCIPAL or from_the_start


def movements_of(case: Case, on: date, until: date | None = None) -> tuple[Movement, ...]:
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


def interest_of(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> InterestRule | None:
    """How interest runs on the claim; None when none is owed."""
    rule = _interest_by_law(case, policy, on, surroundings)
    return as_agreed(rule, case.arrangements) if rule is not None and case.arrangements else rule


def _interest_by_law(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> InterestRule | None:
    """The same, whatever was agreed."""
    terms, protected = surroundings.terms, is_protected(case, policy)
    # Of the days after insolvency began none is claimed (Fw 128).
    last = interest_until(case.statuses) if case.statuses else None
    since: date | None
    rates: DatedTable[Decimal]
    if policy.law == "BE" and protected:
        if not terms.interest_clause:
            return None
        since = _belgian_interest_from(case, policy, on, surroundings)
    else:
        since = default_from(case, policy, terms)
    if since is None or since > on or (last is not None and since > last):
        return None
    contract = terms.contract_rate
    if contract is not None and (not protected or terms.contract_rate_for_consumers):
        return InterestRule(
            since, agreed_rate(contract), compound=terms.contract_compound, day_count=policy.day_count, last=last
        )
    belgian = policy.law == "BE"
    trade = not protected and case.invoice.legal_status.trades and case.invoice.claim_basis is ClaimBasis.PRICE
    # A consumer's clause may ask up to the rate for late payment (practice.md, S15).
    rates = be.statutory_rates(trade or protected) if belgian else nl.statutory_rates(trade)
    # Of days before the table nobody knows the rate: they bear nothing, rather than stop the case.
    since = max(since, rates.rows[0].since)
    return InterestRule(since, rates, compound=not belgian, day_count=policy.day_count, last=last)


def _belgian_interest_from(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> date | None:
    """First day of interest of a Belgian consumer: none before the term of the first reminder ran out.

    Nor on what no reminder named (Book XIX WER): where something came open that it never asked, none is counted at all.
    """
    reminder = in_force_first_reminder(case)
    term = None if reminder is None else term_of(reminder, case, policy, surroundings.terms)
    if reminder is None or term is None or on <= term.last_day or never_asked(reminder, case):
        return None
    return reminder.on + _DAY if surroundings.terms.small_enterprise else term.last_day + _DAY
