"""What a telephone provider's callbacks told of text messages and calls, by the hashed send key that they bring back.

A status comes several times, and sooner or later than the one after it: each is kept once, and the one of the highest
rank is where the message stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, distinct, func, select

from casefile import feedback_tables as t
from casefile.case_file import CaseFile
from casefile.session import Session, moment_text

__all__ = ["PhoneReport", "highest_report", "keep_phone_report", "keys_with_code"]


@dataclass(frozen=True, slots=True)
class PhoneReport:
    """One status of one message or call.

    Attributes:
        key: Hash of the send key, 64 hexadecimal digits.
        channel: `sms` or `call`.
        sid: The provider's own name for it.
        status: Such as `sent`, `undelivered`, `no-answer`.
        rank: How far along that is; after a higher one a lower one says nothing.
        code: The provider's number of what went wrong.
        answered_by: Who or what answered a call.
        at: When it was told, by our clock.
    """

    key: str
    channel: str
    sid: str
    status: str
    rank: int
    code: int | None
    answered_by: str | None
    at: datetime

    @property
    def id(self) -> str:
        """What makes it the same when it is told again."""
        return f"{self.sid}:{self.status}"


def keep_phone_report(session: Session, report: PhoneReport) -> PhoneReport:
    """Store a status, once.

    Args:
        session: A transaction that writes.
        report: The status.

    Returns:
        The status of that message with the highest rank that was ever told; of equal ranks the first that came.
    """
    row = {
        "id": report.id,
        "key": report.key,
        "channel": report.channel,
        "sid": report.sid,
        "status": report.status,
        "rank": report.rank,
        "code": report.code,
        "answered_by": report.answered_by,
        "at": moment_text(report.at),
    }
    session.insert_once(t.phone_events, row, ["id"])
    return _report(session.connection.execute(_highest(report.key, report.sid)).one())


def keys_with_code(session: Session, code: int, since: datetime) -> int:
    """How many messages ended with a code from a moment on."""
    c = t.phone_events.c
    query = select(func.count(distinct(c.key))).where(c.code == code, c.at >= moment_text(since))
    return int(session.connection.scalar(query) or 0)


def highest_report(file: CaseFile, key: str) -> PhoneReport | None:
    """Where the message with a hashed send key stands, None when nothing was told of it."""
    with file.database.read() as connection:
        row = connection.execute(_highest(key, None)).first()
    return None if row is None else _report(row)


def _highest(key: str, sid: str | None) -> Select[Any]:
    c = t.phone_events.c
    told = select(t.phone_events).where(c.key == key)
    if sid is not None:
        told = told.where(c.sid == sid)
    return told.order_by(c.rank.desc(), c.at, c.id).limit(1)


def _report(row: Row[Any]) -> PhoneReport:
    return PhoneReport(
        key=row.key,
        channel=row.channel,
        sid=row.sid,
        status=row.status,
        rank=row.rank,
        code=row.code,
        answered_by=row.answered_by,
        at=datetime.fromisoformat(row.at),
    )
