"""How the lists of a creditor are read: what his profile says of them, and what people said of their columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from casefile import intake_tables as t
from casefile import tables
from casefile.session import Session, moment_text, storable

__all__ = [
    "KeptMapping",
    "debtor_names",
    "forget_mapping",
    "keep_mapping",
    "keep_reading",
    "known_creditors",
    "mappings_of",
    "reading_of",
]


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """What a person said of the columns of a list: `body` is the mapping in JSON."""

    name: str
    body: str
    actor: str
    kept_at: datetime


def known_creditors(session: Session) -> tuple[str, ...]:
    """Ids of all creditors."""
    return tuple(session.connection.scalars(select(tables.creditors.c.id).order_by(tables.creditors.c.id)))


def debtor_names(session: Session, creditor: str) -> dict[str, str]:
    """The names of a creditor's debtors, by their number."""
    c = tables.debtors.c
    rows = session.connection.execute(select(c.id, c.body).where(c.creditor == creditor))
    return {row.id: json.loads(row.body)["name"] for row in rows}


def keep_reading(session: Session, creditor: str, body: str) -> None:
    """Keep what the profile of a creditor says of his lists, in JSON."""
    session.upsert(t.list_readings, {"creditor": creditor, "body": body}, ["creditor"], ["body"])


def reading_of(session: Session, creditor: str) -> str | None:
    """What his profile said last; None where nothing is known."""
    c = t.list_readings.c
    return session.connection.scalar(select(c.body).where(c.creditor == creditor))


def keep_mapping(session: Session, creditor: str, name: str, body: str, actor: str, at: datetime) -> None:
    """Keep a mapping, in the place of one with the same name."""
    row = {"creditor": creditor, "name": name, "body": body, "actor": storable(actor), "kept_at": moment_text(at)}
    session.upsert(t.kept_mappings, row, ["creditor", "name"], ["body", "actor", "kept_at"])


def forget_mapping(session: Session, creditor: str, name: str) -> None:
    """Forget a mapping."""
    c = t.kept_mappings.c
    session.connection.execute(delete(t.kept_mappings).where(c.creditor == creditor, c.name == name))


def mappings_of(session: Session, creditor: str) -> tuple[KeptMapping, ...]:
    """All that are kept of a creditor's lists, by name."""
    c = t.kept_mappings.c
    rows = session.connection.execute(
        select(c.name, c.body, c.actor, c.kept_at).where(c.creditor == creditor).order_by(c.name)
    )
    return tuple(KeptMapping(row.name, row.body, row.actor, datetime.fromisoformat(row.kept_at)) for row in rows)
