"""The outbox of starts: cases whose workflow is to be started."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from casefile import tables as t
from casefile.session import Session, moment_text

__all__ = ["Starts"]


_UNSTARTED = select(t.starts.c.case_id).where(t.starts.c.started_at.is_(None)).order_by(t.starts.c.case_id)
"""Built once: that takes longer than running it."""


class Starts:
    """The workflows to be started."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def ask_all(self, case_ids: Sequence[str], at: datetime) -> None:
        """Ask for the workflows of new cases to be started."""
        created = moment_text(at)
        self._session.insert_new(t.starts, [{"case_id": each, "created_at": created} for each in case_ids])

    def unstarted(self) -> tuple[str, ...]:
        """Ids of the cases whose workflow was not started yet, as far as we know."""
        return tuple(self._session.connection.scalars(_UNSTARTED))

    def started(self, case_id: str, at: datetime) -> None:
        """Record that the workflow of a case was started."""
        self._session.connection.execute(
            update(t.starts).where(t.starts.c.case_id == case_id).values(started_at=moment_text(at))
        )
