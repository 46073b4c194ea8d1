"""Messages found in the history of a run that ended from outside: put into the inbox unless they are there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from casefile import tables as t
from casefile.case_file import Transaction
from casefile.session import moment_text

__all__ = ["Heard", "in_inbox", "rescue"]

_BEFORE = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}:[0-9]+")
"""Ids that a run gave to messages before these could be computed from its history: nobody can find them again."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as a history has it.

    Attributes:
        id: Id under which the run itself keeps it in the inbox.
        anonymous: Whether it brought no id of its own: then `id` says the how manieth of its kind it is.
        name: Name of the signal or update.
        raw: Its payload's bytes; None when it had none.
        problem: Set when it can't be used whatever it says.
    """

    id: str
    anonymous: bool
    name: str
    raw: bytes | None = None
    problem: str | None = None


def rescue(transaction: Transaction, case_id: str, heard: Sequence[Heard], since: datetime, at: datetime) -> int:
    """Put messages into the inbox that are not there, in their order.

    What a run recorded before its messages had ids that a history tells is known by its content: as many equal
    messages as the run recorded are left out.

    Args:
        transaction: Holds the lock of the case.
        case_id: The case; where there is none of this id, the messages go into quarantine.
        heard: All messages of one run, in order of arrival.
        since: When the run began, in the time of the case.
        at: The moment of the case.

    Returns:
        How many were new.
    """
    known = _known(transaction, case_id, [each.id for each in heard])
    missing = [each for each in heard if each.id not in known]
    if not missing:
        return 0
    missing = _without(missing, _recorded_before(transaction, case_id, since, known))
    new = sum(
        transaction.inbox.accept(case_id, each.id, each.name, each.raw, at, problem=each.problem) for each in missing
    )
    if new and transaction.session.debtor_of(case_id) is None:
        _quarantine(transaction, case_id, at)
    return new


def _known(transaction: Transaction, case_id: str, ids: Sequence[str]) -> frozenset[str]:
    found: set[str] = set()
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        query = select(t.inbox.c.id).where(t.inbox.c.case_id == case_id, t.inbox.c.id.in_(some))
        found.update(transaction.session.connection.scalars(query))
    return frozenset(found)


def _recorded_before(
    transaction: Transaction, case_id: str, since: datetime, known: frozenset[str]
) -> Counter[tuple[str, bytes | None]]:
    """How often each content is in the inbox under an id that can't be found again, since the run began."""
    rows = transaction.session.connection.execute(
        select(t.inbox.c.id, t.inbox.c.name, t.inbox.c.body).where(
            t.inbox.c.case_id == case_id, t.inbox.c.received_at >= moment_text(since)
        )
    )
    return Counter((row.name, row.body) for row in rows if _BEFORE.fullmatch(row.id) and row.id not in known)


def _without(missing: Sequence[Heard], before: Counter[tuple[str, bytes | None]]) -> list[Heard]:
    """Leave out the first of those that the run recorded under another id."""
    left = Counter(before)
    kept: list[Heard] = []
    for each in missing:
        kind = (each.name, each.raw)
        if each.anonymous and left[kind] > 0:
            left[kind] -= 1
        else:
            kept.append(each)
    return kept


def _quarantine(transaction: Transaction, case_id: str, at: datetime) -> None:
    """Nobody records the messages of a case that does not exist: a person sees them in the quarantine."""
    problem = f"there is no case {case_id}"
    for row in transaction.inbox.waiting(case_id):
        transaction.quarantine.keep(case_id, f"quarantine:{row.id}", row.name, row.raw, problem, at)
        transaction.inbox.recorded(row.seq, at, problem)


def in_inbox(transaction: Transaction, case_id: str, ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids under which the inbox of a case keeps a message."""
    return _known(transaction, case_id, ids)
