"""Mails that came back without our send key: whose they are, by the provider's name for the mail, or address and time.

Servers that take a mail and send it back later make a message of their own, in which nothing of ours stands. The
address is looked for and never kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.mail_events import Served, served_by
from casefile.session import moment_text

__all__ = ["LATEST_BOUNCE", "StrayBounce", "cases_written_to", "served_by_name_or_time"]

LATEST_BOUNCE = timedelta(days=5)
"""How long after it was handed over a mail may come back: servers try for three days, and some for five (RFC 5321
§4.5.4.1)."""

_OTHER_CLOCK = timedelta(minutes=5)
"""How far the provider's clock may be behind ours."""

_EMAIL = literal("email", literal_execute=True)
"""Written into the statement: the index holds mails alone, and SQLite must see that only those are sought."""


@dataclass(frozen=True, slots=True)
class StrayBounce:
    """A mail that came back, as the provider tells of it without our send key.

    Attributes:
        id: The provider's id of the event.
        address: Whom the mail was for.
        reference: The provider's own name for the mail, if it gives one.
        at: When it came back, by the provider's clock.
        refused: The code that says that our sender is set up wrong, if it does.
    """

    id: str
    address: str = field(repr=False)
    reference: str | None
    at: datetime
    refused: str | None = None


def served_by_name_or_time(file: CaseFile, stray: StrayBounce) -> Served | None:
    """The delivery that came back, None when nobody can say which it is.

    By the provider's name for the mail, where an event or the provider's answer named it before; else the last mail to
    this address that was, or may have been, handed over in the days before.
    """
    deliveries, events = t.deliveries.c, t.mail_events.c
    with file.read() as transaction:
        connection = transaction.session.connection
        if stray.reference is not None:
            hashed = connection.scalar(select(events.key).where(events.reference == stray.reference).limit(1))
            own = connection.scalar(
                select(deliveries.key).where(deliveries.reference == stray.reference, deliveries.channel == _EMAIL)
            )
            if own is not None:
                return Served(own, transaction.deliveries.cases_of(own))
        else:
            hashed = None
        if hashed is None:
            own = connection.scalar(
                select(deliveries.key)
                .where(
                    deliveries.channel == _EMAIL,
                    func.lower(deliveries.recipient) == stray.address.lower(),
                    deliveries.status.not_in(("not_sent", "refused", "dropped")),
                    deliveries.intended_real >= moment_text(stray.at - LATEST_BOUNCE),
                    deliveries.intended_real <= moment_text(stray.at + _OTHER_CLOCK),
                )
                .order_by(deliveries.intended_real.desc(), deliveries.key.desc())
                .limit(1)
            )
            return None if own is None else Served(own, transaction.deliveries.cases_of(own))
    return served_by(file, hashed)


def cases_written_to(file: CaseFile, address: str) -> tuple[str, ...]:
    """Ids of the cases that are not closed and of which a mail ever went to this address."""
    deliveries, cases = t.deliveries.c, t.cases.c
    with file.read() as transaction:
        found = transaction.session.connection.scalars(
            select(cases.id)
            .join(t.delivery_cases, t.delivery_cases.c.case_id == cases.id)
            .join(t.deliveries, deliveries.key == t.delivery_cases.c.key)
            .where(
                deliveries.channel == _EMAIL,
                func.lower(deliveries.recipient) == address.lower(),
                cases.closed.is_(None),
            )
            .distinct()
            .order_by(cases.id)
        )
        return tuple(found)
