"""Which partner has what of a debtor: two never have something of one debtor at once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, or_, select

from casefile import tables as t
from casefile.handoff_tables import handed_to
from casefile.session import Session

__all__ = ["keep_partner", "partner_having"]

_HAVING = (
    select(handed_to.c.partner)
    .join(t.cases, t.cases.c.id == handed_to.c.case_id)
    .where(
        t.cases.c.creditor == bindparam("creditor"),
        t.cases.c.debtor == bindparam("debtor"),
        t.cases.c.stage == "handed_off",
        or_(t.cases.c.closed.is_(None), t.cases.c.closed == "handed_off"),
    )
    .order_by(handed_to.c.case_id)
    .limit(1)
)


def keep_partner(session: Session, case_ids: Iterable[str], partner: str) -> None:
    """Keep to whom the file of these cases leaves.

    Args:
        session: On the case file.
        case_ids: The cases in the file.
        partner: Id of the partner in the creditor's profile.
    """
    for case_id in case_ids:
        session.upsert(handed_to, {"case_id": case_id, "partner": partner}, ["case_id"], ["partner"])


def partner_having(session: Session, creditor: str, debtor: str) -> str | None:
    """Id of the partner who has a case of a debtor now; None where none has, or nobody kept who.

    Args:
        session: On the case file.
        creditor: Their creditor.
        debtor: The debtor.
    """
    found: str | None = session.connection.scalar(_HAVING, {"creditor": creditor, "debtor": debtor})
    return found
