"""What lists read of many cases at once: columns of their own in one query, no view and no fact taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ColumnElement, FromClause, Select, String, and_, cast, func, select

from casefile import payment_tables as pt
from casefile import tables as t
from casefile.session import Session, moment_text
from casefile.which_cases import Order, Which, conditions_of, in_order

if TYPE_CHECKING:
    # A list begins quicker without the rules of the trade, and needs none of them.
    from domain.case import Case
    from domain.views.ahead import Ahead
    from domain.views.case_view import CaseView

__all__ = [
    "KEPT_BY",
    "Expected",
    "ProviderTroubles",
    "all_listed",
    "amounts_listed",
    "debtors_listed",
    "expected_cases",
    "held_credits",
    "ids_listed",
    "listed_cases",
    "listed_cases_one_by_one",
    "name_in",
    "number_listed",
    "of_ahead",
    "of_opened",
    "of_view",
    "open_and_started",
    "provider_troubles",
]


KEPT_BY = ("outcome_unknown", "sending_stopped", "bank_not_covering")
"""Codes that keep many cases back at once, and by which they are looked for."""


_COLUMNS = (
    t.cases.c.id, t.cases.c.number, t.cases.c.creditor, t.cases.c.debtor, t.cases.c.stage, t.cases.c.closed,
    t.cases.c.open_minor, t.cases.c.currency, t.cases.c.due, t.cases.c.holds, t.cases.c.step, t.cases.c.next_action_at,
    t.cases.c.zone, t.cases.c.open_tasks, t.cases.c.quarantined, t.cases.c.needs_attention,
    t.cases.c.partner, t.cases.c.partner_state,
)  # fmt: skip


def listed_cases(
    session: Session, which: Which, by: Order = "invoice", *, offset: int = 0, limit: int | None = None
) -> Sequence[Any]:
    """The cases of a list, in an order.

    Args:
        session: A transaction that `lists_of` opened.
        which: Which cases.
        by: Their order.
        offset: How many stand before the first.
        limit: How many at most; None for all.

    Returns:
        Rows with the columns of the case that a list shows, the `name` of its debtor where it is known, and whether
        messages wait (`waiting`).
    """
    c = t.cases.c
    query = _listed(session)
    wanted = conditions_of(session, which)
    if limit is None:
        return session.connection.execute(query.where(*wanted).order_by(*in_order(by))).all()
    # The index holds all that choosing takes; of those that are shown alone the rest is read.
    asked = select(c.id).select_from(_with_debtors() if by == "debtor" else t.cases)
    ids = session.connection.scalars(asked.where(*wanted).order_by(*in_order(by)).offset(offset).limit(limit)).all()
    if not ids:
        return ()
    found = {row.id: row for row in session.connection.execute(query.where(c.id.in_(ids)))}
    return [found[each] for each in ids]


def all_listed(session: Session, which: Which, by: Order = "invoice") -> Sequence[tuple[Any, ...]]:
    """The same rows, all of them, as the driver reads them: of SQLite a day is its text and a truth a number.

    Of 50,000 rows a third of the time goes into making objects of these columns, and rows that know their names.
    """
    query = _listed(session).where(*conditions_of(session, which)).order_by(*in_order(by))
    result = session.connection.execute(query)
    if result.cursor is None:
        raise TypeError(f"{query} brings no rows")
    try:
        return result.cursor.fetchall()
    finally:
        result.close()


def listed_cases_one_by_one(session: Session, which: Which, by: Order = "invoice") -> Iterator[Any]:
    """The same rows, all of them, some hundred of which are in memory at once."""
    query = _listed(session).where(*conditions_of(session, which)).order_by(*in_order(by))
    yield from session.connection.execute(query.execution_options(yield_per=500))


def _listed(session: Session) -> Select[Any]:
    return _listed_on(session.connection.dialect.name)


@cache
def _listed_on(dialect: str) -> Select[Any]:
    waits = select(t.inbox.c.case_id).where(t.inbox.c.recorded_at.is_(None))
    name = _name_on(dialect, t.debtors.c.body).label("name")
    return select(*_COLUMNS, name, t.cases.c.id.in_(waits).label("waiting")).select_from(_with_debtors())


def name_in(session: Session, body: ColumnElement[str]) -> ColumnElement[str]:
    """The name in a debtor as stored: of thousands the database takes it out more quickly than we."""
    return _name_on(session.connection.dialect.name, body)


def _name_on(dialect: str, body: ColumnElement[str]) -> ColumnElement[str]:
    if dialect == "postgresql":
        return func.json_extract_path_text(cast(body, JSON), "name", type_=String)
    return func.json_extract(body, "$.name", type_=String)


def _with_debtors() -> FromClause:
    return t.cases.outerjoin(
        t.debtors, and_(t.debtors.c.creditor == t.cases.c.creditor, t.debtors.c.id == t.cases.c.debtor)
    )


def amounts_listed(session: Session, which: Which) -> Sequence[Any]:
    """The cases of a list by currency, due day and whether they are closed: how many, and what is open on them."""
    c = t.cases.c
    closed = c.closed.is_not(None)
    query = select(
        c.currency,
        c.due,
        closed.label("closed"),
        func.count().label("number"),
        func.sum(c.open_minor).label("minor"),
    ).where(*conditions_of(session, which))
    return session.connection.execute(query.group_by(c.currency, c.due, closed)).all()


def debtors_listed(session: Session, which: Which) -> int:
    """Of how many debtors the cases of a list are."""
    c = t.cases.c
    each = select(c.creditor, c.debtor).where(*conditions_of(session, which)).distinct().subquery()
    return session.connection.scalar(select(func.count()).select_from(each)) or 0


def number_listed(session: Session, which: Which) -> int:
    """How many cases a list has."""
    query = select(func.count()).select_from(t.cases).where(*conditions_of(session, which))
    return session.connection.scalar(query) or 0


def ids_listed(session: Session, which: Which, by: Order = "invoice") -> Sequence[str]:
    """The ids of the cases of a list, in an order."""
    query = select(t.cases.c.id).select_from(_with_debtors() if by == "debtor" else t.cases)
    return session.connection.scalars(query.where(*conditions_of(session, which)).order_by(*in_order(by))).all()


def of_view(view: CaseView, viewed_at: str) -> dict[str, object]:
    """The columns of a view that lists show, beside those that others read too."""
    return {
        "due": view.due,
        "step": view.step,
        "zone": view.zone,
        "holds": _words(hold.kind for hold in view.holds),
        "open_tasks": _words(view.tasks),
        "quarantined": len(view.quarantined),
        "listed": viewed_at,
        "next_action": view.next,
        "partner": view.partner,
        "partner_state": view.partner_state,
        "why": _words(blocker.code.value for blocker in view.why),
        "kept_by": next((blocker.code.value for blocker in view.why if blocker.code.value in KEPT_BY), None),
    }


def of_ahead(ahead: Ahead | None) -> dict[str, object]:
    """The columns of what lies ahead of a case; empty where nobody knows."""
    if ahead is None:
        return {"first_formal": None, "dates": None, "dates_from": None}
    return {
        "first_formal": ahead.formal,
        "dates": json.dumps([[each.kind, each.day.isoformat(), each.minor] for each in ahead.dates]),
        "dates_from": min((each.shown_from for each in ahead.dates), default=None),
    }


def of_opened(case: Case, last_fact: int) -> dict[str, object]:
    """What lists show of a case that no worker has seen: all but when it goes on.

    Args:
        case: A case without a view.
        last_fact: Number of its last fact.
    """
    tasks = [task.kind for task in case.tasks if task.done_on is None]
    return {
        "stage": case.stage,
        "closed": case.closed.value if case.closed else None,
        "open_minor": case.open.minor,
        "needs_attention": bool(tasks),
        "due": case.due,
        "holds": _words(hold.kind.value for hold in case.holds if hold.lifted is None),
        "open_tasks": _words(tasks),
        "quarantined": len(case.quarantined),
        "listed": str(last_fact),
    }


def _words(words: Iterable[str]) -> str | None:
    found = list(words)
    return json.dumps(found) if found else None


def held_credits(session: Session, creditor: str | None = None) -> int:
    """How many credit notes are on no invoice."""
    c = t.unallocated_credits.c
    query = select(func.count()).select_from(t.unallocated_credits).where(c.case_id.is_(None))
    if creditor is not None:
        query = query.where(c.creditor == creditor)
    return session.connection.scalar(query) or 0


def open_and_started(session: Session) -> frozenset[str]:
    """Ids of the cases whose run goes on, and was started as far as we know.

    Those that are not closed, and those that wait for what the partner reports who has them.
    """
    c = t.cases.c
    unstarted = select(t.starts.c.case_id).where(t.starts.c.started_at.is_(None))
    goes_on = c.closed.is_(None) | (c.next_action == "wait")
    return frozenset(session.connection.scalars(select(c.id).where(goes_on, c.id.not_in(unstarted))))


@dataclass(frozen=True, slots=True)
class Expected:
    """A case that may be open."""

    id: str
    number: str


def expected_cases(session: Session, creditor: str) -> tuple[Expected, ...]:
    """The cases of a creditor, in order of id, without those that are closed and were told nothing since."""
    waits = select(t.inbox.c.case_id).where(t.inbox.c.recorded_at.is_(None))
    query = (
        select(t.cases.c.id, t.cases.c.number)
        .where(t.cases.c.creditor == creditor, t.cases.c.closed.is_(None) | t.cases.c.id.in_(waits))
        .order_by(t.cases.c.id)
    )
    return tuple(Expected(row.id, row.number) for row in session.connection.execute(query))


@dataclass(frozen=True, slots=True)
class ProviderTroubles:
    """What a person should know of payments that providers tell of.

    Attributes:
        overdue: Events that nobody has read for more than an hour.
        unreadable: Events that can't be read.
        unmatched: Payments of which nobody knows whose they are.
    """

    overdue: int
    unreadable: int
    unmatched: int


def provider_troubles(session: Session, now: datetime) -> ProviderTroubles:
    """Count them, by the real clock."""
    e, p = pt.provider_events.c, pt.provider_payments.c
    late = e.received_at < moment_text(now - timedelta(hours=1))
    counted = (
        select(func.count()).select_from(pt.provider_events).where(e.read_at.is_(None), late).scalar_subquery(),
        select(func.count()).select_from(pt.provider_events).where(e.outcome == "unreadable").scalar_subquery(),
        select(func.count()).select_from(pt.provider_payments).where(p.status == "unmatched").scalar_subquery(),
    )
    return ProviderTroubles(*session.connection.execute(select(*counted)).one())
