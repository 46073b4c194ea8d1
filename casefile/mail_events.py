"""What a mail provider's webhook told, by the hashed send key that it brings back.

Events come before, during and after the steps of a case, several times and in any order. They are kept whether or not
a delivery is known under their key, and lock nothing: nobody decides by their absence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.session import insertion, moment_text
from domain.send_key import opaque_key

__all__ = ["MailReport", "Served", "keep_reports", "last_report", "served_by"]


@dataclass(frozen=True, slots=True)
class MailReport:
    """An event of one mail.

    Attributes:
        id: The provider's id of the event.
        key: Hash of the send key, 64 hexadecimal digits.
        kind: Such as `processed`, `delivered`, `bounce`.
        reference: The provider's own name for the mail.
        at: When it happened, by the provider's clock.
    """

    id: str
    key: str
    kind: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Served:
    """A delivery and whom it serves.

    Attributes:
        key: Its send key.
        case_ids: The cases, in order.
    """

    key: str
    case_ids: tuple[str, ...]


def keep_reports(file: CaseFile, reports: tuple[MailReport, ...]) -> None:
    """Store events, each once; once this returns they are durable."""
    rows = {
        report.id: {
            "id": report.id,
            "key": report.key,
            "kind": report.kind,
            "reference": report.reference,
            "at": moment_text(report.at),
        }
        for report in reports
    }
    if not rows:
        return
    with file.database.write(whole=False) as connection:
        statement = insertion(connection.dialect.name, t.mail_events, ("id",), ())
        # In one order: two requests with the same events never wait for each other in a circle.
        connection.execute(statement, [rows[own] for own in sorted(rows)])


def last_report(file: CaseFile, key: str) -> MailReport | None:
    """The last event under a hashed send key, None when there is none."""
    with file.database.read() as connection:
        row = connection.execute(
            select(t.mail_events)
            .where(t.mail_events.c.key == key)
            .order_by(t.mail_events.c.at.desc(), t.mail_events.c.id.desc())
            .limit(1)
        ).first()
    if row is None:
        return None
    return MailReport(row.id, row.key, row.kind, row.reference, datetime.fromisoformat(row.at))


def served_by(file: CaseFile, key: str) -> Served | None:
    """The delivery with a hashed send key and its cases, None when there is none."""
    with file.read() as transaction:
        connection, deliveries = transaction.session.connection, t.deliveries.c
        own = connection.scalar(select(deliveries.key).where(deliveries.hashed_key == key))
        if own is None:
            # A worker of the version before, still running after the migration, writes no hash.
            unhashed = connection.scalars(select(deliveries.key).where(deliveries.hashed_key.is_(None)))
            own = next((each for each in unhashed if opaque_key(each) == key), None)
        return None if own is None else Served(own, transaction.deliveries.cases_of(own))
