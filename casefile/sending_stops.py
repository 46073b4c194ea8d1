"""Stops of all sending: nothing leaves, over whatever channel, before their first free day or before they are ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, and_, func, select, update

from casefile import tables
from casefile import today_tables as t
from casefile.case_file import CaseFile
from casefile.session import Session, moment_text, reading, storable
from domain.blockers import BlockerKind
from domain.sending_stops import SendingStop

__all__ = [
    "PlacedStop",
    "kept_back",
    "resume_sending",
    "standing_stop",
    "stop_in",
    "stop_sending",
    "stops_of",
]


# Building a statement takes longer than running it: it is asked at every turn of every case.
_ALL = (
    select(t.sending_stops.c.since, t.sending_stops.c.until)
    .where(t.sending_stops.c.until > t.sending_stops.c.since)
    .order_by(t.sending_stops.c.since, t.sending_stops.c.until)
)


@dataclass(frozen=True, slots=True)
class PlacedStop:
    """A stop, as a person placed it.

    Attributes:
        since: First day of it, `until` its first free day.
        reason: Why.
        actor: Who placed it, and `placed_at` when.
    """

    since: date
    until: date
    reason: str
    actor: str
    placed_at: datetime


def stop_sending(file: CaseFile, stop: PlacedStop, stop_id: str) -> bool:
    """Let nothing leave on the days of a stop; with an id that is known already it is placed once.

    Returns:
        Whether it is new.

    Raises:
        ValueError: it ends before it begins.
    """
    if stop.until <= stop.since:
        raise ValueError(f"until {stop.until} is the first free day, so it must lie after {stop.since}")
    row = {
        "id": stop_id,
        "since": stop.since,
        "until": stop.until,
        "reason": storable(stop.reason),
        "actor": storable(stop.actor),
        "placed_at": moment_text(stop.placed_at),
    }
    with file.write() as transaction:
        return transaction.session.insert_once(t.sending_stops, row, ["id"])


def resume_sending(file: CaseFile, today: date, actor: str, at: datetime) -> int:
    """End the stops of today and later; returns how many ended.

    Args:
        file: The case file.
        today: From this day on they stop nothing.
        actor: Who ends them.
        at: Moment, aware.
    """
    c = t.sending_stops.c
    ended = {"ended_at": moment_text(at), "ended_by": storable(actor)}
    with file.write() as transaction:
        standing = and_(c.until > today, c.until > c.since)
        connection = transaction.session.connection
        begun = update(t.sending_stops).where(standing, c.since <= today).values(until=today, **ended)
        coming = update(t.sending_stops).where(standing, c.since > today).values(until=c.since, **ended)
        return connection.execute(begun).rowcount + connection.execute(coming).rowcount


def stops_of(session: Session) -> tuple[SendingStop, ...]:
    """All stops that ever kept anything back, for planning."""
    known = session.known.stops
    if known is None:
        rows = session.connection.execute(_ALL).all()
        known = session.known.stops = tuple(SendingStop(row.since, row.until) for row in rows)
    return known


def standing_stop(file: CaseFile, today: date) -> PlacedStop | None:
    """The stop that a day is one of; of several the one that lasts longest."""
    with reading(file.database) as session:
        return stop_in(session, today)


def stop_in(session: Session, today: date) -> PlacedStop | None:
    """The same, in a transaction."""
    return _standing(session.connection, today)


def _standing(connection: Connection, today: date) -> PlacedStop | None:
    c = t.sending_stops.c
    row = connection.execute(
        select(c.since, c.until, c.reason, c.actor, c.placed_at)
        .where(c.since <= today, c.until > today)
        .order_by(c.until.desc(), c.placed_at, c.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return PlacedStop(row.since, row.until, row.reason, row.actor, datetime.fromisoformat(row.placed_at))


def kept_back(session: Session, now: datetime) -> tuple[str, ...]:
    """Ids of the cases that were put off by a stop which a person ended since: they are to be looked at again.

    Args:
        session: A transaction.
        now: The real clock.
    """
    stops, c = t.sending_stops.c, tables.cases.c
    ended = select(func.max(stops.ended_at)).where(stops.ended_at >= moment_text(now - timedelta(days=2)))
    last = session.connection.scalar(ended)
    if last is None:
        return ()
    of_stop = c.kept_by == BlockerKind.SENDING_STOPPED.value
    query = select(c.id).where(c.closed.is_(None), of_stop, c.viewed_at < last).order_by(c.id)
    return tuple(session.connection.scalars(query))
