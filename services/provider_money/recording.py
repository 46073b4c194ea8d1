"""Recording what providers told: what is known of each payment, whose it is, and what its cases are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from casefile.case_file import Transaction
from casefile.debtor_money import entries_of
from casefile.provider_payments import (
    ProviderPayment,
    add_movements,
    movements_of,
    provider_payment,
    save_payment,
)
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentReport, PaymentState, gross_of
from services.provider_money.booking import CannotBook, book_movements, bring_up_to, found_of
from services.provider_money.duplicates import hold_duplicates
from services.provider_money.finding import Found, LinkLookup, find, linked_cases
from services.provider_money.partner_transfers import as_transfer
from services.provider_money.pending import keep_waiting
from services.provider_money.standing import standing_of

__all__ = ["record_reports", "settle_owner"]

_RANK: dict[PaymentState, int] = {"": 0, "pending": 1, "failed": 2, "paid": 3}


def record_reports(
    transaction: Transaction, reports: Iterable[PaymentReport], at: datetime, links: LinkLookup = linked_cases
) -> tuple[str, ...]:
    """Record what was told of payments, and tell their cases.

    Args:
        transaction: The case file, locked as a whole.
        reports: What was told.
        at: Moment of it, aware.
        links: Finds the case of a payment that we asked for ourselves.

    Returns:
        Ids of the cases that are to look: they were told something, or money of their debtor came or went.

    Raises:
        ValueError: one payment is told of in several currencies; the transaction (or a savepoint) must be undone.
    """
    told: dict[str, None] = {}
    for report in reports:
        told.update(dict.fromkeys(_record(transaction, report, at, links)))
    return tuple(told)


def _record(transaction: Transaction, report: PaymentReport, at: datetime, links: LinkLookup) -> tuple[str, ...]:
    before = provider_payment(transaction.session, report.payment)
    payment = _merged(before or ProviderPayment(report.payment, "new", at), report)
    save_payment(transaction, payment, at)
    known = movements_of(transaction.session, payment.id)
    if len({each.amount.currency for each in (*known, *report.movements)}) > 1:
        raise ValueError(f"{payment.id} is told of in several currencies")
    fresh = add_movements(transaction, payment.id, report.movements, at)
    if payment.status == "dismissed":
        return ()
    if payment.status == "booked":
        found = found_of(transaction, payment, _written(payment))
        return _told(transaction, payment, found, at, partial(book_movements, known=known, fresh=fresh))
    return settle_owner(transaction, payment, (*known, *fresh), at, links, report.aliases)


def settle_owner(
    transaction: Transaction,
    payment: ProviderPayment,
    movements: Iterable[Movement],
    at: datetime,
    links: LinkLookup = linked_cases,
    aliases: Iterable[str] = (),
) -> tuple[str, ...]:
    """Find whose a payment is and book it; where that can't be said it is kept as unmatched.

    Returns:
        Ids of the cases that were told.
    """
    all_of = tuple(movements)
    if as_transfer(transaction, payment, all_of, at):
        return ()
    if not all_of and payment.state not in ("pending", "failed"):
        return ()
    names = (payment.id, *aliases)
    found = find(transaction, payment.designation, names, _amount(all_of), links)
    if isinstance(found, Found):
        owned = replace(
            payment,
            status="booked",
            creditor=found.debtor.creditor,
            debtor=found.debtor.id,
            case_id=found.case_id,
            reason="",
            guesses=(),
        )
        return _told(transaction, owned, found, at, partial(bring_up_to, movements=all_of))
    if all_of:
        save_payment(transaction, replace(payment, status="unmatched", reason=found.reason, guesses=found.guesses), at)
    return ()


def _told(
    transaction: Transaction,
    payment: ProviderPayment,
    found: Found,
    at: datetime,
    book: Callable[..., tuple[str, ...]],
) -> tuple[str, ...]:
    before = _loose(transaction, found, payment)
    try:
        with transaction.savepoint():
            told = book(transaction, payment, found, at=at)
    except CannotBook as problem:
        # Never lost: a person sees it, and why.
        refused = replace(payment, status="unmatched", reason=str(problem), guesses=_guess(found))
        save_payment(transaction, refused, at)
        return ()
    payment, waiting = keep_waiting(transaction, payment, at)
    save_payment(transaction, payment, at)
    doubted = hold_duplicates(transaction, found.debtor, payment.id, told, at) if told else ()
    concerned = () if _loose(transaction, found, payment) == before else _open_cases(transaction, found)
    return tuple(dict.fromkeys((*told, *waiting, *doubted, *concerned)))


def _loose(transaction: Transaction, found: Found, payment: ProviderPayment) -> int:
    """How much of a payment stands on no invoice."""
    return standing_of(entries_of(transaction, found.debtor.creditor, found.debtor.id), payment.id).loose


def _open_cases(transaction: Transaction, found: Found) -> tuple[str, ...]:
    """The debtor's cases that are not closed: money of his on no invoice keeps them back, or does so no more."""
    cases = transaction.cases.siblings(found.debtor.creditor, found.debtor.id, "")
    return tuple(each for each in cases if transaction.cases.closed(each) is False)


def _guess(found: Found) -> tuple[str, ...]:
    return () if found.case_id is None else (found.case_id,)


def _merged(payment: ProviderPayment, report: PaymentReport) -> ProviderPayment:
    """What is known of a payment with a report: the later state, and what was said first of what it is for."""
    later = payment.state_at is None or (payment.state_at, _RANK[payment.state]) < (
        report.state_at,
        _RANK[report.state],
    )
    if report.state and later:
        payment = replace(
            payment, state=report.state, state_at=report.state_at, expected_on=report.expected_on or payment.expected_on
        )
    return replace(
        payment,
        method=payment.method or report.method,
        designation=_joined(payment.designation, report.designation),
    )


def _joined(first: Designation, second: Designation) -> Designation:
    if second.empty or first == second:
        return first
    return Designation(
        case_id=first.case_id or second.case_id,
        creditor=first.creditor or second.creditor,
        invoices=tuple(dict.fromkeys((*first.invoices, *second.invoices))),
        debtor=first.debtor or second.debtor,
        texts=tuple(dict.fromkeys((*first.texts, *second.texts))),
        payer=first.payer or second.payer,
        account=first.account or second.account,
    )


def _amount(movements: tuple[Movement, ...]) -> Money | None:
    """What came in, for guesses; what came back where that is all that we know."""
    if not movements:
        return None
    minor = gross_of(movements) or max(each.amount.minor for each in movements)
    return Money.from_minor(minor, movements[0].amount.currency)


def _written(payment: ProviderPayment) -> str:
    return "; ".join(each.strip() for each in payment.designation.texts if each.strip())[:300]
