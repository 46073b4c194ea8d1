"""Cases that were handed off: what became of them, and which of a debtor a partner may have."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["cases_that_left", "handed_off_cases", "left_together", "partner_having"]

_FILES = (
    select(t.deliveries.c.key, t.cases.c.id, t.cases.c.number)
    .join(t.delivery_cases, t.delivery_cases.c.key == t.deliveries.c.key)
    .join(t.cases, t.cases.c.id == t.delivery_cases.c.case_id)
    .where(
        t.cases.c.creditor == bindparam("creditor"),
        t.cases.c.debtor == bindparam("debtor"),
        t.deliveries.c.channel == "agency",
        t.deliveries.c.letter == "dossier",
        t.deliveries.c.status.in_(("sent", "unproven")),
    )
    .order_by(t.cases.c.number)
)

_LEFT = (
    select(t.cases.c.id)
    .outerjoin(t.delivery_cases, t.delivery_cases.c.case_id == t.cases.c.id)
    .outerjoin(t.deliveries, (t.deliveries.c.key == t.delivery_cases.c.key) & (t.deliveries.c.channel == "agency"))
    .where(
        t.cases.c.creditor == bindparam("creditor"),
        t.cases.c.debtor == bindparam("debtor"),
        or_(t.cases.c.stage == "handed_off", t.deliveries.c.key.is_not(None)),
    )
    .distinct()
    .order_by(t.cases.c.id)
)


_HAVING = (
    select(t.deliveries.c.partner)
    .join(t.delivery_cases, t.delivery_cases.c.key == t.deliveries.c.key)
    .join(t.cases, t.cases.c.id == t.delivery_cases.c.case_id)
    .where(
        t.cases.c.creditor == bindparam("creditor"),
        t.cases.c.debtor == bindparam("debtor"),
        t.cases.c.stage == "handed_off",
        or_(t.cases.c.closed.is_(None), t.cases.c.closed == "handed_off"),
        t.deliveries.c.channel == "agency",
        t.deliveries.c.partner.is_not(None),
    )
    .order_by(t.deliveries.c.intended_at.desc(), t.deliveries.c.key)
    .limit(1)
)


def partner_having(session: Session, creditor: str, debtor: str) -> str | None:
    """Id of the partner who has a case of a debtor now; None where none has, or nobody kept who.

    Args:
        session: On the case file.
        creditor: Their creditor.
        debtor: The debtor.
    """
    found: str | None = session.connection.scalar(_HAVING, {"creditor": creditor, "debtor": debtor})
    return found


def cases_that_left(session: Session, creditor: str, debtor: str) -> tuple[str, ...]:
    """Ids of the cases of a debtor that were handed off, or may have been; also before they came to us.

    Args:
        session: On the case file.
        creditor: Their creditor.
        debtor: The debtor.
    """
    return tuple(session.connection.scalars(_LEFT, {"creditor": creditor, "debtor": debtor}))


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


def left_together(session: Session, creditor: str, debtor: str) -> dict[str, tuple[str, ...]]:
    """By the id of a case that was handed off: the numbers of the other invoices in its file.

    Args:
        session: On the case file.
        creditor: Their creditor.
        debtor: The debtor.
    """
    files: dict[str, list[tuple[str, str]]] = {}
    for key, case_id, number in session.connection.execute(_FILES, {"creditor": creditor, "debtor": debtor}):
        files.setdefault(key, []).append((case_id, number))
    return {
        case_id: tuple(number for other, number in file if other != case_id)
        for file in files.values()
        for case_id, _ in file
    }
