"""Which policies the case file knows, each in its newest version."""

from __future__ import annotations

from sqlalchemy import func, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["known_policies"]


_NEWEST = (
    select(t.policies.c.name, func.max(t.policies.c.version)).group_by(t.policies.c.name).order_by(t.policies.c.name)
)
"""Built once: that takes longer than running it."""


def known_policies(session: Session) -> tuple[tuple[str, int], ...]:
    """Name and newest version of each, by name."""
    return tuple((row[0], row[1]) for row in session.connection.execute(_NEWEST))
