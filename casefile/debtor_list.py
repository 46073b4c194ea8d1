"""Debtors at a glance: how many open invoices, what they come to, since when the oldest is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import and_, func, select

from casefile import tables as t
from casefile.listing import name_in
from casefile.session import Session
from casefile.which_cases import Which, conditions_of

__all__ = ["DebtorOrder", "listed_debtors"]

DebtorOrder = Literal["owed", "late", "number", "name"]


def listed_debtors(
    session: Session, which: Which, by: DebtorOrder, *, offset: int, limit: int
) -> tuple[int, Sequence[Any]]:
    """Debtors with cases of these, a row for each currency: how many rows there are, and some.

    Args:
        session: A transaction that `casefile.list_columns.lists_of` opened.
        which: Which cases count.
        by: In which order: the most owed, the longest late, the most invoices first; or by name.
        offset: How many stand before the first.
        limit: How many at most.
    """
    c, d = t.cases.c, t.debtors.c
    number, minor, due = func.count().label("number"), func.sum(c.open_minor).label("minor"), func.min(c.due)
    each = (
        select(c.creditor, c.debtor, c.currency, number, minor, due.label("due"))
        .where(*conditions_of(session, which))
        .group_by(c.creditor, c.debtor, c.currency)
        .subquery()
    )
    his = and_(d.creditor == each.c.creditor, d.id == each.c.debtor)
    orders: dict[DebtorOrder, tuple[Any, ...]] = {
        "owed": (each.c.minor.desc(), each.c.due),
        "late": (each.c.due, each.c.minor.desc()),
        "number": (each.c.number.desc(), each.c.minor.desc()),
        "name": (func.coalesce(d.folded, each.c.debtor),),
    }
    ordered = (*orders[by], each.c.debtor, each.c.creditor, each.c.currency)
    query = select(each, name_in(session, d.body).label("name"), func.count().over().label("total"))
    query = query.select_from(each.outerjoin(t.debtors, his)).order_by(*ordered)
    rows = session.connection.execute(query.limit(limit).offset(offset)).all()
    return (rows[0].total if rows else 0), rows
