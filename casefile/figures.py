"""What figures are worked out of: sums of the ledger, what was sent and called, money by stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, literal, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["actions_since", "amounts_by_stage", "current_on", "movements", "payments_since"]


def movements(session: Session) -> Sequence[Any]:
    """What the ledgers of all cases say of each day: by currency, day and kind, the sum of the entries."""
    c = t.entries.c
    return session.connection.execute(
        select(c.credited_on, c.currency, c.kind, func.sum(c.amount_minor).label("minor"))
        .group_by(c.credited_on, c.currency, c.kind)
        .order_by(c.credited_on, c.currency, c.kind)
    ).all()


def current_on(session: Session, days: Sequence[date]) -> Sequence[Any]:
    """What is open and not late on each of several days, by currency: of invoices that are due on that day or after it.

    Args:
        session: A reading transaction.
        days: The days; the columns `d0`, `d1` … of the answer stand in their order.
    """
    c, due = t.entries.c, t.cases.c.due
    sums = [
        func.sum(case((and_(due >= day, c.credited_on <= day), c.amount_minor), else_=0)).label(f"d{place}")
        for place, day in enumerate(days)
    ]
    return session.connection.execute(
        select(c.currency, *sums)
        .join(t.cases, t.cases.c.id == c.case_id)
        .where(due >= min(days))
        .group_by(c.currency)
        .order_by(c.currency)
    ).all()


def actions_since(session: Session, first: date, last: date) -> Sequence[Any]:
    """Messages that were sent and calls that were done from a day to a day: case, step, issue and day, each once."""
    d, k = t.deliveries.c, t.tasks.c
    day = func.substr(d.concluded_at, 1, 10)
    sent = (
        select(t.delivery_cases.c.case_id, d.step, d.issue, func.min(day).label("day"))
        .join(t.deliveries, d.key == t.delivery_cases.c.key)
        .where(
            d.status == "sent",
            d.concluded_at >= first.isoformat(),
            d.concluded_at < f"{last.isoformat()}T24",
        )
        .group_by(t.delivery_cases.c.case_id, d.step, d.issue)
    )
    called = (
        select(k.case_id, k.step, literal(1).label("issue"), func.min(k.done_on).label("day"))
        .where(k.kind == "call", k.step.is_not(None), k.done_on >= first, k.done_on <= last)
        .group_by(k.case_id, k.step)
    )
    rows = [tuple(row) for query in (sent, called) for row in session.connection.execute(query)]
    return sorted(
        (case_id, step, issue, day if isinstance(day, date) else date.fromisoformat(day))
        for case_id, step, issue, day in rows
    )


def payments_since(session: Session, first: date) -> Sequence[Any]:
    """Payments credited since a day that were not taken back: case and day, in order of day."""
    c = t.entries.c
    back = t.entries.alias()
    taken_back = select(back.c.of).where(back.c.case_id == c.case_id, back.c.of == c.id, back.c.kind == "reversal")
    return session.connection.execute(
        select(c.case_id, c.credited_on)
        .where(c.credited_on >= first, c.kind == "payment", c.id != "before-import", ~taken_back.exists())
        .order_by(c.credited_on, c.case_id)
    ).all()


def amounts_by_stage(session: Session) -> Sequence[Any]:
    """Open cases by stage and currency: how many, and what is open on them."""
    c = t.cases.c
    return session.connection.execute(
        select(c.stage, c.currency, func.count().label("number"), func.sum(c.open_minor).label("minor"))
        .where(c.closed.is_(None))
        .group_by(c.stage, c.currency)
        .order_by(c.stage, c.currency)
    ).all()
