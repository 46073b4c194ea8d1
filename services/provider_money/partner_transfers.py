"""Money that a collection partner transferred: it is matched with his remittance, and never taken for a debtor's.

On the cases stands what he reported; the remittance says which of it he passes on, and this that it came in. So nothing
is booked here, whichever of remittance and transfer comes first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from casefile.case_file import Transaction
from casefile.parties import creditor_names
from casefile.partner_transfers import (
    PartnerTransfer,
    forget_transfer,
    keep_transfer,
    partner_accounts,
    payer_mark_of,
    remittances_of,
    transfers,
)
from casefile.payer_accounts import account_mark
from casefile.provider_payments import ProviderPayment, movements_of, save_payment, unmatched_payments
from domain.handoffs.transfers import Announced, NoRemittance, passed_on, remittance_of_transfer
from domain.money import Money
from domain.provider_money import Movement, net_of
from services.debtor_payments import CannotBook

__all__ = ["as_transfer", "assign_remittance", "look_for_transfers"]


def as_transfer(
    transaction: Transaction, payment: ProviderPayment, movements: Iterable[Movement], at: datetime
) -> bool:
    """Match a payment with a remittance, if it is from a partner; looked at again, it says the same.

    Args:
        transaction: The case file, locked as a whole.
        payment: The payment.
        movements: All that was told of its money.
        at: Moment, aware.

    Returns:
        Whether it is from a partner: then it is nobody else's.
    """
    all_of = tuple(movements)
    before = next(iter(transfers(transaction.session, payment=payment.id)), None)
    owners = _owners(transaction, payment) if before is None else ((before.creditor, before.partner),)
    if not owners or not all_of:
        return bool(owners)
    amount = Money.from_minor(net_of(all_of), all_of[0].amount.currency)
    if before is not None and before.amount == amount:
        return True
    found: Announced | NoRemittance | None
    if before is not None:
        forget_transfer(transaction, payment.id)
        owner, found = (
            owners[0],
            NoRemittance(
                f"it was remittance {before.number} of {before.partner} with {before.amount.text}; "
                f"by now {amount.text} of it is with us"
            ),
        )
    else:
        owner, found = _found(transaction, payment, owners, amount)
    if isinstance(found, Announced):
        found = _keep(transaction, payment, owner, found.number, amount, all_of, "", at)
    waiting = replace(payment, creditor=owner[0], debtor=None, case_id=None, guesses=())
    if found is None:
        save_payment(transaction, replace(waiting, status="remitted", reason=""), at)
    else:
        save_payment(transaction, replace(waiting, status="unmatched", reason=found.reason), at)
    return True


def look_for_transfers(transaction: Transaction, creditor: str, partner: str, at: datetime) -> None:
    """Look whether what a partner transferred came in already, now that a remittance of his was taken in."""
    for payment in unmatched_payments(transaction.session):
        if (creditor, partner) in _owners(transaction, payment):
            as_transfer(transaction, payment, movements_of(transaction.session, payment.id), at)


def assign_remittance(
    transaction: Transaction, payment: ProviderPayment, partner: str, number: str, actor: str, at: datetime
) -> None:
    """Say that a payment is a remittance, whatever it comes to; nothing is told to a case.

    Args:
        transaction: The case file, locked as a whole.
        payment: One that is unmatched.
        partner: Id of the partner.
        number: Number of his remittance.
        actor: Who says so.
        at: Moment, aware.

    Raises:
        CannotBook: there is no such remittance in this currency, or it came in already.
    """
    movements = movements_of(transaction.session, payment.id)
    currency = movements[0].amount.currency if movements else "EUR"
    owners = [
        (creditor, partner)
        for creditor in creditor_names(transaction.session)
        if payment.creditor in (None, creditor)
        and number in {known for known, *_ in remittances_of(transaction.session, creditor, partner, currency)}
    ]
    if len(owners) != 1:
        why = "several creditors have it" if owners else "take it in first: maanwerk agency remittance"
        raise CannotBook(f"there is no remittance {number} of {partner} in {currency}: {why}")
    amount = Money.from_minor(net_of(movements), currency)
    problem = _keep(transaction, payment, owners[0], number, amount, movements, actor, at)
    if problem is not None:
        raise CannotBook(problem.reason)
    owned = replace(payment, creditor=owners[0][0], debtor=None, case_id=None, guesses=(), reason="", actor=actor)
    save_payment(transaction, replace(owned, status="remitted"), at)


def _keep(
    transaction: Transaction,
    payment: ProviderPayment,
    owner: tuple[str, str],
    number: str,
    amount: Money,
    movements: Iterable[Movement],
    actor: str,
    at: datetime,
) -> NoRemittance | None:
    """Keep it as this remittance, unless another payment is."""
    creditor, partner = owner
    taken = next(
        (t for t in transfers(transaction.session, creditor) if (t.partner, t.number) == (partner, number)), None
    )
    if taken is not None:
        return NoRemittance(f"remittance {number} of {partner} came in already, as {taken.payment} on {taken.on}")
    on = min(each.on for each in movements)
    keep_transfer(transaction, PartnerTransfer(payment.id, creditor, partner, number, amount, on, actor), at)
    return None


def _owners(transaction: Transaction, payment: ProviderPayment) -> tuple[tuple[str, str], ...]:
    """Creditor and partner from whose account a payment came; several where creditors share a partner."""
    said = payment.designation.creditor
    accounts = [each for each in partner_accounts(transaction.session) if said in (None, each[0])]
    mark = payer_mark_of(transaction.session, payment.id) if accounts else None
    if mark is None:
        return ()
    return tuple((own, name) for own, name, iban in accounts if account_mark(transaction.session, iban) == mark)


def _found(
    transaction: Transaction, payment: ProviderPayment, owners: Sequence[tuple[str, str]], amount: Money
) -> tuple[tuple[str, str], Announced | NoRemittance]:
    """Whose transfer it is, and of which remittance: the first owner one of whose it is, else the first."""
    found = [
        (each, remittance_of_transfer(each[1], payment.designation.texts, amount, _known(transaction, each, amount)))
        for each in owners
    ]
    return next((each for each in found if isinstance(each[1], Announced)), found[0])


def _known(transaction: Transaction, owner: tuple[str, str], amount: Money) -> tuple[Announced, ...]:
    currency = amount.currency
    return tuple(
        Announced(number, Money.from_minor(total, currency), passed_on(_lines(result, currency), currency))
        for number, total, result in remittances_of(transaction.session, *owner, currency)
    )


def _lines(result: str, currency: str) -> Iterator[tuple[str, Money]]:
    """Kind and amount of each line of a remittance, as its result was kept."""
    for line in json.loads(result)["lines"]:
        yield line["kind"], Money.parse(line["amount"], currency)
