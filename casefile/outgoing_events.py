"""What is to be told to other systems: taken up for a try, settled, set aside for a person.

Of one case a subscriber hears one event after the other, in the order in which they were written: the next one is not
taken up before the one before it is settled. Who takes one up has it for a while; when he dies, it is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, delete, exists, or_, select, update

from casefile import outgoing_tables as t
from casefile.case_file import CaseFile
from casefile.session import moment_text, reading, storable

__all__ = [
    "OutgoingEvent",
    "SetAside",
    "Tried",
    "dismiss_events",
    "forget_delivered",
    "send_again",
    "set_aside_events",
    "take_up",
    "write_tries",
]

_LONGEST_PROBLEM = 300


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """An event that is to be sent now.

    Attributes:
        seq: Its place in the order in which they were written.
        id: Under which the receiver can tell that it came twice.
        body: The bytes that are sent.
        tries: How often it was tried before.
        taken_until: Until when it is ours: the mark of this try.
    """

    seq: int
    id: str
    body: bytes = field(repr=False)
    tries: int
    taken_until: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try.

    Attributes:
        event: Which.
        outcome: `delivered`, `set_aside`, or None where it is tried again.
        again_at: When it is tried again.
        problem: Why it was not taken, without personal data; empty where it was.
        counts: Whether it counts as a try.
    """

    event: OutgoingEvent
    outcome: Literal["delivered", "set_aside"] | None = None
    again_at: datetime | None = None
    problem: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that was given up, as a list shows it."""

    subscriber: str
    id: str
    case_id: str
    kind: str
    happened_at: datetime
    tries: int
    problem: str


def take_up(file: CaseFile, subscriber: str, now: datetime, until: datetime, most: int) -> tuple[OutgoingEvent, ...]:
    """Take up the events of a subscriber that may be sent now, at most one of each case, in their order.

    Args:
        file: The case file.
        subscriber: Whose.
        now: The real clock.
        until: Until when they are ours; then whoever looks may try them again.
        most: No more than so many.
    """
    with reading(file.database) as session:
        due = session.connection.execute(_due(subscriber, moment_text(now)).limit(most)).all()
    if not due:
        return ()
    mark, e = moment_text(until), t.outgoing_events
    taken = []
    with file.database.append() as connection:
        for row in due:
            ours = update(e).where(e.c.seq == row.seq, e.c.settled_at.is_(None), _as_it_was(row.next_try_at))
            if connection.execute(ours.values(next_try_at=mark)).rowcount == 1:
                taken.append(OutgoingEvent(row.seq, row.id, row.body.encode(), row.tries, mark))
    return tuple(taken)


def _as_it_was(next_try_at: str | None) -> Any:
    column = t.outgoing_events.c.next_try_at
    return column.is_(None) if next_try_at is None else column == next_try_at


def _due(subscriber: str, now: str) -> Any:
    e, before = t.outgoing_events, t.outgoing_events.alias("before")
    waits = exists().where(
        and_(
            before.c.subscriber == subscriber,
            before.c.case_id == e.c.case_id,
            before.c.settled_at.is_(None),
            before.c.seq < e.c.seq,
        )
    )
    return (
        select(e)
        .where(
            e.c.subscriber == subscriber,
            e.c.settled_at.is_(None),
            or_(e.c.next_try_at.is_(None), e.c.next_try_at <= now),
            ~waits,
        )
        .order_by(e.c.seq)
    )


def write_tries(file: CaseFile, tries: Sequence[Tried], at: datetime) -> None:
    """Write down what became of tries; of one that somebody else has taken up meanwhile only that it was delivered."""
    e = t.outgoing_events
    with file.database.append() as connection:
        for each in tries:
            ours = update(e).where(e.c.seq == each.event.seq, e.c.settled_at.is_(None))
            if each.outcome != "delivered":
                ours = ours.where(e.c.next_try_at == each.event.taken_until)
            connection.execute(
                ours.values(
                    tries=e.c.tries + int(each.counts),
                    next_try_at=None if each.again_at is None else moment_text(each.again_at),
                    settled_at=None if each.outcome is None else moment_text(at),
                    outcome=each.outcome,
                    problem=storable(each.problem)[:_LONGEST_PROBLEM] or None,
                )
            )


def set_aside_events(file: CaseFile, most: int = 1000) -> tuple[SetAside, ...]:
    """The events that were given up and that nobody has dealt with, the first first."""
    e = t.outgoing_events.c
    with reading(file.database) as session:
        rows = session.connection.execute(
            select(e.subscriber, e.id, e.case_id, e.kind, e.happened_at, e.tries, e.problem)
            .where(e.outcome == "set_aside")
            .order_by(e.seq)
            .limit(most)
        ).all()
    return tuple(
        SetAside(
            row.subscriber,
            row.id,
            row.case_id,
            row.kind,
            datetime.fromisoformat(row.happened_at),
            row.tries,
            row.problem or "",
        )
        for row in rows
    )


def send_again(file: CaseFile, *, event: str | None = None, subscriber: str | None = None) -> int:
    """Send again what was given up: one event, or all of a subscriber; how many that are."""
    again = {"settled_at": None, "outcome": None, "next_try_at": None, "tries": 0}
    return _of_those_set_aside(file, again, event, subscriber)


def dismiss_events(file: CaseFile, at: datetime, *, event: str | None = None, subscriber: str | None = None) -> int:
    """Leave what was given up: one event, or all of a subscriber; how many that are."""
    left = {"outcome": "dismissed", "settled_at": moment_text(at)}
    return _of_those_set_aside(file, left, event, subscriber)


def _of_those_set_aside(file: CaseFile, values: dict[str, Any], event: str | None, subscriber: str | None) -> int:
    e = t.outgoing_events
    which = [e.c.outcome == "set_aside"]
    if event is not None:
        which.append(e.c.id == event)
    if subscriber is not None:
        which.append(e.c.subscriber == subscriber)
    with file.database.append() as connection:
        return connection.execute(update(e).where(*which).values(**values)).rowcount


def forget_delivered(file: CaseFile, before: datetime) -> None:
    """Delete what was delivered, or left, before a moment: it is no record of anything."""
    e = t.outgoing_events
    with file.database.append() as connection:
        connection.execute(
            delete(e).where(e.c.outcome.in_(("delivered", "dismissed")), e.c.settled_at < moment_text(before))
        )
