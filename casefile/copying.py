"""Copying a part of a case file into another one, by reading only.

Copied is what an import looks at. What it never looks at, such as letters and the bytes of documents, stays where it
is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, select

from casefile import tables as t
from casefile.database import Database

__all__ = ["copy_cases"]

_AT_ONCE = 500
"""Rows that are copied together: a database takes only so many values in one statement."""


def copy_cases(of: Database, into: Database, creditor: str, looked_at: Callable[[Any], bool]) -> None:
    """Copy what an import for a creditor looks at.

    Args:
        of: The database that is copied; it is only read.
        into: An empty one.
        creditor: Id of the creditor.
        looked_at: Whether the import looks at a case, by its row with `id`, `number` and `closed`. Those that messages
            wait for are copied too.
    """
    with of.read() as source, into.write() as copy:
        _copy(source, copy, creditor, looked_at)


def _copy(source: Connection, copy: Connection, creditor: str, looked_at: Callable[[Any], bool]) -> None:
    _copy_rows(source, copy, t.creditors, t.creditors.c.id == creditor)
    _copy_rows(source, copy, t.policies)
    _copy_rows(source, copy, t.taken_lists, t.taken_lists.c.creditor == creditor)
    _copy_rows(source, copy, t.debtors, t.debtors.c.creditor == creditor)
    _copy_rows(source, copy, t.cases, t.cases.c.creditor == creditor)
    waiting = set(source.scalars(select(t.inbox.c.case_id).where(t.inbox.c.recorded_at.is_(None))))
    cases = [
        row["id"]
        for row in copy.execute(select(t.cases.c.id, t.cases.c.number, t.cases.c.closed)).mappings()
        if looked_at(row) or row["id"] in waiting
    ]
    for begin in range(0, len(cases), _AT_ONCE):
        some = cases[begin : begin + _AT_ONCE]
        _copy_rows(source, copy, t.facts, t.facts.c.case_id.in_(some))
        _copy_rows(source, copy, t.inbox, t.inbox.c.case_id.in_(some))
        _copy_rows(source, copy, t.remarks, t.remarks.c.case_id.in_(some))
        # That there is a document is looked at, never what is in it.
        _copy_rows(source, copy, t.documents, t.documents.c.case_id.in_(some), content=b"")
    _copy_rows(source, copy, t.quarantine, t.quarantine.c.settled.is_(None), body=None)
    _copy_rows(source, copy, t.unallocated_credits, t.unallocated_credits.c.creditor == creditor, content=b"")


def _copy_rows(
    source: Connection, copy: Connection, table: Table, *which: ColumnElement[bool], **instead: object
) -> None:
    """Copy rows of a table.

    Args:
        source: From where.
        copy: To where.
        table: The table.
        which: Which rows.
        instead: Columns that are not read, and what stands in the copy instead.
    """
    columns = [column for column in table.c if column.name not in instead]
    found = source.execute(select(*columns).where(*which)).mappings()
    for some in _parts(found.partitions(_AT_ONCE)):
        copy.execute(insert(table), [{**row, **instead} for row in some])


def _parts(partitions: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    return (some for some in partitions if some)
