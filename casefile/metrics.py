"""Numbers about all cases at once, for those who watch over the engine: one query, nothing personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Table, func, literal, select, union_all

from casefile import outgoing_tables as ot
from casefile import payment_tables as pt
from casefile import tables as t
from casefile.agency_tables import agency_reports
from casefile.case_file import CaseFile
from casefile.feedback_tables import channel_stops as stops
from casefile.session import moment_text, reading

__all__ = ["OVERDUE_AFTER", "CaseMetrics", "case_metrics", "must_answer"]

OVERDUE_AFTER = timedelta(hours=1)
"""How long after its moment a decision that was not taken counts as overdue: the longest wait after failures."""


@dataclass(frozen=True, slots=True)
class CaseMetrics:
    """How all cases stand.

    Attributes:
        waiting: Open cases by stage.
        unknown: Deliveries of which nobody knows whether they were sent, those under way included.
        quarantined: Messages that could not be used and that nobody has settled.
        overdue: Open cases whose next decision should have been taken more than an hour ago.
        undelivered: Messages in the inbox that no case has recorded yet.
        unstarted: Cases of which Temporal was not told yet.
        provider_unread: Events of payment providers that nobody has read yet.
        provider_overdue: Those of them that came more than an hour ago.
        provider_unreadable: Events of payment providers that can't be read.
        unmatched: Payments of which nobody knows whose they are.
        rescued: Messages that were found in the histories of ended runs and put into the inbox, ever.
        stopped: Channels by which nothing is handed over until a person acts.
        events_waiting: Events that other systems are to hear yet.
        events_set_aside: Events that were given up, and wait for a person.
        subscribers_stopped: Systems that want no more events, until a person lets them go on.
        agency_reports: Reports of partners that no case was told yet.
    """

    waiting: Mapping[str, int]
    unknown: int
    quarantined: int
    overdue: int
    undelivered: int
    unstarted: int
    rescued: int = 0
    provider_unread: int = 0
    provider_overdue: int = 0
    provider_unreadable: int = 0
    unmatched: int = 0
    stopped: int = 0
    events_waiting: int = 0
    events_set_aside: int = 0
    subscribers_stopped: int = 0
    agency_reports: int = 0


def case_metrics(file: CaseFile, now: datetime) -> CaseMetrics:
    """Count.

    Args:
        file: The case file.
        now: Aware moment; what lies more than `OVERDUE_AFTER` before it is overdue.
    """
    open_case = t.cases.c.closed.is_(None)
    # Moments are text in UTC, all of one form: they compare as moments.
    late = moment_text(now - OVERDUE_AFTER)
    query = union_all(
        select(literal("waiting").label("what"), t.cases.c.stage.label("stage"), func.count().label("number"))
        .where(open_case)
        .group_by(t.cases.c.stage),
        _number_of("overdue", t.cases, open_case & (t.cases.c.next_action_at < late)),
        _number_of("unknown", t.deliveries, t.deliveries.c.status.in_(("intended", "unknown"))),
        _number_of("quarantined", t.quarantine, t.quarantine.c.settled.is_(None)),
        _number_of("undelivered", t.inbox, t.inbox.c.recorded_at.is_(None)),
        _number_of("unstarted", t.starts, t.starts.c.started_at.is_(None)),
        _number_of("provider_unread", pt.provider_events, pt.provider_events.c.read_at.is_(None)),
        _number_of(
            "provider_overdue",
            pt.provider_events,
            pt.provider_events.c.read_at.is_(None) & (pt.provider_events.c.received_at < late),
        ),
        _number_of("provider_unreadable", pt.provider_events, pt.provider_events.c.outcome == "unreadable"),
        _number_of("unmatched", pt.provider_payments, pt.provider_payments.c.status == "unmatched"),
        _number_of("events_waiting", ot.outgoing_events, ot.outgoing_events.c.settled_at.is_(None)),
        _number_of("events_set_aside", ot.outgoing_events, ot.outgoing_events.c.outcome == "set_aside"),
        _number_of("subscribers_stopped", ot.subscribers, ot.subscribers.c.stopped_at.is_not(None)),
        _number_of("agency_reports", agency_reports, agency_reports.c.settled_at.is_(None)),
        select(literal("stopped"), literal(""), func.count(func.distinct(stops.c.channel))).where(
            stops.c.ended_at.is_(None)
        ),
        select(literal("rescued"), literal(""), func.coalesce(func.sum(t.searched_runs.c.rescued), 0)),
    )
    with reading(file.database) as session:
        rows = session.connection.execute(query).all()
    numbers = {what: number for what, _, number in rows if what != "waiting"}
    return CaseMetrics(waiting={stage: number for what, stage, number in rows if what == "waiting"}, **numbers)


def _number_of(what: str, table: Table, which: ColumnElement[bool]) -> Select[str, str, int]:
    return select(literal(what), literal(""), func.count()).select_from(table).where(which)


def must_answer(file: CaseFile) -> None:
    """Ask the case file for nothing, to see that it answers.

    Raises:
        SQLAlchemyError: it does not.
    """
    with reading(file.database) as session:
        session.connection.exec_driver_sql("SELECT 1 FROM cases WHERE 1 = 0")
