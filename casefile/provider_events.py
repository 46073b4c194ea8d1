"""What payment providers posted: kept byte for byte before it is answered, and read later by whoever has the keys.

Keeping locks nothing. What was read is marked in the same transaction in which what follows from it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, not_, or_, select, update
from sqlalchemy import case as sql_case

from casefile import payment_tables as pt
from casefile.case_file import CaseFile, Transaction
from casefile.session import Session, insertion, moment_text, storable

__all__ = [
    "UNSIGNED",
    "KeptEvent",
    "Outcome",
    "ProviderEvent",
    "UnreadEvent",
    "anything_unread",
    "count_unread",
    "dismiss_event",
    "forget_made_up",
    "keep_events",
    "knocks_of_nobody",
    "mark_read",
    "next_unread",
    "put_off",
    "read_again",
    "unread_events",
    "unreadable_events",
]

Outcome = Literal["read", "nothing", "unreadable", "dismissed"]
"""What became of an event: it told something of money, or nothing; nobody can read it; a person looked at that one."""

UNSIGNED = ("mollie",)
"""Whose events prove nothing by themselves: anybody can post them."""

_LONGEST_PROBLEM = 500
_STRANGERS = 10
"""How many events that anybody can post are read at one look: whoever makes them up keeps no others waiting."""


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
        link: Hash of what stood in the address, where that is to prove that it is about a payment link of ours.
    """

    provider: str
    id: str
    body: bytes = field(repr=False)
    received_at: datetime
    about: str = ""
    knocks: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event that is to be read.

    Attributes:
        seq: Its place in the order of arrival.
        knocks: How often it came until it was fetched.
        tries: How often it could not be read for a passing cause.
        link: As in `ProviderEvent`.
    """

    seq: int
    provider: str
    id: str
    body: bytes = field(repr=False)
    about: str
    received_at: datetime
    knocks: int
    tries: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class UnreadEvent:
    """What a look at everything unread, or unreadable, shows of one event; `received_at` is when it came first."""

    seq: int
    provider: str
    id: str
    about: str
    received_at: datetime
    tries: int
    problem: str
    link: str = ""


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
            "link": each.link or None,
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
                connection.execute(_knock(*own, rows[own]["received_at"], rows[own]["link"]))


def _knock(provider: str, own: str, at: object, link: object) -> Any:
    events = pt.provider_events
    unread = events.c.read_at.is_(None)
    return (
        update(events)
        .where(events.c.provider == provider, events.c.id == own)
        .values(
            knocks=events.c.knocks + 1,
            # Who knocks again and again does not make it younger: it has waited since the first time.
            received_at=sql_case((unread, events.c.received_at), else_=at),
            link=link or events.c.link,
            # What is put off stays so: the provider is asked no sooner for it.
            next_try_at=sql_case((unread, events.c.next_try_at), else_=None),
            tries=sql_case((unread, events.c.tries), else_=0),
            read_at=None,
            outcome=None,
            problem=None,
        )
    )


def next_unread(session: Session, now: datetime, providers: Sequence[str], most: int) -> tuple[KeptEvent, ...]:
    """The events that may be read now, in order of arrival; of those that anybody can post a few, behind the others.

    Args:
        session: A session, also without a lock.
        now: The real clock; what is put off until later is left out.
        providers: Of these alone.
        most: No more than so many.
    """
    events = pt.provider_events.c
    due = (
        select(pt.provider_events)
        .where(
            events.read_at.is_(None),
            events.provider.in_(list(providers)),
            or_(events.next_try_at.is_(None), events.next_try_at <= moment_text(now)),
        )
        .order_by(events.seq)
    )
    rows = list(session.connection.execute(due.where(not_(_of_nobody())).limit(most)))
    rows += session.connection.execute(due.where(_of_nobody()).limit(min(most - len(rows), _STRANGERS)))
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
            row.link or "",
        )
        for row in rows
    )


def _of_nobody() -> ColumnElement[bool]:
    """An event that anybody can post, about a payment that we don't know, and that proves no link of ours."""
    events, payments, links = pt.provider_events.c, pt.provider_payments.c, pt.payment_links.c
    return and_(
        events.provider.in_(UNSIGNED),
        not_(exists().where(payments.id == events.about)),
        or_(events.link.is_(None), not_(exists().where(links.proof == events.link))),
    )


def knocks_of_nobody(session: Session, since: datetime) -> int:
    """How often something came of which nothing shows that it was the provider: unread yet, or unknown to it.

    Args:
        session: A session.
        since: Of what is read, only what came from then on.
    """
    events = pt.provider_events.c
    recent = and_(events.outcome == "nothing", events.received_at >= moment_text(since))
    query = select(func.sum(events.knocks)).where(or_(events.read_at.is_(None), recent), _of_nobody())
    return int(session.connection.scalar(query) or 0)


def forget_made_up(transaction: Transaction, before: datetime) -> int:
    """Drop what came before a moment, names a payment that its provider does not know, and that anybody can post."""
    events = pt.provider_events
    gone = and_(events.c.outcome == "nothing", events.c.received_at < moment_text(before), _of_nobody())
    return transaction.session.connection.execute(delete(events).where(gone)).rowcount


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


def unread_events(session: Session, most: int = 1000, *, of_nobody: bool | None = None) -> tuple[UnreadEvent, ...]:
    """What was posted and is not read yet, in order of arrival; without the bodies.

    Args:
        session: A session.
        most: No more than so many.
        of_nobody: Only what anybody can post of a payment that we don't know, or only the rest; None: both.
    """
    return _listed(session, _unread(of_nobody), most)


_ANYTHING_UNREAD = select(exists().where(pt.provider_events.c.read_at.is_(None)))


def anything_unread(session: Session) -> bool:
    """Whether anything was posted that is not read yet."""
    return bool(session.connection.scalar(_ANYTHING_UNREAD))


@cache
def _unread(of_nobody: bool | None) -> Select[Any]:
    # Building a statement takes longer than running it: every step that is due asks.
    unread = pt.provider_events.c.read_at.is_(None)
    if of_nobody is None:
        return _listing(unread)
    return _listing(and_(unread, _of_nobody() if of_nobody else not_(_of_nobody())))


def unreadable_events(session: Session, most: int = 1000) -> tuple[UnreadEvent, ...]:
    """What was posted and nobody can read."""
    return _listed(session, _listing(pt.provider_events.c.outcome == "unreadable"), most)


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


def _listing(which: ColumnElement[bool]) -> Select[Any]:
    e = pt.provider_events.c
    columns = (e.seq, e.provider, e.id, e.about, e.received_at, e.tries, e.problem, e.link)
    return select(*columns).where(which).order_by(e.seq).limit(bindparam("most"))


def _listed(session: Session, query: Select[Any], most: int) -> tuple[UnreadEvent, ...]:
    rows = session.connection.execute(query, {"most": most}).all()
    return tuple(
        UnreadEvent(
            row.seq,
            row.provider,
            row.id,
            row.about,
            datetime.fromisoformat(row.received_at),
            row.tries,
            row.problem or "",
            row.link or "",
        )
        for row in rows
    )
