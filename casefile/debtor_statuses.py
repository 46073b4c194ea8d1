"""What debtors are in, in the case file: kept once for a debtor, in step with the facts of his cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, select

from casefile import tables as t
from casefile.session import Session
from domain.debtor_status import DebtorStatus, StatusFact, told
from domain.statuses import StatusKind

__all__ = ["statuses_of", "tell_status"]

# Building a statement takes longer than running it: that of every turn is built once.
_OF_DEBTOR = (
    select(t.debtor_statuses)
    .where(t.debtor_statuses.c.creditor == bindparam("creditor"), t.debtor_statuses.c.debtor == bindparam("debtor"))
    .order_by(t.debtor_statuses.c.reported_on, t.debtor_statuses.c.report)
)
_KEY = ("creditor", "debtor", "report")
_CHANGES = ("proven", "ended_on", "ended_for", "ended_by", "ended_note")


def statuses_of(session: Session, creditor: str, debtor: str) -> tuple[DebtorStatus, ...]:
    """What a debtor is, or was, in, in the order in which it was reported."""
    own = {"creditor": creditor, "debtor": debtor}
    return session.asked(
        t.debtor_statuses, (creditor, debtor), lambda: _statuses(session.connection.execute(_OF_DEBTOR, own))
    )


def _statuses(rows: Iterable[Row[Any]]) -> tuple[DebtorStatus, ...]:
    return tuple(
        DebtorStatus(
            report=row.report,
            status=StatusKind(row.status),
            since=row.since,
            reported_on=row.reported_on,
            proven=row.proven,
            actor=row.actor,
            note=row.note,
            ended_on=row.ended_on,
            ended_for=row.ended_for,
            ended_by=row.ended_by,
            ended_note=row.ended_note,
        )
        for row in rows
    )


def tell_status(session: Session, creditor: str, debtor: str, facts: Sequence[StatusFact]) -> None:
    """Keep what a debtor is in after facts about it, whichever of his cases they were told to."""
    before = after = statuses_of(session, creditor, debtor)
    for fact in facts:
        after = told(after, fact)
    for each in after:
        if each not in before:
            row = {"creditor": creditor, "debtor": debtor, **asdict(each), "status": each.status.value}
            session.upsert(t.debtor_statuses, row, _KEY, _CHANGES)
