"""Payments of which nobody knows whose they are: listed, given to a case or a debtor, or left, by a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from casefile.case_file import Transaction
from casefile.debtor_money import KnownDebtor
from casefile.named_cases import case_named, debtor_of_cases
from casefile.provider_payments import (
    ProviderPayment,
    movements_of,
    provider_payment,
    save_payment,
    unmatched_payments,
)
from casefile.session import Session
from domain.facts import CaseOpened
from domain.money import Money
from domain.provider_money import Movement, gross_of, net_of
from services.provider_money.booking import CannotBook, bring_up_to, cases_of
from services.provider_money.finding import Found, references_in
from services.provider_money.partner_transfers import assign_remittance
from services.provider_money.recording import settle_owner

__all__ = ["CannotBook", "Unmatched", "assign", "assign_to_remittance", "dismiss", "look_again", "unmatched"]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A payment of which nobody knows whose it is.

    Attributes:
        payment: The payment.
        received: What came in; zero where only what went back was told.
        left: What of it stands with us; below zero where more went back than we know came in.
        movements: All that was told.
    """

    payment: ProviderPayment
    received: Money
    left: Money
    movements: tuple[Movement, ...]


def unmatched(session: Session) -> tuple[Unmatched, ...]:
    """All of them, the first first."""
    return tuple(_shown(session, each) for each in unmatched_payments(session))


def _shown(session: Session, payment: ProviderPayment) -> Unmatched:
    movements = movements_of(session, payment.id)
    currency = movements[0].amount.currency if movements else "EUR"
    return Unmatched(
        payment,
        Money.from_minor(gross_of(movements), currency),
        Money.from_minor(net_of(movements), currency),
        movements,
    )


def assign(
    transaction: Transaction, payment_id: str, to: str | KnownDebtor, actor: str, at: datetime
) -> tuple[str, ...]:
    """Give a payment to a case or to a debtor; all that comes of it later goes there too.

    Args:
        transaction: The case file, locked as a whole.
        payment_id: The payment.
        to: Id of a case, which gets all of it; or a debtor, over whose invoices it is spread.
        actor: Who says so.
        at: Moment, aware.

    Returns:
        Ids of the cases that were told.

    Raises:
        CannotBook: it is not unmatched, or can't be booked there.
    """
    payment = _waiting(transaction, payment_id)
    if isinstance(to, KnownDebtor):
        debtor, case_id = to, None
    else:
        case = case_named(transaction.session, to)
        if case is None:
            raise CannotBook(f"there is no case {to!r} in the case file")
        debtor, case_id = debtor_of_cases(transaction.session, case.creditor, case.debtor), case.id
    if cases_of(transaction, payment) and (payment.creditor, payment.debtor) != (debtor.creditor, debtor.id):
        raise CannotBook(f"{payment_id} is booked in part with {payment.debtor}: it can't go to {debtor.name}")
    text = "; ".join(each.strip() for each in payment.designation.texts if each.strip())[:300]
    owned = replace(
        payment,
        status="booked",
        creditor=debtor.creditor,
        debtor=debtor.id,
        case_id=case_id,
        reason="",
        guesses=(),
        actor=actor,
    )
    found = Found(debtor, case_id, text, whole=case_id is not None)
    told = bring_up_to(transaction, owned, found, movements_of(transaction.session, payment.id), at)
    save_payment(transaction, owned, at)
    return told


def assign_to_remittance(
    transaction: Transaction, payment_id: str, partner: str, number: str, actor: str, at: datetime
) -> None:
    """Say that a payment is a remittance of a collection partner: it is on no case, and no debtor's.

    Raises:
        CannotBook: it is not unmatched, or there is no such remittance that did not come in yet.
    """
    payment = _waiting(transaction, payment_id)
    if cases_of(transaction, payment):
        raise CannotBook(f"{payment_id} is booked in part with {payment.debtor}: it can't be a remittance")
    assign_remittance(transaction, payment, partner, number, actor, at)


def dismiss(transaction: Transaction, payment_id: str, reason: str, actor: str, at: datetime) -> None:
    """Say that a payment is none of ours; what comes of it later is kept, and told to nobody.

    Raises:
        CannotBook: it is not unmatched.
    """
    payment = _waiting(transaction, payment_id)
    save_payment(transaction, replace(payment, status="dismissed", reason=reason, actor=actor, guesses=()), at)


def _waiting(transaction: Transaction, payment_id: str) -> ProviderPayment:
    payment = provider_payment(transaction.session, payment_id)
    if payment is None or payment.status != "unmatched":
        known = ", ".join(each.id for each in unmatched_payments(transaction.session)[:5]) or "none"
        what = "there is no such payment" if payment is None else f"it is {payment.status}"
        raise CannotBook(f"{payment_id}: {what}; unmatched are: {known}")
    return payment


def look_again(transaction: Transaction, case_id: str, opened: CaseOpened, at: datetime) -> tuple[str, ...]:
    """Look whether payments that nobody knew are for a case that opens; in the transaction that opens it.

    Returns:
        Ids of the cases that were told.
    """
    told: dict[str, None] = {}
    for payment in unmatched_payments(transaction.session):
        if _may_be_of(payment, case_id, opened):
            movements = movements_of(transaction.session, payment.id)
            told.update(dict.fromkeys(settle_owner(transaction, payment, movements, at)))
    return tuple(told)


def _may_be_of(payment: ProviderPayment, case_id: str, opened: CaseOpened) -> bool:
    """Whether what it says may mean this case; quickly, for a list brings thousands."""
    said, invoice = payment.designation, opened.invoice
    if said.case_id == case_id or said.debtor == invoice.debtor:
        return True
    number = invoice.number.casefold()
    texts = (*said.invoices, *said.texts)
    if any(number in text.casefold() for text in texts):
        return True
    return invoice.payment_reference is not None and bool(
        set(references_in(texts)) & set(references_in((invoice.payment_reference,)))
    )
