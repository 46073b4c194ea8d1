"""What is read of all cases of one debtor at once, each in one query, however many he has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select, tuple_

from casefile import tables as t
from casefile.session import Session
from domain.facts import FACT, Fact

__all__ = [
    "OfCase",
    "SentMessage",
    "debtor_mark",
    "debtors_who_owe",
    "entries_of_debtor",
    "facts_of_debtor",
    "mended_on",
    "messages_of_debtor",
    "open_of_debtors",
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


def debtors_who_owe(session: Session, like: str | None, first: int, most: int) -> tuple[Sequence[Any], int]:
    """Some of the debtors who owe something, who owes most euros first, and how many there are.

    Args:
        session: A reading transaction on the case file.
        like: Only with this in their number, or anywhere in what is known of them, in small letters or large.
        first: How many stand before the first.
        most: How many at most.
    """
    c, d = t.cases.c, t.debtors.c
    euro = func.sum(case((c.currency == "EUR", c.open_minor), else_=0)).label("euro")
    query = (
        select(c.creditor, c.debtor, euro, func.count().label("number"), func.min(c.due).label("due"))
        .where(c.closed.is_(None))
        .group_by(c.creditor, c.debtor)
    )
    if like is not None:
        named = select(d.creditor, d.id).where(d.body.icontains(like, autoescape=True)).subquery()
        known = and_(named.c.creditor == c.creditor, named.c.id == c.debtor)
        query = query.outerjoin(named, known)
        query = query.where(or_(named.c.id.is_not(None), c.debtor.icontains(like, autoescape=True)))
    sums = query.subquery()
    page = (
        select(sums, d.body, func.count().over().label("total"))
        .outerjoin(t.debtors, and_(d.creditor == sums.c.creditor, d.id == sums.c.debtor))
        .order_by(sums.c.euro.desc(), sums.c.creditor, sums.c.debtor)
        .offset(first)
        .limit(most)
    )
    rows = session.connection.execute(page).all()
    if rows or not first:
        return rows, int(rows[0].total) if rows else 0
    return rows, session.connection.scalar(select(func.count()).select_from(sums)) or 0


def open_of_debtors(session: Session, debtors: Collection[tuple[str, str]]) -> Sequence[Any]:
    """What is open of each of some debtors, by currency."""
    c = t.cases.c
    if not debtors:
        return ()
    return session.connection.execute(
        select(c.creditor, c.debtor, c.currency, func.sum(c.open_minor).label("minor"))
        .where(c.closed.is_(None), tuple_(c.creditor, c.debtor).in_(sorted(debtors)))
        .group_by(c.creditor, c.debtor, c.currency)
        .order_by(c.creditor, c.debtor, c.currency)
    ).all()
