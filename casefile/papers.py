"""What debtors sent about their cases: pictures, letters, other files. They go to nobody by themselves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from casefile import tables as t
from casefile.session import Session, moment_text

__all__ = ["Paper", "Papers"]

# Building a statement takes longer than running it: each hand-off asks for them.
_OF_CASE = (
    select(
        t.papers.c.name,
        t.papers.c.media_type,
        t.papers.c.sha256,
        t.papers.c.about,
        t.papers.c.actor,
        t.papers.c.received_at,
    )
    .where(t.papers.c.case_id == bindparam("of"))
    .order_by(t.papers.c.received_at, t.papers.c.sha256)
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One of them, without its bytes.

    Attributes:
        about: The dispute that it belongs to; empty when to none.
        actor: Who kept it.
        received_at: When, in UTC.
    """

    name: str
    media_type: str
    sha256: str
    about: str
    actor: str
    received_at: str


class Papers:
    """What debtors sent about their cases."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def keep(
        self, case_id: str, name: str, media_type: str, content: bytes, *, about: str, actor: str, at: datetime
    ) -> str:
        """Keep a file of a case, once whatever its name; returns its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        row = {
            "case_id": case_id,
            "sha256": sha256,
            "name": name,
            "media_type": media_type,
            "content": content,
            "about": about,
            "actor": actor,
            "received_at": moment_text(at),
        }
        self._session.insert_once(t.papers, row, ["case_id", "sha256"])
        return sha256

    def of_case(self, case_id: str) -> tuple[Paper, ...]:
        """What was sent about a case, the oldest first."""
        # The file of a hand-off asks twice: for what goes with it, and for what the statement says of it.
        return self._session.asked(
            t.papers,
            ("of case", case_id),
            lambda: tuple(Paper(*row) for row in self._session.connection.execute(_OF_CASE, {"of": case_id})),
        )

    def content(self, case_id: str, sha256: str) -> bytes | None:
        """The bytes of one of them; None where there is none."""
        c = t.papers.c
        found: bytes | None = self._session.connection.scalar(
            select(c.content).where(c.case_id == case_id, c.sha256 == sha256)
        )
        return found
