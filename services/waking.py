"""Which other cases of a debtor are to be woken after one of them recorded something."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from casefile.case_file import Transaction
from casefile.database import is_database_failure
from casefile.surroundings import surroundings_of
from domain.facts import Fact
from domain.handoffs.with_partner import lives_on
from domain.messages import inbox_id
from domain.reactions.react import react
from domain.reactions.siblings import TELLS_HANDED_OFF, concerns_siblings, is_awake, is_to_wake, told_to_handed_off

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
    if not others:
        return ()
    facts = transaction.cases.facts_after(case_id, first)
    if not concerns_siblings(facts):
        return ()
    told = _tell_handed_off(transaction, others, facts, at)
    planned = transaction.views.wakes_of_debtor(loaded.creditor, loaded.case.invoice.debtor)
    return tuple(other for other in others if other in told or _sleeps_through(transaction, other, planned[other], at))


def _sleeps_through(transaction: Transaction, case_id: str, planned: datetime | None, at: datetime) -> bool:
    """Whether something follows for an open case now, or sooner than it planned, so that it is to look again."""
    if is_awake(planned, at):
        return False
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
    return is_to_wake(reaction, planned, at)


def _tell_handed_off(
    transaction: Transaction, others: Iterable[str], facts: Sequence[Fact], at: datetime
) -> frozenset[str]:
    """Tell the cases that an agency works on what the debtor is in, or is in no more.

    Where the run has ended nothing wakes it: it goes into the inbox, and whoever delivers that starts it.

    Returns:
        Ids of those whose runs go on: they are to look.
    """
    living: set[str] = set()
    for other in others:
        case = transaction.cases.fold_of(other)[1]
        for own, content in told_to_handed_off(case, facts):
            raw = json.dumps(content).encode()
            transaction.inbox.accept(other, inbox_id(TELLS_HANDED_OFF, raw, own), TELLS_HANDED_OFF, raw, at)
            living |= {other} if lives_on(case) else set()
    return frozenset(living)
