"""Channels by which nothing is handed over until a person says so: our sender is set up wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from casefile import feedback_tables as t
from casefile import tables
from casefile.session import Session, moment_text, reading, storable
from domain.tasks import TaskKind

if TYPE_CHECKING:
    # A list begins quicker without the rules of the trade, and needs none of them.
    from casefile.case_file import CaseFile

__all__ = ["ChannelStop", "cases_to_mend", "resume_channel", "stop_channel", "stop_of", "stopped_channels", "stops_in"]


@dataclass(frozen=True, slots=True)
class ChannelStop:
    """A channel that stands still.

    Attributes:
        channel: `email`, `sms` or `call`.
        reason: Why, without personal data.
        since: Since when.
    """

    channel: str
    reason: str
    since: datetime


def stop_channel(session: Session, channel: str, reason: str, event: str, at: datetime, told_at: datetime) -> bool:
    """Hand nothing more over by a channel.

    What was told of a time before a person let the channel go on stops nothing: he knew.

    Args:
        session: A transaction that writes.
        channel: The channel.
        reason: Why, without personal data.
        event: The provider's event; told again it stops nothing again.
        at: Now.
        told_at: When it happened, by the provider's clock.

    Returns:
        Whether it stands still by this event, told now or before.
    """
    c = t.channel_stops.c
    row = {
        "event": event,
        "channel": channel,
        "reason": storable(reason),
        "since": moment_text(at),
    }
    connection = session.connection
    resumed = connection.scalar(select(func.max(c.ended_at)).where(c.channel == channel))
    if resumed is not None and moment_text(told_at) < resumed:
        return False
    session.insert_once(t.channel_stops, row, ["event"])
    return connection.scalar(select(c.event).where(c.event == event, c.ended_at.is_(None))) is not None


def stop_of(file: CaseFile, channel: str) -> ChannelStop | None:
    """Why and since when a channel stands still, None when it does not."""
    return next((stop for stop in stopped_channels(file) if stop.channel == channel), None)


def stopped_channels(file: CaseFile) -> tuple[ChannelStop, ...]:
    """The channels that stand still, each once, by the first reason."""
    with reading(file.database) as session:
        return stops_in(session)


def stops_in(session: Session) -> tuple[ChannelStop, ...]:
    """The same, in a transaction."""
    c = t.channel_stops.c
    rows = session.connection.execute(
        select(c.channel, c.reason, c.since).where(c.ended_at.is_(None)).order_by(c.since, c.event)
    ).all()
    found: dict[str, ChannelStop] = {}
    for channel, reason, since in rows:
        found.setdefault(channel, ChannelStop(channel, reason, datetime.fromisoformat(since)))
    return tuple(found[name] for name in sorted(found))


def cases_to_mend(file: CaseFile) -> tuple[str, ...]:
    """The cases with an open task to mend our sender."""
    c = tables.tasks.c
    with file.database.read() as connection:
        found = connection.scalars(
            select(c.case_id).where(c.kind == TaskKind.MEND_SENDER.value, c.done_on.is_(None)).distinct()
        )
        return tuple(sorted(found))


def resume_channel(file: CaseFile, channel: str, actor: str, at: datetime) -> bool:
    """Let a channel go on; False when it did not stand still."""
    c = t.channel_stops.c
    ended = update(t.channel_stops).where(c.channel == channel, c.ended_at.is_(None))
    with file.database.write(whole=False) as connection:
        done = connection.execute(ended.values(ended_at=moment_text(at), ended_by=storable(actor)))
        return done.rowcount > 0
