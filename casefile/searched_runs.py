"""Runs that ended from outside and whose histories were searched: none is read twice, and everybody can see it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from casefile import tables as t

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


def searched(connection: Connection, case_id: str, run: SearchedRun) -> None:
    """Keep that the whole history of an ended run was searched."""
    if was_searched(connection, (run.run_id,)):
        return
    connection.execute(
        insert(t.searched_runs).values(
            run_id=run.run_id,
            case_id=case_id,
            ended=run.ended,
            searched_at=_text(run.searched_at),
            found=run.found,
            rescued=run.rescued,
        )
    )


def was_searched(connection: Connection, run_ids: Collection[str]) -> frozenset[str]:
    """Those of the runs whose histories were searched."""
    ids, found = list(run_ids), set[str]()
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        found.update(connection.scalars(select(t.searched_runs.c.run_id).where(t.searched_runs.c.run_id.in_(some))))
    return frozenset(found)


def searched_runs_of(connection: Connection, case_id: str) -> tuple[SearchedRun, ...]:
    """The runs of a case whose histories were searched, the first searched first."""
    table = t.searched_runs
    rows = connection.execute(
        select(table).where(table.c.case_id == case_id).order_by(table.c.searched_at, table.c.run_id)
    )
    return tuple(
        SearchedRun(row.run_id, row.ended, datetime.fromisoformat(row.searched_at), row.found, row.rescued)
        for row in rows
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
