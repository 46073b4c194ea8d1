"""What figures are worked out of: sums of the ledger, what was sent and called, money by stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["actions_since", "movements", "open_by_due", "payments_since"]


def movements(session: Session) -> Sequence[Any]:
    """What the ledgers of all cases say of each day: by currency, day and kind, the sum of the entries."""
    c = t.entries.c
    return session.connection.execute(
        select(c.credited_on, c.currency, c.kind, func.sum(c.amount_minor).label("minor"))
        .group_by(c.credited_on, c.currency, c.kind)
        .order_by(c.credited_on, c.currency, c.kind)
    ).all()


def open_by_due(session: Session, since: date) -> Sequence[Any]:
    """The ledgers of invoices that are due on a day or after it: sums by currency, due day and day of the entries."""
    c, due = t.entries.c, t.cases.c.due
    return session.connection.execute(
        select(c.currency, due, c.credited_on, func.sum(c.amount_minor).label("minor"))
        .join(t.cases, t.cases.c.id == c.case_id)
        .where(due >= since)
        .group_by(c.currency, due, c.credited_on)
    ).all()


def actions_since(session: Session, first: date, last: date) -> Sequence[tuple[str, str, date]]:
    """Messages that were sent and calls that were done from a day to a day: case, step and day, in order of day.

    Of a message over several channels the first counts, and of a call that was made several times.
    """
    d, k = t.deliveries.c, t.tasks.c
    sent = session.connection.execute(
        select(t.delivery_cases.c.case_id, d.step, d.issue, d.concluded_at)
        .join(t.deliveries, d.key == t.delivery_cases.c.key)
        .where(
            d.status == "sent",
            d.concluded_at >= first.isoformat(),
            d.concluded_at < f"{last.isoformat()}T24",
        )
        .order_by(d.concluded_at)
    ).all()
    called = session.connection.execute(
        select(k.case_id, k.step, k.done_on)
        .where(k.kind == "call", k.step.is_not(None), k.done_on >= first, k.done_on <= last)
        .order_by(k.done_on)
    ).all()
    found: dict[tuple[str, str, int], str] = {}
    for case, step, issue, at in sent:
        found.setdefault((case, step, issue), at[:10])
    for case, step, on in called:
        # By its day alone: a message and a call of one step are two actions.
        found.setdefault((case, step, 0), on.isoformat())
    days = {text: date.fromisoformat(text) for text in set(found.values())}
    rows = [(case, step, days[text]) for (case, step, _), text in found.items()]
    return sorted(rows, key=itemgetter(2))


def payments_since(session: Session, first: date) -> Sequence[tuple[str, date]]:
    """Payments credited since a day that were not taken back: case and day, in order of day."""
    c = t.entries.c
    taken = session.connection.execute(select(c.case_id, c.of).where(c.kind == "reversal"))
    back = {(case, of) for case, of in taken}
    paid = session.connection.execute(
        select(c.case_id, c.id, c.credited_on)
        .where(c.credited_on >= first, c.kind == "payment", c.id != "before-import")
        .order_by(c.credited_on, c.case_id)
    ).all()
    return [(case, day) for case, id_, day in paid if (case, id_) not in back]
