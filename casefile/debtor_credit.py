"""What people keep of a debtor's credit, in the case file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from casefile import tables as t
from casefile.session import Session, moment_text, storable
from domain.credit import DebtorCredit, KeptCredit

__all__ = ["credit_of", "keep_credit"]


def credit_of(session: Session, creditor: str, debtor: str) -> KeptCredit | None:
    """What is kept of a debtor's credit, by whom and since when; None where nobody wrote any."""
    c = t.debtor_credit.c
    wanted = select(c.body, c.actor, c.at).where(c.creditor == creditor, c.debtor == debtor)
    row = session.connection.execute(wanted).one_or_none()
    if row is None:
        return None
    return KeptCredit(
        credit=DebtorCredit.model_validate_json(row.body), actor=row.actor, at=datetime.fromisoformat(row.at)
    )


def keep_credit(session: Session, creditor: str, debtor: str, credit: DebtorCredit, actor: str, at: datetime) -> None:
    """Keep it, in place of what was kept before."""
    row = {
        "creditor": creditor,
        "debtor": debtor,
        "body": credit.model_dump_json(),
        "actor": storable(actor),
        "at": moment_text(at),
    }
    session.upsert(t.debtor_credit, row, ["creditor", "debtor"], ["body", "actor", "at"])
