"""What a decision must know outside the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.case import Case
from domain.debtor_money import Unallocated
from domain.debtor_status import DebtorStatus
from domain.handoffs.others_with_partner import WithPartner
from domain.invoice import Kind
from domain.ledger import paid_beyond
from domain.money import Money
from domain.payment_runs import PaymentRun
from domain.policy import Policy
from domain.quick_records import quick
from domain.sending_stops import SendingStop
from domain.tasks import TaskKind
from domain.terms import PLAIN_TERMS, CreditorTerms


@quick
@dataclass(frozen=True, slots=True)
class Sibling:
    """Another case of the same debtor and creditor."""

    key: str
    case: Case
    policy: Policy


@quick
@dataclass(frozen=True, slots=True)
class Held:
    """What was paid too much on other cases of the debtor; `paid` is the part of it that he paid too much himself.

    The rest we credited after he had paid: it covers what he owes, but he sent it for no other invoice.
    """

    amount: Money
    paid: Money


@quick
@dataclass(frozen=True, slots=True)
class Surroundings:
    """The world around one case at the moment of deciding.

    Attributes:
        bank_covered_until: Last day that the bank statements cover; None when no bank feed is watched, which
            counts as covered up to yesterday.
        debtor_contacted_on: Last day on which another case of the same debtor sent a message.
        debtor_reminded_on: Last day on which another case of the same debtor sent a message of the reminder class,
            as far as its policy bundles: what does not travel together anyway holds nobody back.
        terms: What the law must know of the creditor.
        held: What was paid too much on the debtor's other cases, while a person has not returned it or set it off.
        statuses: What the debtor is, or was, in, as it is kept once for all his cases.
        unallocated: What he paid that is on no invoice; None when nothing is.
        stops: Days on which nothing is sent, because a person stopped all sending.
        siblings: The debtor's other cases, in the order of their keys; only for cases that look at them.
        payment_run: On which day of the month he pays, as it is kept once for all his cases; None when unknown.
        with_partner: What a partner has of his other invoices; None when he has nothing.
    """

    bank_covered_until: date | None = None
    debtor_contacted_on: date | None = None
    debtor_reminded_on: date | None = None
    terms: CreditorTerms = PLAIN_TERMS
    siblings: tuple[Sibling, ...] = ()
    held: Held | None = None
    statuses: tuple[DebtorStatus, ...] = ()
    unallocated: Unallocated | None = None
    payment_run: PaymentRun | None = None
    stops: tuple[SendingStop, ...] = ()
    with_partner: WithPartner | None = None


NOTHING_SPECIAL = Surroundings()
"""No bank feed watched, no other case of the debtor, plain terms."""


def bank_covers(surroundings: Surroundings, day: date, today: date) -> bool:
    """Whether all payments of a day are known by the bank statements."""
    covered = surroundings.bank_covered_until
    return (today - timedelta(days=1) if covered is None else covered) >= day


def looks_at_siblings(case: Case, policy: Policy) -> bool:
    """Whether decisions about a case must know the debtor's other cases.

    One consumer has one 14-day letter for all his invoices in default (BW 6:96 lid 7), costs are counted once on what
    is claimed together, a condition may count the debtor's invoices, messages to him may have to keep days apart, and
    one arrangement may be over several of his invoices. What is handed off takes along all that is ready.
    """
    protected = case.consumer or policy.kind is Kind.CONSUMER
    return (
        policy.law == "NL"
        or (policy.law is not None and protected)
        or policy.counts_invoices
        or policy.debtor_spacing > 0
        or policy.hands_off
        or any(each.others for each in case.arrangements)
    )


def held_of(others: Iterable[Case], currency: str) -> Held | None:
    """What was paid too much on these cases and waits for a person, in this currency; None when nothing was."""
    waiting = [
        case
        for case in others
        if case.ledger.balance_minor < 0 and case.ledger.currency == currency and case.open_task(TaskKind.OVERPAYMENT)
    ]
    if not waiting:
        return None
    amount = sum(case.overpaid_minor for case in waiting)
    paid = sum(min(case.overpaid_minor, paid_beyond(case.ledger)) for case in waiting)
    return Held(Money.from_minor(amount, currency), Money.from_minor(paid, currency))
