"""What lists read of many cases at once: columns of their own in one query, no view and no fact taken apart."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, String, and_, case, cast, false, func, not_, or_, select

from casefile import payment_tables as pt
from casefile import tables as t
from casefile.session import Session, moment_text

if TYPE_CHECKING:
    # A list begins quicker without the rules of the trade, and needs none of them.
    from domain.case import Case
    from domain.views.ahead import Ahead
    from domain.views.case_view import CaseView

__all__ = [
    "KEPT_BY",
    "Expected",
    "ProviderTroubles",
    "Which",
    "expected_cases",
    "held_credits",
    "listed_cases",
    "of_ahead",
    "of_opened",
    "of_view",
    "open_and_started",
    "provider_troubles",
]


KEPT_BY = ("outcome_unknown", "sending_stopped", "bank_not_covering")
"""Codes that keep many cases back at once, and by which they are looked for."""


@dataclass(frozen=True, slots=True)
class Which:
    """Which cases a list shows.

    Attributes:
        creditor: Only of this creditor.
        stage: Only at this stage.
        attention: Only those that a person should look at.
        attended: Ids of cases that a person should look at for reasons that stand elsewhere than in the case file.
        debtor: Only of debtors with this number, or with this in their name.
        search: Only those with this in invoice number, case id, or the debtor's number or name.
        of_debtor: Only of the debtor with exactly this number.
    """

    creditor: str | None = None
    stage: str | None = None
    attention: bool = False
    attended: Collection[str] = ()
    debtor: str | None = None
    search: str | None = None
    of_debtor: str | None = None


def listed_cases(session: Session, which: Which) -> Sequence[Any]:
    """The cases of a list, in order of number and id.

    Returns:
        Rows with the columns of the case that a list shows, its debtor as stored (`body`), whether messages wait
        (`waiting`), and whether the columns tell of the last view (`fresh`). Of those that are not fresh all are there,
        whatever stage and attention are asked for.
    """
    c = t.cases.c
    fresh = func.coalesce(c.listed == _told_of(), false())
    waits = select(t.inbox.c.case_id).where(t.inbox.c.recorded_at.is_(None)).group_by(t.inbox.c.case_id).subquery()
    query = (
        select(
            c.id, c.number, c.creditor, c.debtor, c.stage, c.closed, c.open_minor, c.currency, c.due, c.holds, c.step,
            c.next_action_at, c.zone, c.open_tasks, c.quarantined, c.needs_attention, t.debtors.c.body,
            waits.c.case_id.is_not(None).label("waiting"), fresh.label("fresh"),
        )
        .outerjoin(t.debtors, and_(t.debtors.c.creditor == c.creditor, t.debtors.c.id == c.debtor))
        .outerjoin(waits, waits.c.case_id == c.id)
        .order_by(c.number, c.id)
    )  # fmt: skip
    if which.creditor is not None:
        query = query.where(c.creditor == which.creditor)
    if which.of_debtor is not None:
        query = query.where(c.debtor == which.of_debtor)
    wanted: list[ColumnElement[bool]] = []
    if which.stage is not None:
        wanted.append(c.stage == which.stage)
    if which.attention:
        wanted.append(or_(c.needs_attention, c.id.in_(which.attended)) if which.attended else c.needs_attention)
    if wanted:
        query = query.where(or_(and_(*wanted), not_(fresh)))
    return session.connection.execute(query).all()


def _told_of() -> ColumnElement[str]:
    """What `listed` must be when the columns tell of a case as its last view does, or of its facts without one."""
    c = t.cases.c
    last = select(func.max(t.facts.c.seq)).where(t.facts.c.case_id == c.id).scalar_subquery()
    return case((c.view.is_not(None), c.viewed_at), else_=cast(last, String))


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
        case: An open case.
        last_fact: Number of its last fact.
    """
    tasks = [task.kind for task in case.tasks if task.done_on is None]
    return {
        "stage": case.stage,
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
    """Ids of the cases that are not closed, and whose workflow was started as far as we know."""
    c = t.cases.c
    unstarted = select(t.starts.c.case_id).where(t.starts.c.started_at.is_(None))
    return frozenset(session.connection.scalars(select(c.id).where(c.closed.is_(None), c.id.not_in(unstarted))))


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
