"""One payment that a provider and another source tell of, on two cases of a debtor: both wait for a person.

On one case its own rules see it (`domain.handling.duplicates`); what stands on another one only we can see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casefile.case_file import Transaction
from casefile.debtor_money import KnownDebtor, MoneyEntry, entries_of
from domain.blockers import HoldKind
from domain.handling.duplicates import WITHIN, twin_of
from domain.provider_money import source_of
from services.current_case import current_case
from services.debtor_payments import CannotBook, tell_case

__all__ = ["hold_duplicates"]


def hold_duplicates(
    transaction: Transaction, debtor: KnownDebtor, payment: str, told: Iterable[str], at: datetime
) -> tuple[str, ...]:
    """Let the cases of a payment wait where another source told of the same money on another case.

    Args:
        transaction: The case file, locked as a whole.
        debtor: Whose money it is.
        payment: Id of the payment that was booked just now.
        told: Cases that were told of it.
        at: Moment, aware.

    Returns:
        Ids of the cases that wait.
    """
    entries = entries_of(transaction, debtor.creditor, debtor.id)
    came = next((each for each in entries if each.id == payment and each.kind == "received"), None)
    if came is None:
        return ()
    own = tuple(told)
    twin = _twin_on_a_case(transaction, debtor, came, own, at)
    if twin is None and not _twin_on_none(entries, came):
        return ()
    waiting = []
    for case_id in dict.fromkeys((*own, *(() if twin is None else (twin,)))):
        content = {"id": f"{payment}:duplicate", "hold": HoldKind.PROBABLE_DUPLICATE.value, "note": payment}
        try:
            with transaction.savepoint():
                tell_case(transaction, case_id, "place_hold", content, at)
        except CannotBook:
            continue
        waiting.append(case_id)
    return tuple(waiting)


def _twin_on_a_case(
    transaction: Transaction, debtor: KnownDebtor, came: MoneyEntry, own: tuple[str, ...], at: datetime
) -> str | None:
    """The other case of the debtor on which another source told of the amount."""
    for case_id in transaction.cases.siblings(debtor.creditor, debtor.id, ""):
        if case_id in own and len(own) == 1:
            continue
        ledger = current_case(transaction, case_id, at).case.ledger
        if ledger.currency != came.amount.currency:
            continue
        twin = twin_of(ledger.entries, came.id, -came.amount.minor, came.credited_on)
        if twin is not None and ledger.left_of(twin.id):
            return case_id
    return None


def _twin_on_none(entries: Iterable[MoneyEntry], came: MoneyEntry) -> bool:
    """Whether another source told of the amount, and it was spread over cases or stands on no invoice."""
    return any(
        each.kind == "received"
        and each.id == each.of
        and each.amount == came.amount
        and source_of(each.id) != source_of(came.id)
        and abs(each.credited_on - came.credited_on) <= WITHIN
        for each in entries
    )
