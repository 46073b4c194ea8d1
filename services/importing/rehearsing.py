"""A copy of the case file in which an import is rehearsed: a dry run must not keep anybody from booking payments.

Copied is what an import looks at, by reading only. What it never looks at, such as letters and the bytes of
documents, stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from casefile.case_file import CaseFile
from casefile.copying import copy_cases
from casefile.database import Database
from machine.passing_folders import PassingFolder
from services.importing.completing import NamedInvoices

__all__ = ["rehearsal"]


@contextmanager
def rehearsal(file: CaseFile, creditor: str, named: NamedInvoices, *, whole: bool) -> Iterator[CaseFile]:
    """A copy of what an import for a creditor looks at; it goes away with the block.

    Args:
        file: The case file, which is only read.
        creditor: Whose invoices are imported.
        named: What the files name.
        whole: Whether the import looks at all open cases, whatever the files name.
    """
    with PassingFolder() as folder:
        database = Database(f"sqlite:///{folder / 'rehearsal.sqlite3'}")
        try:
            database.migrate()
            copy_cases(file.database, database, creditor, lambda row: _looked_at(row, named, whole))
            yield CaseFile(database)
        finally:
            database.close()


def _looked_at(case: Any, named: NamedInvoices, whole: bool) -> bool:
    return (whole and case["closed"] is None) or named.touches(case["id"], case["number"])
