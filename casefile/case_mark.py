"""How far a case has come: a mark that is another one as soon as anything was told to it or recorded of it."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from casefile import tables as t
from casefile.case_file import Transaction

__all__ = ["CaseChanged", "mark_of"]


class CaseChanged(Exception):
    """A case is not as far any more as whoever tells it something has seen it."""


# Building a statement takes longer than running it: those of every page are built once.
_LAST_FACT = select(func.max(t.facts.c.seq)).where(t.facts.c.case_id == bindparam("of"))
_TOLD = select(func.max(t.inbox.c.seq), func.count(t.inbox.c.seq) - func.count(t.inbox.c.recorded_at)).where(
    t.inbox.c.case_id == bindparam("of")
)


def mark_of(transaction: Transaction, case_id: str) -> str:
    """The mark of a case: its last fact, its last message, and how many messages wait.

    It says nothing of what changes by itself, as a day that comes does.
    """
    connection = transaction.session.connection
    fact = connection.scalar(_LAST_FACT, {"of": case_id}) or 0
    last, waiting = connection.execute(_TOLD, {"of": case_id}).one()
    return f"{fact}.{last or 0}.{waiting}"
