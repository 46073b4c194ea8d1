"""What partners reported: kept before it is answered, until the cases that it is about were told.

Keeping locks nothing. That a report is settled is written in the transaction in which its cases are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, func, or_, select, text, update

from casefile import agency_tables as ta
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.session import Session, insertion, moment_text, storable

__all__ = [
    "CameBy",
    "KeptReport",
    "ReturnFile",
    "Submission",
    "count_unmatched",
    "cursor_of",
    "due_reports",
    "keep_line",
    "keep_reports",
    "open_reports",
    "partners_of_submissions",
    "put_off_report",
    "report_of",
    "settle_report",
    "submission_of",
    "was_taken",
]

_OPEN = text("settled_at IS NULL")
CameBy = Literal["webhook", "polling", "file", "import"]
Settled = Literal["told", "dismissed"]


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as it came.

    Attributes:
        seq: Its place in the order of arrival: what lists call it.
        partner: Whose it is.
        id: His id of it, and a hash.
        body: Its JSON.
        came_by: By which door.
        received_at: When it came.
        tries: How often nobody could be told.
        problem: Why nobody was told yet; empty before the first look.
    """

    seq: int
    partner: str
    id: str
    body: str = field(repr=False)
    came_by: str
    received_at: datetime
    tries: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A return file, by its hash and its name."""

    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A file that went, or may have gone, to a partner.

    Attributes:
        key: Its send key.
        status: What became of it: `sent` once we know that he has it.
        reference: His own reference; empty where we have none.
        cases: Ids of the cases in it.
    """

    key: str
    status: str
    reference: str
    cases: tuple[str, ...]


def keep_reports(
    file: CaseFile,
    partner: str,
    came_by: CameBy,
    reports: Sequence[tuple[str, str]],
    at: datetime,
    *,
    cursor: str | None = None,
    taken: ReturnFile | None = None,
) -> int:
    """Store reports, each once, and how far was read with them; once this returns they are durable.

    Args:
        file: The case file.
        partner: Whose they are.
        came_by: By which door they came.
        reports: What each is kept as, and its JSON.
        at: Now.
        cursor: How far what he lists is read with them.
        taken: The file in which they stood.

    Returns:
        How many were new.
    """
    rows = {
        own: {
            "partner": partner,
            "id": storable(own),
            "body": storable(body),
            "came_by": came_by,
            "received_at": moment_text(at),
        }
        for own, body in reports
    }
    new = 0
    with file.database.append() as connection:
        dialect = connection.dialect.name
        keep = insertion(dialect, ta.agency_reports, ("partner", "id"), ())
        for own in sorted(rows):
            new += connection.execute(keep, rows[own]).rowcount == 1
        if cursor is not None:
            moved = {"partner": partner, "cursor": storable(cursor), "read_at": moment_text(at)}
            connection.execute(insertion(dialect, ta.agency_cursors, ("partner",), ("cursor", "read_at")), moved)
        if taken is not None:
            row = {"partner": partner, "sha256": taken.sha256, "name": storable(taken.name)[:300]}
            once = insertion(dialect, ta.agency_files, ("partner", "sha256"), ())
            connection.execute(once, {**row, "taken_at": moment_text(at)})
    return new


def keep_line(session: Session, partner: str, own: str, body: str, problem: str, at: datetime) -> None:
    """Keep a line of a remittance of which nobody knows whose it is: it waits among the reports, for a person.

    Args:
        session: On the case file.
        partner: Who passed it on.
        own: Under what it is kept, once.
        body: Its JSON.
        problem: Why it is nobody's.
        at: Now.
    """
    row = {"partner": partner, "id": storable(own), "body": storable(body), "came_by": "remittance"}
    row |= {"received_at": moment_text(at), "problem": storable(problem)[:500]}
    session.insert_once(ta.agency_reports, row, ["partner", "id"])


def cursor_of(session: Session, partner: str) -> str | None:
    """How far what a partner lists was read; None: it was never read."""
    asked = select(ta.agency_cursors.c.cursor).where(ta.agency_cursors.c.partner == partner)
    return session.connection.scalar(asked)


def was_taken(session: Session, partner: str, sha256: str) -> bool:
    """Whether a return file with this content was taken."""
    c = ta.agency_files.c
    return session.connection.scalar(select(c.sha256).where(c.partner == partner, c.sha256 == sha256)) is not None


def due_reports(session: Session, now: datetime, most: int) -> tuple[KeptReport, ...]:
    """Reports of which nobody was told yet and that may be looked at now, in order of arrival."""
    c = ta.agency_reports.c
    due = or_(c.next_try_at.is_(None), c.next_try_at <= moment_text(now))
    found = select(ta.agency_reports).where(c.settled_at.is_(None), due, c.came_by != "remittance")
    return _read(session, found.order_by(c.seq).limit(most))


def open_reports(session: Session, most: int = 1000) -> tuple[KeptReport, ...]:
    """All reports of which nobody was told yet, in order of arrival."""
    c = ta.agency_reports.c
    return _read(session, select(ta.agency_reports).where(c.settled_at.is_(None)).order_by(c.seq).limit(most))


def report_of(session: Session, seq: int) -> KeptReport | None:
    """A report of which nobody was told yet, by its number in the list."""
    c = ta.agency_reports.c
    found = _read(session, select(ta.agency_reports).where(c.seq == seq, c.settled_at.is_(None)))
    return found[0] if found else None


def count_unmatched(session: Session) -> int:
    """How many reports were looked at, and nobody could be told of."""
    c = ta.agency_reports.c
    query = select(func.count()).select_from(ta.agency_reports).where(_OPEN, c.problem.is_not(None))
    return int(session.connection.scalar(query) or 0)


def settle_report(session: Session, seq: int, outcome: Settled, at: datetime, problem: str = "") -> bool:
    """Say that a report is dealt with; False when somebody else has done it."""
    reports = ta.agency_reports
    settled = (
        update(reports)
        .where(reports.c.seq == seq, reports.c.settled_at.is_(None))
        .values(settled_at=moment_text(at), outcome=outcome, problem=storable(problem)[:500] or None, next_try_at=None)
    )
    return session.connection.execute(settled).rowcount == 1


def put_off_report(file: CaseFile, seq: int, again_at: datetime, problem: str) -> None:
    """Leave a report until later, and say why."""
    reports = ta.agency_reports
    later = (
        update(reports)
        .where(reports.c.seq == seq, reports.c.settled_at.is_(None))
        .values(tries=reports.c.tries + 1, next_try_at=moment_text(again_at), problem=storable(problem)[:500])
    )
    with file.database.append() as connection:
        connection.execute(later)


def submission_of(session: Session, partner: str, key: str, reference: str) -> Submission | None:
    """The file that went to a partner, by our key (its hash, as he has it) or else by his reference.

    Args:
        session: A session.
        partner: Whose file it must be: nobody reports about what is another's.
        key: Our key; empty where none is known.
        reference: His; empty where none is known.
    """
    d = t.deliveries.c
    asked = []
    if key:
        asked.append(select(t.deliveries).where(d.hashed_key == key, d.partner == partner))
    if reference:
        by_reference = select(t.deliveries).where(
            d.partner == partner, d.reference == reference, d.partner.is_not(None)
        )
        asked.append(by_reference.order_by(d.intended_at.desc()).limit(2))
    for query in asked:
        rows = list(session.connection.execute(query))
        # A reference that he gave twice says of neither file that it is meant.
        if len(rows) == 1:
            of = select(t.delivery_cases.c.case_id).where(t.delivery_cases.c.key == rows[0].key)
            cases = tuple(session.connection.scalars(of.order_by(t.delivery_cases.c.case_id)))
            return Submission(rows[0].key, rows[0].status, rows[0].reference or "", cases)
    return None


def partners_of_submissions(session: Session) -> tuple[tuple[str, str], ...]:
    """Creditor and partner of every file that went out to one: whose reports are to be asked for."""
    d = t.deliveries.c
    query = (
        select(t.cases.c.creditor, d.partner)
        .join(t.delivery_cases, t.delivery_cases.c.case_id == t.cases.c.id)
        .join(t.deliveries, d.key == t.delivery_cases.c.key)
        .where(d.partner.is_not(None))
        .distinct()
    )
    return tuple((row.creditor, row.partner) for row in session.connection.execute(query))


def _read(session: Session, query: Any) -> tuple[KeptReport, ...]:
    return tuple(_kept(row) for row in session.connection.execute(query))


def _kept(row: Row[Any]) -> KeptReport:
    at = datetime.fromisoformat(row.received_at)
    return KeptReport(row.seq, row.partner, row.id, row.body, row.came_by, at, row.tries, row.problem or "")
