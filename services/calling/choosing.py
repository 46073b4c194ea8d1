"""Who is called next: the first of the list whom nobody else has, and who may be called at this hour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from casefile.case_file import Transaction
from casefile.morning import open_task_kinds
from domain.contact_hours import may_be_reached
from services.calling.queue import CallQueue, DebtorToCall, call_queue
from services.figures.promises import judged_promises

__all__ = ["next_to_call", "queue_in"]

_MOST_LOOKED_AT = 40
"""Debtors of whom it is asked whether they may be called now; late in the evening that is nobody for a long way."""


def queue_in(transaction: Transaction, now: datetime) -> CallQueue:
    """Whom to call at a moment."""
    session = transaction.session
    return call_queue(session, open_task_kinds(session), judged_promises(session), now)


def next_to_call(
    transaction: Transaction,
    queue: Sequence[DebtorToCall],
    taken: Collection[tuple[str, str]],
    now: datetime,
    *,
    after: tuple[str, str] | None = None,
) -> DebtorToCall | None:
    """The next one; None where nobody is left.

    Args:
        transaction: A reading transaction on the case file.
        queue: Whom to call, in order.
        taken: Debtors whom somebody else calls just now.
        now: The present moment.
        after: Whom to leave, and to begin behind.
    """
    place = next((index + 1 for index, each in enumerate(queue) if each.key == after), 0)
    in_turn = [each for each in (*queue[place:], *queue[:place]) if each.key != after and each.key not in taken]
    for each in in_turn[:_MOST_LOOKED_AT]:
        loaded = transaction.cases.load(each.rows[0].id)
        if may_be_reached(loaded.case, loaded.policy, now):
            return each
    return None
