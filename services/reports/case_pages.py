"""Cases page by page: those of `case list`, chosen by more, in an order, some at a time with how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casefile.listing import Which
from casefile.session import Session
from services.reports.case_list import ListRow, list_rows, sorted_rows

__all__ = ["Chosen", "Order", "Page", "chosen_rows", "is_chosen", "page_of"]

Order = Literal["late", "owed", "next", "debtor", "invoice"]
"""As `case list --sort` takes it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which cases.

    Attributes:
        stage: At this stage.
        debtor: Of the debtor with this number.
        hold: Under a hold of this kind.
        task: With an open task of this kind.
        attention: That a person should look at (True), or that none needs to (False).
        closed: Closed (True), or not (False).
        search: With this in invoice number, case id or debtor's number.
        names: Whether the search looks into the names of debtors, too.
    """

    stage: str | None = None
    debtor: str | None = None
    hold: str | None = None
    task: str | None = None
    attention: bool | None = None
    closed: bool | None = None
    search: str | None = None
    names: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the cases, and how many there are."""

    total: int
    rows: tuple[ListRow, ...]


def chosen_rows(session: Session, chosen: Chosen) -> list[ListRow]:
    """The cases that are chosen, by invoice number; with the figures of `case list`."""
    return [row for row in list_rows(session, Which(stage=chosen.stage)) if is_chosen(row, chosen)]


def page_of(session: Session, chosen: Chosen, order: Order, offset: int, limit: int) -> Page:
    """Some of the cases that are chosen.

    Args:
        session: A reading transaction on the case file.
        chosen: Which.
        order: In which order.
        offset: How many stand before the first.
        limit: How many at most.
    """
    rows = sorted_rows(chosen_rows(session, chosen), order)
    return Page(len(rows), tuple(rows[offset : offset + limit]))


def is_chosen(row: ListRow, chosen: Chosen) -> bool:
    """Whether a case is one of the chosen; its stage was looked at where it was read."""
    if chosen.debtor is not None and row.debtor_number.casefold() != chosen.debtor.strip().casefold():
        return False
    if chosen.hold is not None and chosen.hold not in row.holds:
        return False
    if chosen.task is not None and chosen.task not in row.tasks:
        return False
    if chosen.attention is not None and row.attention != chosen.attention:
        return False
    if chosen.closed is not None and (row.closed is not None) != chosen.closed:
        return False
    if chosen.search is None:
        return True
    searched = chosen.search.strip().casefold()
    looked_at = (row.number, row.case_id, row.debtor_number, *((row.debtor,) if chosen.names else ()))
    return any(searched in text.casefold() for text in looked_at)
