"""Cases and debtors by what a payer writes: invoice numbers and the debtor's number, of one creditor or of all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from casefile import tables as t
from casefile.debtor_money import KnownDebtor
from casefile.session import Session

__all__ = ["NamedCase", "case_named", "cases_numbered", "cases_open_at", "debtor_of_cases", "debtors_numbered"]

_MOST_AT_ONCE = 500
"""Values of one question: databases take some thousand."""


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A case, as far as it matters for whose money it is."""

    id: str
    creditor: str
    debtor: str
    number: str
    currency: str
    open_minor: int
    closed: bool


_COLUMNS = (
    t.cases.c.id,
    t.cases.c.creditor,
    t.cases.c.debtor,
    t.cases.c.number,
    t.cases.c.currency,
    t.cases.c.open_minor,
    t.cases.c.closed.is_not(None).label("closed"),
)


def case_named(session: Session, case_id: str) -> NamedCase | None:
    """A case by its id, None when there is none."""
    row = session.connection.execute(select(*_COLUMNS).where(t.cases.c.id == case_id)).first()
    return None if row is None else NamedCase(*row)


def cases_numbered(session: Session, numbers: Sequence[str], creditor: str | None = None) -> tuple[NamedCase, ...]:
    """The cases whose invoice has one of these numbers, in whatever case it is written."""
    wanted = sorted({number.casefold() for number in numbers})
    found = []
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        query = select(*_COLUMNS).where(func.lower(t.cases.c.number).in_(wanted[start : start + _MOST_AT_ONCE]))
        if creditor is not None:
            query = query.where(t.cases.c.creditor == creditor)
        found += [NamedCase(*row) for row in session.connection.execute(query)]
    return tuple(sorted(found, key=lambda each: each.id))


def cases_open_at(
    session: Session, amount_minor: int, currency: str, creditor: str | None, most: int
) -> tuple[str, ...]:
    """Ids of cases that are not closed and of which just so much is open: somebody may have paid one of them."""
    query = (
        select(t.cases.c.id)
        .where(t.cases.c.closed.is_(None), t.cases.c.open_minor == amount_minor, t.cases.c.currency == currency)
        .order_by(t.cases.c.id)
        .limit(most)
    )
    if creditor is not None:
        query = query.where(t.cases.c.creditor == creditor)
    return tuple(session.connection.scalars(query))


def debtors_numbered(session: Session, debtor: str, creditor: str | None = None) -> tuple[KnownDebtor, ...]:
    """The debtors with just this number, one for each creditor that knows it."""
    c, d = t.cases.c, t.debtors.c
    found: dict[tuple[str, str], str] = {}
    for row in session.connection.execute(select(c.creditor, c.debtor).where(c.debtor == debtor).distinct()):
        found[row.creditor, row.debtor] = row.debtor
    for owner, own, body in session.connection.execute(select(d.creditor, d.id, d.body).where(d.id == debtor)):
        found[owner, own] = str(json.loads(body)["name"])
    return tuple(KnownDebtor(*own, name) for own, name in sorted(found.items()) if creditor in (None, own[0]))


def debtor_of_cases(session: Session, creditor: str, debtor: str) -> KnownDebtor:
    """A debtor with his name; the name is his number where nothing else is known of him."""
    d = t.debtors.c
    body = session.connection.scalar(select(d.body).where(d.creditor == creditor, d.id == debtor))
    return KnownDebtor(creditor, debtor, debtor if body is None else str(json.loads(body)["name"]))
