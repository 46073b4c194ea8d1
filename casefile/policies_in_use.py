"""Which policies the case file knows, each in its newest version."""

from __future__ import annotations

from sqlalchemy import func, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["known_policies"]


def known_policies(session: Session) -> tuple[tuple[str, int], ...]:
    """Name and newest version of each, by name."""
    c = t.policies.c
    rows = session.connection.execute(select(c.name, func.max(c.version)).group_by(c.name).order_by(c.name))
    return tuple((row[0], row[1]) for row in rows)
