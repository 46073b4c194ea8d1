"""Notes on cases: what people write down for each other. No rule reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from casefile import desk_tables as td
from casefile.case_file import CaseFile, Transaction
from casefile.session import moment_text, storable

__all__ = ["LONGEST", "Note", "keep_note", "notes_of", "withdraw_note"]

LONGEST = 4000
"""Signs of a note."""

_NOTES = (
    select(td.case_notes.c.id, td.case_notes.c.at, td.case_notes.c.user_id, td.case_notes.c.actor, td.case_notes.c.text)
    .where(td.case_notes.c.case_id == bindparam("of"), td.case_notes.c.withdrawn_at.is_(None))
    .order_by(td.case_notes.c.at.desc(), td.case_notes.c.id)
)
"""Built once: that takes longer than running it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a case.

    Attributes:
        at: When it was written, in UTC.
        user_id: Who wrote it.
        actor: His name, as it was then.
    """

    id: str
    at: str
    user_id: str
    actor: str
    text: str


def keep_note(file: CaseFile, case_id: str, note_id: str, user_id: str, actor: str, text: str, at: datetime) -> None:
    """Keep a note, once under its id."""
    row = {
        "id": note_id,
        "case_id": case_id,
        "at": moment_text(at),
        "user_id": user_id,
        "actor": storable(actor),
        "text": storable(text)[:LONGEST],
    }
    with file.write(case_id) as transaction:
        transaction.session.insert_once(td.case_notes, row, ["id"])


def notes_of(transaction: Transaction, case_id: str) -> tuple[Note, ...]:
    """The notes on a case, the newest first, without those that were withdrawn."""
    return tuple(Note(*row) for row in transaction.session.connection.execute(_NOTES, {"of": case_id}))


def withdraw_note(file: CaseFile, case_id: str, note_id: str, at: datetime) -> bool:
    """Withdraw a note of a case; False when there is none of this id that stands."""
    c = td.case_notes.c
    with file.write(case_id) as transaction:
        changed = update(td.case_notes).where(c.id == note_id, c.case_id == case_id, c.withdrawn_at.is_(None))
        return transaction.session.connection.execute(changed.values(withdrawn_at=moment_text(at))).rowcount == 1
