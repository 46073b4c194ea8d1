"""Systems that are told what happens to cases: set by the worker from its settings, stopped by their own word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select, update

from casefile import outgoing_tables as t
from casefile.case_file import CaseFile
from casefile.session import moment_text, reading, storable

__all__ = ["Told", "resume_subscriber", "set_subscribers", "stop_subscriber", "stopped_subscribers", "subscribers"]


@dataclass(frozen=True, slots=True)
class Told:
    """A subscriber, as a list shows it.

    Attributes:
        name: As the settings name it.
        host: Where it is; the rest of its address may be a secret.
        kinds: The kinds of events that it is told.
        ended: Whether the settings name it no more.
        stopped_why: Why nothing is sent to it; empty where it is sent.
        waiting: Events that are to be sent yet.
        set_aside: Events that were given up and wait for a person.
        waits_since: When the oldest of those that are to be sent happened.
    """

    name: str
    host: str
    kinds: tuple[str, ...]
    ended: bool
    stopped_why: str
    waiting: int
    set_aside: int
    waits_since: datetime | None


def set_subscribers(file: CaseFile, wanted: Mapping[str, tuple[str, tuple[str, ...]]], at: datetime) -> None:
    """Let these be told from now on, and no others.

    Args:
        file: The case file.
        wanted: By name: the host, and the kinds of events.
        at: Now.
    """
    s = t.subscribers
    with reading(file.database) as session:
        rows = session.connection.execute(select(s.c.name, s.c.host, s.c.kinds).where(s.c.ended_at.is_(None)))
        if {row.name: (row.host, tuple(json.loads(row.kinds))) for row in rows} == dict(wanted):
            return
    with file.write() as transaction:
        session = transaction.session
        for name, (host, kinds) in wanted.items():
            row = {"name": name, "host": host, "kinds": json.dumps(kinds), "set_at": moment_text(at), "ended_at": None}
            session.upsert(s, row, ["name"], ["host", "kinds", "set_at", "ended_at"])
        session.connection.execute(
            update(s).where(s.c.name.not_in(list(wanted)), s.c.ended_at.is_(None)).values(ended_at=moment_text(at))
        )


def stop_subscriber(file: CaseFile, name: str, why: str, at: datetime) -> None:
    """Send nothing more to a subscriber that says it wants no more; what happens is kept for it."""
    s = t.subscribers
    with file.database.append() as connection:
        connection.execute(
            update(s)
            .where(s.c.name == name, s.c.stopped_at.is_(None))
            .values(stopped_at=moment_text(at), stopped_why=storable(why))
        )


def resume_subscriber(file: CaseFile, name: str) -> bool:
    """Send to a subscriber again; False when it was not stopped."""
    s, e = t.subscribers, t.outgoing_events
    with file.database.append() as connection:
        done = connection.execute(
            update(s).where(s.c.name == name, s.c.stopped_at.is_not(None)).values(stopped_at=None, stopped_why=None)
        )
        connection.execute(update(e).where(e.c.subscriber == name, e.c.settled_at.is_(None)).values(next_try_at=None))
    return done.rowcount == 1


def stopped_subscribers(file: CaseFile) -> frozenset[str]:
    """Names of those to whom nothing is sent until a person says so."""
    with reading(file.database) as session:
        rows = session.connection.scalars(select(t.subscribers.c.name).where(t.subscribers.c.stopped_at.is_not(None)))
        return frozenset(rows)


def subscribers(file: CaseFile) -> tuple[Told, ...]:
    """All that are told, or were, by name."""
    s, e = t.subscribers.c, t.outgoing_events.c
    waits = e.settled_at.is_(None) & e.seq.is_not(None)
    query = (
        select(
            t.subscribers,
            func.count(case((waits, 1))).label("waiting"),
            func.count(case((e.outcome == "set_aside", 1))).label("set_aside"),
            func.min(case((waits, e.happened_at))).label("waits_since"),
        )
        .outerjoin(
            t.outgoing_events,
            and_(e.subscriber == s.name, e.settled_at.is_(None) | (e.outcome == "set_aside")),
        )
        .group_by(*t.subscribers.c)
        .order_by(s.name)
    )
    with reading(file.database) as session:
        rows = session.connection.execute(query).all()
    return tuple(
        Told(
            row.name,
            row.host,
            tuple(json.loads(row.kinds)),
            row.ended_at is not None,
            row.stopped_why or "",
            row.waiting,
            row.set_aside,
            None if row.waits_since is None else datetime.fromisoformat(row.waits_since),
        )
        for row in rows
    )
