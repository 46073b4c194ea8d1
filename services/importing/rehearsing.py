"""A copy of the case file in which an import is rehearsed: a dry run must not keep anybody from booking payments.

Copied is what an import looks at, by reading only. What it never looks at, such as letters and the bytes of
documents, stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, select

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.database import Database
from services.importing.completing import NamedInvoices

__all__ = ["rehearsal"]

_AT_ONCE = 500
"""Rows that are copied together: a database takes only so many values in one statement."""


@contextmanager
def rehearsal(file: CaseFile, creditor: str, named: NamedInvoices, *, whole: bool) -> Iterator[CaseFile]:
    """A copy of what an import for a creditor looks at; it goes away with the block.

    Args:
        file: The case file, which is only read.
        creditor: Whose invoices are imported.
        named: What the files name.
        whole: Whether the import looks at all open cases, whatever the files name.
    """
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'rehearsal.sqlite3'}")
        try:
            database.migrate()
            with file.database.read() as source, database.write() as copy:
                _copy(source, copy, creditor, lambda row: _looked_at(row, named, whole))
            yield CaseFile(database)
        finally:
            database.close()


def _looked_at(case: Any, named: NamedInvoices, whole: bool) -> bool:
    return (whole and case["closed"] is None) or named.touches(case["id"], case["number"])


def _copy(source: Connection, copy: Connection, creditor: str, looked_at: Callable[[Any], bool]) -> None:
    _copy_rows(source, copy, t.creditors, t.creditors.c.id == creditor)
    _copy_rows(source, copy, t.policies)
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
