"""Cases that were handed off, for what became of them."""

from __future__ import annotations

from sqlalchemy import select

from casefile import tables as t
from casefile.session import Session

__all__ = ["handed_off_cases"]


def handed_off_cases(session: Session, creditor: str, most: int) -> tuple[str, ...]:
    """Ids of the cases of a creditor whose file left, the newest first.

    Args:
        session: On the case file.
        creditor: Its creditor.
        most: How many at most.
    """
    query = (
        select(t.delivery_cases.c.case_id)
        .join(t.deliveries, t.deliveries.c.key == t.delivery_cases.c.key)
        .join(t.cases, t.cases.c.id == t.delivery_cases.c.case_id)
        .where(t.deliveries.c.channel == "agency", t.deliveries.c.status == "sent", t.cases.c.creditor == creditor)
        .order_by(t.deliveries.c.intended_at.desc(), t.delivery_cases.c.case_id)
        .limit(most)
    )
    return tuple(dict.fromkeys(session.connection.scalars(query)))
