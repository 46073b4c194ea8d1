"""What leaves on a day, counted and chosen in the database: thousands of messages perhaps, of which some are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, select

from casefile import tables as t
from casefile import today_tables as tt
from casefile.morning import case_rows
from casefile.session import Session, moment_text

__all__ = ["Changes", "changes_since", "look_first", "plan_before", "steps_going"]


# Building a statement takes longer than running it: those of the morning are built once.


@cache
def _goes() -> ColumnElement[bool]:
    """Whether a case sends or hands off before a moment, `before`."""
    c = t.cases.c
    return and_(c.next_action.in_(("send", "hand_off")), c.next_action_at < bindparam("before"), c.closed.is_(None))


def steps_going(session: Session, before: datetime) -> Sequence[Any]:
    """What leaves before a moment, by step and currency: how many, and what is open on it."""
    return session.connection.execute(_steps_going(), {"before": moment_text(before)}).all()


@cache
def _steps_going() -> Any:
    c = t.cases.c
    return (
        select(c.step, c.currency, func.count().label("number"), func.sum(c.open_minor).label("minor"))
        .where(_goes())
        .group_by(c.step, c.currency)
        .order_by(c.step, c.currency)
    )


def look_first(session: Session, before: datetime, least_minor: int, most: int) -> tuple[int, Sequence[Any]]:
    """What of it is so large, a hand-off or a first formal letter: how many, and some, the most owed first."""
    number, some = _look_first()
    asked = {"before": moment_text(before), "least": least_minor}
    return (
        session.connection.scalar(number, asked) or 0,
        session.connection.execute(some, {**asked, "most": most}).all(),
    )


@cache
def _look_first() -> tuple[Any, Any]:
    c = t.cases.c
    large = or_(c.open_minor >= bindparam("least"), c.next_action == "hand_off", c.first_formal.is_(True))
    wanted = and_(_goes(), large)
    rows = case_rows(c.first_formal).where(wanted).order_by(c.open_minor.desc(), c.id)
    return (
        select(func.count()).select_from(t.cases).where(wanted),
        rows.limit(bindparam("most", type_=Integer)),
    )


def plan_before(session: Session, today: date) -> date | None:
    """The last day before this one of which the plan is stored."""
    found: date | None = session.connection.scalar(_plan_before(), {"today": today})
    return found


@cache
def _plan_before() -> Any:
    c = tt.planned_sends.c
    return select(func.max(c.day)).where(c.day < bindparam("today"))


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the plan of a day: of each how many, and some.

    Attributes:
        came: Leaves today and was not to; of what was planned for a later day then, `planned_on` is that day.
        gone: Was to leave by today, and leaves no more.
        put_off: Was to leave by today, and leaves later.
    """

    came: tuple[int, Sequence[Any]]
    gone: tuple[int, Sequence[Any]]
    put_off: tuple[int, Sequence[Any]]


def changes_since(session: Session, since: date, today: date, before: datetime, most: int) -> Changes:
    """What changed since the plan of a day."""
    p, c = tt.planned_sends.c, t.cases.c
    # What was to leave on the days in between left, or is late and leaves today.
    due = select(p.case_id).where(p.day == since, p.planned_on > since, p.planned_on <= today)
    goes, sends = _goes(), and_(c.next_action.in_(("send", "hand_off")), c.closed.is_(None))
    later = select(p.planned_on).where(p.day == since, p.case_id == c.id).scalar_subquery()

    def some(wanted: ColumnElement[bool], *columns: Any) -> tuple[int, Sequence[Any]]:
        asked = {"before": moment_text(before)}
        number = session.connection.scalar(select(func.count()).select_from(t.cases).where(wanted), asked) or 0
        query = case_rows(*columns).where(wanted).order_by(c.number, c.id).limit(most)
        return number, session.connection.execute(query, asked).all()

    return Changes(
        came=some(and_(goes, c.id.not_in(due)), later.label("planned_on")),
        gone=some(and_(c.id.in_(due), or_(c.closed.is_not(None), c.next_action.not_in(("send", "hand_off"))))),
        put_off=some(and_(c.id.in_(due), sends, c.next_action_at >= bindparam("before"))),
    )
