"""How far a case has come: a mark that is another one as soon as anything was told to it or recorded of it."""

from __future__ import annotations

from sqlalchemy import func, select

from casefile import tables as t
from casefile.case_file import Transaction

__all__ = ["CaseChanged", "mark_of"]


class CaseChanged(Exception):
    """A case is not as far any more as whoever tells it something has seen it."""


def mark_of(transaction: Transaction, case_id: str) -> str:
    """The mark of a case: its last fact, its last message, and how many messages wait.

    It says nothing of what changes by itself, as a day that comes does.
    """
    facts, inbox = t.facts.c, t.inbox.c
    connection = transaction.session.connection
    fact = connection.scalar(select(func.max(facts.seq)).where(facts.case_id == case_id)) or 0
    last, waiting = connection.execute(
        select(func.max(inbox.seq), func.count(inbox.seq) - func.count(inbox.recorded_at)).where(
            inbox.case_id == case_id
        )
    ).one()
    return f"{fact}.{last or 0}.{waiting}"
