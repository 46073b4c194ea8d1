"""Which lists of open items were taken, and what goes on by what they said when a later one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select

from casefile import tables as t
from casefile.session import Session, moment_text

__all__ = ["Coming", "Staying", "keep_taken", "staying"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes next in a case: its step and when, aware; `zone` is that of its policy."""

    case_id: str
    number: str
    step: str
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Staying:
    """The cases that a refused list would have told something, as they are.

    Attributes:
        cases: How many are being collected.
        list_name: File name of the last list that was taken, None when none is known.
        taken_at: When it was taken, aware.
        coming: What comes next in them, the first few.
    """

    cases: int
    list_name: str | None
    taken_at: datetime | None
    coming: tuple[Coming, ...]


def keep_taken(session: Session, creditor: str, data: bytes, name: str, invoices: int, at: datetime) -> None:
    """Keep that a list was taken.

    Args:
        session: A writing session.
        creditor: Whose list it is.
        data: The list.
        name: Its bare file name.
        invoices: How many rows it has.
        at: When, aware.
    """
    row = {
        "creditor": creditor,
        "sha256": sha256(data).hexdigest(),
        "taken_at": moment_text(at),
        "name": name,
        "invoices": invoices,
    }
    session.insert_once(t.taken_lists, row, ["creditor", "taken_at", "sha256"])


def staying(session: Session, creditor: str) -> Staying:
    """The cases of a creditor that are being collected by us, and the list by which they stand."""
    cases, lists = t.cases.c, t.taken_lists.c
    which = (cases.creditor == creditor, cases.closed.is_(None), cases.stage != "handed_off")
    number = session.connection.scalar(select(func.count()).select_from(t.cases).where(*which)) or 0
    last = session.connection.execute(
        select(lists.name, lists.taken_at).where(lists.creditor == creditor).order_by(lists.taken_at.desc()).limit(1)
    ).first()
    rows = session.connection.execute(
        select(cases.id, cases.number, cases.step, cases.next_action_at, cases.zone)
        .where(*which, cases.next_action_at.is_not(None), cases.step.is_not(None), cases.zone.is_not(None))
        .order_by(cases.next_action_at, cases.number, cases.id)
        .limit(_SHOWN)
    )
    coming = tuple(
        Coming(row.id, row.number, row.step, datetime.fromisoformat(row.next_action_at), row.zone) for row in rows
    )
    if last is None:
        return Staying(number, None, None, coming)
    return Staying(number, last.name, datetime.fromisoformat(last.taken_at), coming)
