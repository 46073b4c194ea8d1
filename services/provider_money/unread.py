"""Whether a provider told something that is not read yet and that may be the payment of a case.

What was acknowledged to a provider before a message was written must stop that message, also in the moment between
taking an event and booking it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.provider_events import unread_events
from casefile.provider_payments import owner_debtors

__all__ = ["UNPROVEN_HOLDS", "money_unread"]

UNPROVEN_HOLDS = timedelta(minutes=15)
"""How long an event that anybody can post, about a payment that we don't know, keeps messages back."""

_UNPROVEN = frozenset({"mollie"})


def money_unread(transaction: Transaction, loaded: Loaded, now: datetime) -> bool:
    """Whether something unread may be a payment of the debtor of a case.

    An event about a payment whose owner is known concerns his cases alone; any other may concern every case.

    Args:
        transaction: The case file, with the case locked.
        loaded: The case.
        now: The real clock, by which events came.
    """
    waiting = unread_events(transaction.session)
    if not waiting:
        return False
    owners = owner_debtors(transaction.session, [each.about for each in waiting if each.about])
    mine = (loaded.creditor, loaded.case.invoice.debtor)
    for each in waiting:
        owner = owners.get(each.about)
        if owner == mine:
            return True
        if owner is None and (each.provider not in _UNPROVEN or now - each.received_at < UNPROVEN_HOLDS):
            return True
    return False
