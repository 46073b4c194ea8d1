"""Whether a provider told something that is not read yet and that may be the payment of a case.

What was acknowledged to a provider before a message was written must stop that message, also in the moment between
taking an event and booking it. But what anybody can post must not keep messages back for long.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.payment_links import links_proved_by
from casefile.provider_events import UnreadEvent, anything_unread, knocks_of_nobody, unread_events
from casefile.provider_payments import owner_debtors

__all__ = ["MOST_UNPROVEN", "UNPROVEN_HOLDS", "money_unread"]

UNPROVEN_HOLDS = timedelta(minutes=15)
"""How long all events together that anybody can post, about payments that we don't know, keep messages back."""

MOST_UNPROVEN = 20
"""How many of them within an hour are believed to be a provider's; whoever posts more keeps nobody back."""
_RECENT = timedelta(hours=1)


def money_unread(transaction: Transaction, loaded: Loaded, now: datetime) -> bool:
    """Whether something unread may be a payment of the debtor of a case.

    An event about a payment whose owner is known, or about a payment link of ours, concerns his cases alone; any other
    that is signed may concern every case. So may one that anybody can post, but for a while only, and as long as there
    are few of them.

    Args:
        transaction: The case file, with the case locked.
        loaded: The case.
        now: The real clock, by which events came.
    """
    if not anything_unread(transaction.session):
        return False
    if _proven(transaction, unread_events(transaction.session, of_nobody=False), loaded):
        return True
    first = unread_events(transaction.session, 1, of_nobody=True)
    if not first or now - first[0].received_at >= UNPROVEN_HOLDS:
        return False
    return knocks_of_nobody(transaction.session, now - _RECENT) <= MOST_UNPROVEN


def _proven(transaction: Transaction, waiting: Iterable[UnreadEvent], loaded: Loaded) -> bool:
    events = tuple(waiting)
    if not events:
        return False
    owners = owner_debtors(transaction.session, [each.about for each in events if each.about])
    linked = links_proved_by(transaction.session, [each.link for each in events])
    mine = (loaded.creditor, loaded.case.invoice.debtor)
    for each in events:
        link = linked.get(each.link)
        owner = owners.get(each.about) or (None if link is None else (link.creditor, link.debtor))
        if owner in (None, mine):
            return True
    return False
