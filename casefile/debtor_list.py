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
    chosen = select(each, func.count().over().label("total"))
    if by == "name":
        his = and_(d.creditor == each.c.creditor, d.id == each.c.debtor)
        called = func.coalesce(d.folded, each.c.debtor).label("called")
        chosen = chosen.add_columns(called).select_from(each.outerjoin(t.debtors, his))
    # Of those that are shown alone more is read than their sums.
    shown = chosen.order_by(*_order(chosen.selected_columns, by)).limit(limit).offset(offset).subquery()
    named = shown.outerjoin(t.debtors, and_(d.creditor == shown.c.creditor, d.id == shown.c.debtor))
    query = select(shown, name_in(session, d.body).label("name")).select_from(named).order_by(*_order(shown.c, by))
    rows = session.connection.execute(query).all()
    return (rows[0].total if rows else 0), rows


def _order(of: Any, by: DebtorOrder) -> tuple[Any, ...]:
    """What puts debtors in an order, of the columns of a query."""
    orders: dict[DebtorOrder, tuple[str, ...]] = {
        "owed": ("-minor", "due"),
        "late": ("due", "-minor"),
        "number": ("-number", "-minor"),
        "name": ("called",),
    }
    names = (*orders[by], "debtor", "creditor", "currency")
    return tuple(of[name[1:]].desc() if name.startswith("-") else of[name] for name in names)
