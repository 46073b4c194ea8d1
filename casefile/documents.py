"""Which cases have documents, without reading the documents, which may be large."""

from __future__ import annotations

from sqlalchemy import exists, select

from casefile import tables as t
from casefile.case_file import Transaction

__all__ = ["documented", "has_documents"]


def has_documents(transaction: Transaction, case_id: str) -> bool:
    """Whether a case has any document."""
    return bool(transaction.connection.scalar(select(exists().where(t.documents.c.case_id == case_id))))


def documented(transaction: Transaction, creditor: str) -> frozenset[str]:
    """Ids of the cases of a creditor that have documents."""
    query = (
        select(t.documents.c.case_id)
        .join(t.cases, t.cases.c.id == t.documents.c.case_id)
        .where(t.cases.c.creditor == creditor)
        .distinct()
    )
    return frozenset(transaction.connection.scalars(query))
