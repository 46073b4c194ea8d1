"""One invoice on several rows: its terms, each with a number of its own, where the rows say so; else nobody knows.

Terms are what e-invoices call instalments: the same number, day and debtor, and a due date of its own on each row. They
get the numbers `2026-050/1`, `2026-050/2`, by due date. A later list may hold fewer of them, or one with another due
date: which is which is then told by the terms that are being collected (`fit_terms`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from intake.findings import Finding, shown
from intake.open_item import OpenItem, case_key
from intake.open_items.list_state import BrokenRow, ListState, SettledItem

__all__ = ["KnownTerm", "Row", "Rows", "Terms", "fit_terms", "key_of_row", "tell_terms", "why_no_terms"]

_MOST = 60
"""Terms of one invoice: five years of months."""

Row = OpenItem | SettledItem


@dataclass(frozen=True, slots=True)
class Rows:
    """What a list says of invoices: rows with something open, rows with nothing open, and rows that tell neither.

    `told` are the remarks that rows are terms, by the key of the invoice.
    """

    items: tuple[OpenItem, ...]
    settled: tuple[SettledItem, ...]
    broken: tuple[BrokenRow, ...]
    findings: tuple[Finding, ...]
    told: Mapping[str, Finding]


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A term that is being collected, or was.

    Attributes:
        key: The part of its case id that names it: the key of the invoice, a slash and its place.
        place: Its place among the terms, from 1.
        dues: Its due date, and what the last list said of it.
        debtor: Id of the debtor.
        invoice_date: Day of the invoice.
        closed: Whether its case is closed.
    """

    key: str
    place: int
    dues: frozenset[date]
    debtor: str
    invoice_date: date
    closed: bool


Terms = Mapping[str, Sequence[KnownTerm]]
"""The known terms of invoices, by the key of the invoice."""


def key_of_row(row: Row) -> str:
    """The part of the case id that names the invoice, or the term, of a row."""
    return row.key if isinstance(row, SettledItem) else case_key(row)


def why_no_terms(rows: Sequence[Row], lines: int) -> str | None:
    """Why the rows of one number are not the terms of one invoice; None when they are.

    Args:
        rows: Those that can be read.
        lines: On how many lines the number stands.
    """
    if len(rows) < lines:
        return "a row of it can't be read"
    if len({row.debtor_id for row in rows}) > 1:
        return "they name different debtors"
    if len({row.invoice_date for row in rows}) > 1:
        return "they have different invoice dates"
    if len({row.currency for row in rows}) > 1:
        return "they are in different currencies"
    dues = {row.due for row in rows}
    if None in dues or len(dues) < len(rows):
        return "two rows have the same due date, so they may be the same twice"
    if len(rows) > _MOST:
        return "there are too many of them"
    return None


def tell_terms(rows: Sequence[Row], state: ListState) -> tuple[Row, ...]:
    """The rows of one invoice as its terms, by due date, with a remark."""
    ordered = sorted(rows, key=lambda row: row.due or date.max)
    lines = sorted(row.line for row in rows)
    number = shown(rows[0].number)
    told = f"invoice {number} stands on lines {', '.join(map(str, lines))} with different due dates: taken as its terms"
    state.told_terms[key_of_row(rows[0])] = state.note(lines[0], "number", told, "warning")
    # Where every row gives the whole amount of the invoice, what is open on it is the term.
    whole = {row.amount for row in rows if isinstance(row, OpenItem)}
    parts = [row.open for row in rows if isinstance(row, OpenItem)]
    of_whole = len(whole) == 1 and len(parts) == len(rows) and sum(parts[1:], parts[0]) == next(iter(whole))
    return tuple(_as_term(row, place, of_whole=of_whole) for place, row in enumerate(ordered, start=1))


def _as_term(row: Row, place: int, *, of_whole: bool = False) -> Row:
    key = key_of_row(row)
    whole = row.term_of or key
    number = row.number.removesuffix(key.removeprefix(row.term_of)) if row.term_of is not None else row.number
    if isinstance(row, SettledItem):
        return replace(row, number=f"{number}/{place}", key=f"{whole}/{place}", term_of=whole)
    told: dict[str, Any] = {"number": f"{number}/{place}", "term_of": whole}
    if row.key is not None:
        told["key"] = f"{whole}/{place}"
    if row.contract is None:
        # The costs of terms of one invoice are limited together, as those of instalments of one contract.
        told["contract"] = number
    if of_whole:
        told["amount"] = row.open
    return replace(row, **told)


# Terms that are being collected ----------------------------------------------------------------------------


def fit_terms(rows: Rows, known: Terms, is_known: Callable[[str], bool], note: Callable[[int, str], Finding]) -> Rows:
    """The rows of a list, each term under the number that it is collected under.

    Args:
        rows: The rows as they were read.
        known: The terms that are known of the invoices in it.
        is_known: Whether an invoice is being collected as a whole, by its key.
        note: Adds a remark to a line.
    """
    of: dict[str, list[Row]] = defaultdict(list)
    every: tuple[Row, ...] = (*rows.items, *rows.settled)
    for row in every:
        key = row.term_of or key_of_row(row)
        if row.term_of is not None or key in known:
            of[key].append(row)
    fitted: dict[int, Row | None] = {}
    broken: list[BrokenRow] = []
    findings: list[Finding] = []
    untrue: list[Finding] = []
    for key, own in of.items():
        if is_known(key):
            if own[0].term_of is None:
                continue
            reason = "it is being collected as one invoice, and this list gives it in terms: say which is right"
            untrue.append(rows.told[key])
            for row in own:
                fitted[row.line] = None
                broken.append(BrokenRow(row.line, key, ()))
                findings.append(note(row.line, reason))
            continue
        terms = [each for each in known.get(key, ()) if _is_of(each, own[0])]
        if terms:
            _fit(own, terms, fitted, broken, findings, note)
    if not fitted:
        return rows
    used = [fitted.get(row.line, row) for row in every]
    return Rows(
        tuple(row for row in used if isinstance(row, OpenItem)),
        tuple(row for row in used if isinstance(row, SettledItem)),
        (*rows.broken, *broken),
        (*(each for each in rows.findings if each not in untrue), *findings),
        rows.told,
    )


def _is_of(term: KnownTerm, row: Row) -> bool:
    return (row.debtor_id, row.invoice_date) == (term.debtor, term.invoice_date)


def _fit(
    rows: Sequence[Row],
    terms: Sequence[KnownTerm],
    fitted: dict[int, Row | None],
    broken: list[BrokenRow],
    findings: list[Finding],
    note: Callable[[int, str], Finding],
) -> None:
    free = {term.place: term for term in terms}
    others: list[Row] = []
    for row in rows:
        place = next((place for place, term in free.items() if row.due in term.dues), None)
        if place is None:
            others.append(row)
        else:
            fitted[row.line] = _as_term(row, place)
            del free[place]
    waiting = [term for term in free.values() if not term.closed]
    if len(others) == len(waiting) == 1:  # its due date was changed in the books
        fitted[others[0].line] = _as_term(others[0], waiting[0].place)
    elif not waiting:
        last = max(term.place for term in terms)
        for place, row in enumerate(sorted(others, key=lambda row: row.due or date.max), start=last + 1):
            fitted[row.line] = _as_term(row, place)
    else:
        for row in others:
            fitted[row.line] = None
            broken += [BrokenRow(row.line, term.key, ()) for term in waiting]
            some = ", ".join(f"{row.number}/{term.place}" if row.term_of is None else term.key for term in waiting)
            findings.append(
                note(row.line, f"which term of this invoice the row is can't be told by its due date: {some} wait")
            )
