"""Opening a case: a payment that came before it counts from its first moment on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casefile.case_file import Transaction
from domain.facts import CaseOpened, Fact
from services.provider_money.unmatched import look_again

__all__ = ["give_money", "open_with_money"]


def open_with_money(
    transaction: Transaction, case_id: str, creditor: str, facts: Sequence[Fact], at: datetime
) -> tuple[str, ...]:
    """Open a case, and give it the payments that nobody knew so far and that are for it, in one transaction.

    Args:
        transaction: The case file, locked as a whole.
        case_id: Its id.
        creditor: Id of its creditor.
        facts: Its first facts; the first says that it opens.
        at: Moment, aware.

    Returns:
        Ids of the cases that were told.
    """
    new = transaction.cases.open(case_id, creditor, facts, at)
    return give_money(transaction, case_id, facts, at) if new else ()


def give_money(transaction: Transaction, case_id: str, facts: Sequence[Fact], at: datetime) -> tuple[str, ...]:
    """Give a case the payments that nobody knew so far and that are for it, in the transaction that opened it.

    Args:
        transaction: The case file, locked as a whole.
        case_id: Its id.
        facts: Its first facts; the first says that it opens.
        at: Moment, aware.

    Returns:
        Ids of the cases that were told.
    """
    opened = facts[0]
    return look_again(transaction, case_id, opened, at) if isinstance(opened, CaseOpened) else ()
