"""On which day of the month debtors pay, in the case file: kept once for a debtor, in step with what his cases say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select

from casefile import tables as t
from casefile.session import Session, moment_text
from domain.facts import Fact
from domain.payment_runs import PaymentRun, told_of_run

__all__ = ["payment_run_of", "tell_payment_run"]

# Building a statement takes longer than running it: it is asked at every turn of every case.
_OF_DEBTOR = select(t.payment_runs).where(
    t.payment_runs.c.creditor == bindparam("creditor"), t.payment_runs.c.debtor == bindparam("debtor")
)


def payment_run_of(session: Session, creditor: str, debtor: str) -> PaymentRun | None:
    """On which day of the month a debtor pays; None when nobody ever said."""
    own = {"creditor": creditor, "debtor": debtor}
    row = session.asked(
        t.payment_runs, (creditor, debtor), lambda: session.connection.execute(_OF_DEBTOR, own).one_or_none()
    )
    return None if row is None else PaymentRun(row.day, datetime.fromisoformat(row.told_at), row.fact)


def tell_payment_run(session: Session, debtor_of: tuple[str, str], facts: Iterable[Fact]) -> None:
    """Keep what facts say of it, whichever of his cases they were told to."""
    creditor, debtor = debtor_of
    before = payment_run_of(session, creditor, debtor)
    after = told_of_run(before, facts)
    if after is not None and after != before:
        row = {
            "creditor": creditor,
            "debtor": debtor,
            "day": after.day,
            "told_at": moment_text(after.told_at),
            "fact": after.fact,
        }
        session.upsert(t.payment_runs, row, ("creditor", "debtor"), ("day", "told_at", "fact"))
