"""The outbox of starts: cases whose workflow is to be started."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from casefile import tables as t
from casefile.session import Session, moment_text

__all__ = ["Starts"]


class Starts:
    """The workflows to be started."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def ask(self, case_id: str, at: datetime) -> None:
        """Ask for the workflow of a new case to be started."""
        self._session.insert_once(t.starts, {"case_id": case_id, "created_at": moment_text(at)}, ["case_id"])

    def unstarted(self) -> tuple[str, ...]:
        """Ids of the cases whose workflow was not started yet, as far as we know."""
        return tuple(
            self._session.connection.scalars(
                select(t.starts.c.case_id).where(t.starts.c.started_at.is_(None)).order_by(t.starts.c.case_id)
            )
        )

    def started(self, case_id: str, at: datetime) -> None:
        """Record that the workflow of a case was started."""
        self._session.connection.execute(
            update(t.starts).where(t.starts.c.case_id == case_id).values(started_at=moment_text(at))
        )
