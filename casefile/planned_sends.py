"""The plan of a day, kept so that the next day can say what moved since."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select

from casefile import tables as t
from casefile import today_tables as tt
from casefile.case_file import CaseFile
from casefile.session import moment_text

__all__ = ["keep_plan"]

_AHEAD = timedelta(days=8)
"""How far the plan of a day is kept: over a weekend with holidays, or some days on which no worker ran."""

_KEPT_FOR = timedelta(days=35)


def keep_plan(file: CaseFile, today: date, zone: ZoneInfo) -> int | None:
    """Keep what is to leave in the week to come, as it stands on this day; once a day.

    Returns:
        How many messages are to leave; None when the plan of this day is kept already.
    """
    plans, c = tt.planned_sends, t.cases.c
    with file.database.read() as connection:
        if connection.scalar(select(plans.c.day).where(plans.c.day == today).limit(1)) is not None:
            return None
        end = datetime.combine(today + _AHEAD, datetime.min.time(), zone)
        rows = connection.execute(
            select(c.id, c.step, c.next_action_at, c.open_minor, c.currency).where(
                c.next_action.in_(("send", "hand_off")), c.next_action_at < moment_text(end), c.closed.is_(None)
            )
        ).all()
    planned = [
        {
            "day": today,
            "case_id": row.id,
            "step": row.step or "",
            "planned_on": max(today, datetime.fromisoformat(row.next_action_at).astimezone(zone).date()),
            "open_minor": row.open_minor,
            "currency": row.currency,
        }
        for row in rows
    ]
    with file.write() as transaction:
        connection = transaction.session.connection
        connection.execute(delete(plans).where(plans.c.day < today - _KEPT_FOR))
        if connection.scalar(select(plans.c.day).where(plans.c.day == today).limit(1)) is not None:
            return None
        if planned:
            connection.execute(insert(plans), planned)
    return len(planned)
