"""What is read of all cases of one debtor at once, each in one query, however many he has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from casefile import tables as t
from casefile.session import Session
from domain.facts import FACT, Fact

__all__ = [
    "OfCase",
    "SentMessage",
    "debtor_mark",
    "entries_of_debtor",
    "facts_of_debtor",
    "mended_on",
    "messages_of_debtor",
    "tasks_of_debtor",
]


@dataclass(frozen=True, slots=True)
class OfCase:
    """A fact, and the case that it is of."""

    case: str
    number: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that went out for a case, without its bytes.

    Attributes:
        place: Which of the messages of its case, from 0.
        at: When it was handed over, in UTC.
    """

    case: str
    place: int
    key: str
    step: str
    issue: int
    channel: str
    recipient: str
    subject: str
    media_type: str
    status: str
    reason: str
    at: datetime


def facts_of_debtor(
    session: Session, creditor: str, debtor: str, *, kinds: Collection[str] | None = None, most: int = 500
) -> tuple[OfCase, ...]:
    """The last facts of a debtor's cases, the newest first.

    Args:
        session: A reading transaction on the case file.
        creditor: Id of his creditor.
        debtor: His number there.
        kinds: Only facts of these kinds.
        most: How many at most.
    """
    f, c = t.facts.c, t.cases.c
    query = (
        select(f.case_id, c.number, f.body)
        .join(t.cases, c.id == f.case_id)
        .where(c.creditor == creditor, c.debtor == debtor)
        .order_by(f.seq.desc())
        .limit(most)
    )
    if kinds is not None:
        query = query.where(f.kind.in_(sorted(kinds)))
    rows = session.connection.execute(query)
    return tuple(OfCase(row.case_id, row.number, FACT.validate_json(row.body)) for row in rows)


def messages_of_debtor(session: Session, creditor: str, debtor: str) -> tuple[SentMessage, ...]:
    """What went out for a debtor's cases, by case in the order in which it was intended."""
    d, c, of = t.deliveries.c, t.cases.c, t.delivery_cases.c
    place = (func.row_number().over(partition_by=of.case_id, order_by=(d.intended_at, d.key)) - 1).label("place")
    query = (
        select(
            of.case_id, place, d.key, d.step, d.issue, d.channel, d.recipient, d.subject, d.media_type, d.status,
            d.reason, d.intended_at,
        )
        .join(t.delivery_cases, of.key == d.key)
        .join(t.cases, c.id == of.case_id)
        .where(c.creditor == creditor, c.debtor == debtor)
        .order_by(of.case_id, d.intended_at, d.key)
    )  # fmt: skip
    return tuple(
        SentMessage(
            row.case_id, int(row.place), row.key, row.step, row.issue, row.channel, row.recipient, row.subject or "",
            row.media_type, row.status, row.reason or "", datetime.fromisoformat(row.intended_at),
        )
        for row in session.connection.execute(query)
    )  # fmt: skip


def tasks_of_debtor(session: Session, creditor: str, debtor: str) -> Sequence[tuple[str, str, bool]]:
    """The tasks of a debtor's cases, the newest first: case, kind, and whether it is open."""
    task, c = t.tasks.c, t.cases.c
    rows = session.connection.execute(
        select(task.case_id, task.kind, task.done_on)
        .join(t.cases, c.id == task.case_id)
        .where(c.creditor == creditor, c.debtor == debtor)
        .order_by(task.raised_on.desc(), task.case_id, task.id)
    )
    return tuple((row.case_id, row.kind, row.done_on is None) for row in rows)


def debtor_mark(session: Session, creditor: str, debtor: str) -> str:
    """How far a debtor's cases have come: another mark as soon as anything was told to one of them, or recorded."""
    facts, inbox, c = t.facts.c, t.inbox.c, t.cases.c
    of = and_(c.creditor == creditor, c.debtor == debtor)
    last = session.connection.scalar(select(func.max(facts.seq)).join(t.cases, c.id == facts.case_id).where(of)) or 0
    told, waiting = session.connection.execute(
        select(func.max(inbox.seq), func.count(inbox.seq) - func.count(inbox.recorded_at))
        .join(t.cases, c.id == inbox.case_id)
        .where(of)
    ).one()
    return f"{last}.{told or 0}.{waiting}"


def entries_of_debtor(session: Session, creditor: str, debtor: str) -> Sequence[Any]:
    """The ledgers of a debtor's cases, in order of day: each entry with its case, number, due date, and id."""
    e, c = t.entries.c, t.cases.c
    return session.connection.execute(
        select(
            c.id.label("case"), c.number, c.due, c.closed, e.id, e.kind, e.amount_minor, e.currency, e.credited_on,
            e.known_on,
        )
        .join(t.cases, c.id == e.case_id)
        .where(c.creditor == creditor, c.debtor == debtor)
        .order_by(e.credited_on, c.number, e.id)
    ).all()  # fmt: skip


def mended_on(session: Session, creditor: str, debtor: str) -> date | None:
    """When a task to mend the contact of a debtor was last finished."""
    task, c = t.tasks.c, t.cases.c
    found: date | None = session.connection.scalar(
        select(func.max(task.done_on))
        .join(t.cases, c.id == task.case_id)
        .where(c.creditor == creditor, c.debtor == debtor, task.kind == "fix_contact")
    )
    return found
