"""Cases page by page: those of `case list`, chosen by more, in an order, some at a time with how many there are."""

from __future__ import annotations

from dataclasses import dataclass

from casefile.listing import number_listed
from casefile.session import Session
from casefile.which_cases import Order, Which
from services.reports.case_list import ListRow, list_rows

__all__ = ["Page", "page_of"]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the cases, and how many there are."""

    total: int
    rows: tuple[ListRow, ...]


def page_of(session: Session, which: Which, order: Order, offset: int, limit: int) -> Page:
    """Some of the cases that are chosen.

    Args:
        session: A transaction that `casefile.list_columns.lists_of` opened.
        which: Which.
        order: In which order.
        offset: How many stand before the first.
        limit: How many at most.
    """
    rows = list_rows(session, which, order, offset=offset, limit=limit)
    return Page(number_listed(session, which), tuple(rows))
