"""Which other cases of a debtor are to be woken after one of them recorded something."""

from __future__ import annotations

from datetime import datetime

from casefile.case_file import Transaction
from casefile.database import is_database_failure
from casefile.surroundings import surroundings_of
from domain.reactions.react import react
from domain.reactions.siblings import concerns_siblings, is_to_wake

__all__ = ["siblings_to_wake"]


def siblings_to_wake(transaction: Transaction, case_id: str, first: int, at: datetime) -> tuple[str, ...]:
    """Ids of the debtor's open cases for which something follows now, or sooner than they planned.

    Args:
        transaction: On the case file.
        case_id: The case that recorded something.
        first: Number of its last fact before that.
        at: The moment.
    """
    loaded = transaction.cases.load(case_id)
    others = transaction.cases.siblings(loaded.creditor, loaded.case.invoice.debtor, case_id)
    if not others or not concerns_siblings(transaction.cases.facts_after(case_id, first)):
        return ()
    return tuple(other for other in others if _sleeps_through(transaction, other, at))


def _sleeps_through(transaction: Transaction, case_id: str, at: datetime) -> bool:
    """Whether something follows for an open case now, or sooner than it planned, so that it is to look again."""
    try:
        loaded = transaction.cases.load(case_id)
        if loaded.case.closed is not None:
            return False
        reaction = react(loaded.case, loaded.policy, surroundings_of(transaction, loaded), at)
    except Exception as error:
        if is_database_failure(error):
            raise
        # What is wrong with another case is for its own workflow to tell.
        return False
    view = transaction.views.of_case(case_id)
    return is_to_wake(reaction, None if view is None else view.at, at)
