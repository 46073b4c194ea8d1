"""Which imports were begun and did not end, so that whoever runs one again is told how far it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from casefile import intake_tables as t
from casefile.session import Session, moment_text

__all__ = ["BegunImport", "begin_import", "end_import", "note_progress"]

_OF = t.begun_imports.c.creditor == bindparam("of"), t.begun_imports.c.import_name == bindparam("named")
_KNOWN = select(t.begun_imports.c.begun_at, t.begun_imports.c.rows, t.begun_imports.c.done).where(*_OF)
_DONE = update(t.begun_imports).where(*_OF).values(done=bindparam("now_done"))
_END = t.begun_imports.delete().where(*_OF)


@dataclass(frozen=True, slots=True)
class BegunImport:
    """An import that was begun and did not end.

    Attributes:
        begun_at: When, aware.
        rows: How many rows and e-invoices it has.
        done: How many of them are in.
    """

    begun_at: datetime
    rows: int
    done: int


def begin_import(session: Session, creditor: str, import_name: str, rows: int, at: datetime) -> BegunImport | None:
    """Note that an import begins.

    Args:
        session: One that locks the whole file.
        creditor: Whose invoices are imported.
        import_name: What `intake.comparing.import_id` says of its files.
        rows: How many rows and e-invoices it has.
        at: Moment of the import, aware.

    Returns:
        How far the same import came before, where it did not end; None where it did, or was never begun.
    """
    row = {"creditor": creditor, "import_name": import_name, "begun_at": moment_text(at), "rows": rows, "done": 0}
    if session.insert_once(t.begun_imports, row, ["creditor", "import_name"]):
        return None
    known = session.connection.execute(_KNOWN, {"of": creditor, "named": import_name}).one()
    return BegunImport(datetime.fromisoformat(known.begun_at), known.rows, known.done)


def note_progress(session: Session, creditor: str, import_name: str, done: int) -> None:
    """Note how many rows are in, in the transaction that writes the last of them."""
    session.connection.execute(_DONE, {"of": creditor, "named": import_name, "now_done": done})


def end_import(session: Session, creditor: str, import_name: str) -> None:
    """Note that everything is in."""
    session.connection.execute(_END, {"of": creditor, "named": import_name})
