"""Runs that ended from outside and whose histories were searched: none is read twice, and everybody can see it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from casefile import tables as t
from casefile.session import Session, moment_text

__all__ = ["SearchedRun", "searched", "searched_runs_of", "was_searched"]

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SearchedRun:
    """A run whose whole history was searched.

    Attributes:
        run_id: Its id.
        ended: How it ended: terminated, failed, timed_out, canceled, completed, or jammed: it was ended by a repair.
        searched_at: When, aware.
        found: Messages in its history.
        rescued: Those of them that were not in the inbox.
    """

    run_id: str
    ended: str
    searched_at: datetime
    found: int
    rescued: int


def searched(session: Session, case_id: str, run: SearchedRun) -> None:
    """Keep that the whole history of an ended run was searched."""
    row = {
        "run_id": run.run_id,
        "case_id": case_id,
        "ended": run.ended,
        "searched_at": moment_text(run.searched_at),
        "found": run.found,
        "rescued": run.rescued,
    }
    session.insert_once(t.searched_runs, row, ["run_id"])


def was_searched(session: Session, run_ids: Collection[str]) -> frozenset[str]:
    """Those of the runs whose histories were searched."""
    ids, found = list(run_ids), set[str]()
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        found.update(
            session.connection.scalars(select(t.searched_runs.c.run_id).where(t.searched_runs.c.run_id.in_(some)))
        )
    return frozenset(found)


def searched_runs_of(session: Session, case_id: str) -> tuple[SearchedRun, ...]:
    """The runs of a case whose histories were searched, the first searched first."""
    table = t.searched_runs
    rows = session.connection.execute(
        select(table).where(table.c.case_id == case_id).order_by(table.c.searched_at, table.c.run_id)
    )
    return tuple(
        SearchedRun(row.run_id, row.ended, datetime.fromisoformat(row.searched_at), row.found, row.rescued)
        for row in rows
    )
