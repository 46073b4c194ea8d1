"""What lists read of many cases at once: columns of their own, one query, no view and no fact taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from casefile import tables as t
from casefile.case_file import Transaction

__all__ = ["Expected", "expected_cases"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A case that may be open."""

    id: str
    number: str


def expected_cases(transaction: Transaction, creditor: str) -> tuple[Expected, ...]:
    """The cases of a creditor, in order of id, without those that are closed and were told nothing since."""
    waits = select(t.inbox.c.case_id).where(t.inbox.c.recorded_at.is_(None))
    query = (
        select(t.cases.c.id, t.cases.c.number)
        .where(t.cases.c.creditor == creditor, t.cases.c.closed.is_(None) | t.cases.c.id.in_(waits))
        .order_by(t.cases.c.id)
    )
    return tuple(Expected(row.id, row.number) for row in transaction.connection.execute(query))
