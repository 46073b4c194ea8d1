"""What payment providers posted: kept byte for byte before it is answered, and read later by whoever has the keys.

Keeping locks nothing. What was read is marked in the same transaction in which what follows from it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, or_, select, update

from casefile import payment_tables as pt
from casefile.case_file import CaseFile, Transaction
from casefile.session import Session, insertion, moment_text, storable

__all__ = [
    "KeptEvent",
    "Outcome",
    "ProviderEvent",
    "UnreadEvent",
    "count_unread",
    "dismiss_event",
    "keep_events",
    "mark_read",
    "next_unread",
    "put_off",
    "read_again",
    "unread_events",
    "unreadable_events",
]

Outcome = Literal["read", "nothing", "unreadable", "dismissed"]
"""What became of an event: it told something of money, or nothing; nobody can read it; a person looked at that one."""

_LONGEST_PROBLEM = 500


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """An event as it was posted.

    Attributes:
        provider: Whose it is: `stripe`, `adyen`, `gocardless`, `mollie`, `mollie-events`.
        id: Under which it counts once.
        body: The exact bytes that were signed.
        received_at: When it came, aware.
        about: The provider's payment, behind its name, where the event is of one alone.
        knocks: Whether it says nothing but "look at this payment", so that it is read anew each time it comes.
    """

    provider: str
    id: str
    body: bytes = field(repr=False)
    received_at: datetime
    about: str = ""
    knocks: bool = False


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event that is to be read.

    Attributes:
        seq: Its place in the order of arrival.
        knocks: How often it came until it was fetched.
        tries: How often it could not be read for a passing cause.
    """

    seq: int
    provider: str
    id: str
    body: bytes = field(repr=False)
    about: str
    received_at: datetime
    knocks: int
    tries: int


@dataclass(frozen=True, slots=True)
class UnreadEvent:
    """What a look at everything unread, or unreadable, shows of one event."""

    seq: int
    provider: str
    id: str
    about: str
    received_at: datetime
    tries: int
    problem: str


def keep_events(file: CaseFile, events: Sequence[ProviderEvent]) -> None:
    """Store events, each once; once this returns they are durable."""
    rows = {
        (each.provider, each.id): {
            "provider": each.provider,
            "id": each.id,
            "body": each.body,
            "about": each.about,
            "received_at": moment_text(each.received_at),
            "knocks": 1,
        }
        for each in events
    }
    again = {(each.provider, each.id) for each in events if each.knocks}
    if not rows:
        return
    # In one order: two requests with the same events never wait for each other in a circle.
    once = [rows[own] for own in sorted(rows.keys() - again)]
    with file.database.append() as connection:
        keep = insertion(connection.dialect.name, pt.provider_events, ("provider", "id"), ())
        if once:
            # All of them in one go: PostgreSQL is asked once, however many there are.
            connection.execute(keep, once)
        for own in sorted(again):
            new = connection.execute(keep, rows[own]).rowcount == 1
            if not new:
                connection.execute(_knock(*own, rows[own]["received_at"]))


def _knock(provider: str, own: str, at: object) -> Any:
    events = pt.provider_events
    return (
        update(events)
        .where(events.c.provider == provider, events.c.id == own)
        .values(
            knocks=events.c.knocks + 1,
            received_at=at,
            read_at=None,
            outcome=None,
            problem=None,
            tries=0,
            next_try_at=None,
        )
    )


def next_unread(session: Session, now: datetime, providers: Sequence[str], most: int) -> tuple[KeptEvent, ...]:
    """The events that may be read now, in order of arrival.

    Args:
        session: A session, also without a lock.
        now: The real clock; what is put off until later is left out.
        providers: Of these alone.
        most: No more than so many.
    """
    events = pt.provider_events.c
    rows = session.connection.execute(
        select(pt.provider_events)
        .where(
            events.read_at.is_(None),
            events.provider.in_(list(providers)),
            or_(events.next_try_at.is_(None), events.next_try_at <= moment_text(now)),
        )
        .order_by(events.seq)
        .limit(most)
    )
    return tuple(
        KeptEvent(
            row.seq,
            row.provider,
            row.id,
            bytes(row.body),
            row.about,
            datetime.fromisoformat(row.received_at),
            row.knocks,
            row.tries,
        )
        for row in rows
    )


def mark_read(transaction: Transaction, event: KeptEvent, outcome: Outcome, at: datetime, problem: str = "") -> bool:
    """Mark an event as read, in the transaction in which what follows from it is written.

    Returns:
        False when it came again since it was fetched, or was read by somebody else: it stays as it is.
    """
    events = pt.provider_events
    done = transaction.session.connection.execute(
        update(events)
        .where(events.c.seq == event.seq, events.c.knocks == event.knocks, events.c.read_at.is_(None))
        .values(
            read_at=moment_text(at),
            outcome=outcome,
            problem=storable(problem)[:_LONGEST_PROBLEM] or None,
            next_try_at=None,
        )
    )
    return done.rowcount == 1


def put_off(transaction: Transaction, event: KeptEvent, again_at: datetime, problem: str) -> None:
    """Leave an event unread until later, for a passing cause."""
    events = pt.provider_events
    transaction.session.connection.execute(
        update(events)
        .where(events.c.seq == event.seq, events.c.knocks == event.knocks, events.c.read_at.is_(None))
        .values(
            tries=events.c.tries + 1,
            next_try_at=moment_text(again_at),
            problem=storable(problem)[:_LONGEST_PROBLEM],
        )
    )


def unread_events(session: Session, most: int = 1000) -> tuple[UnreadEvent, ...]:
    """What was posted and is not read yet, in order of arrival; without the bodies."""
    return _listed(session, pt.provider_events.c.read_at.is_(None), most)


def unreadable_events(session: Session, most: int = 1000) -> tuple[UnreadEvent, ...]:
    """What was posted and nobody can read."""
    return _listed(session, pt.provider_events.c.outcome == "unreadable", most)


def read_again(transaction: Transaction) -> int:
    """Let everything that could not be read be read once more; how many events that are."""
    events = pt.provider_events
    again = {"read_at": None, "outcome": None, "problem": None, "tries": 0, "next_try_at": None}
    done = transaction.session.connection.execute(
        update(events).where(events.c.outcome == "unreadable").values(**again)
    )
    return done.rowcount


def dismiss_event(transaction: Transaction, own: str, reason: str) -> int:
    """Say of the events with an id that can't be read that a person has looked at them; how many they are."""
    events = pt.provider_events
    done = transaction.session.connection.execute(
        update(events)
        .where(events.c.outcome == "unreadable", events.c.id == own)
        .values(outcome="dismissed", problem=storable(reason)[:_LONGEST_PROBLEM])
    )
    return done.rowcount


def count_unread(session: Session, before: datetime | None = None) -> int:
    """How many events are not read yet; with a moment, those that came before it."""
    query = select(func.count()).select_from(pt.provider_events).where(pt.provider_events.c.read_at.is_(None))
    if before is not None:
        query = query.where(pt.provider_events.c.received_at < moment_text(before))
    return int(session.connection.scalar(query) or 0)


def _listed(session: Session, which: Any, most: int) -> tuple[UnreadEvent, ...]:
    e = pt.provider_events.c
    rows = session.connection.execute(
        select(e.seq, e.provider, e.id, e.about, e.received_at, e.tries, e.problem)
        .where(which)
        .order_by(e.seq)
        .limit(most)
    ).all()
    return tuple(
        UnreadEvent(
            row.seq,
            row.provider,
            row.id,
            row.about,
            datetime.fromisoformat(row.received_at),
            row.tries,
            row.problem or "",
        )
        for row in rows
    )
