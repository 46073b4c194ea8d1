"""How a table of open items is laid out: lines above the column names, a line for each debtor, totals, cells too many.

What is left are rows of as many cells as there are columns; everything else is told once.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from intake.open_items.csv_records import Record
from intake.open_items.words import bare_word

__all__ = ["Layout", "lay_out"]

_HEAD_WITHIN: Final = 30
"""Rows among which the one with the column names is looked for."""

_TOTAL: Final = re.compile(
    r"(?:sub ?|eind|general |grand )?(?:totaal|totalen|total|totaux|summe|gesamt\w*|zwischensumme)\b"
    r"|(?:sous total|som|sum|montant total|solde total)\b"
)
# `Debiteur 10023 Jansen B.V.` alone on its line, as Exact Globe prints it above the invoices of a debtor.
_DEBTOR: Final = re.compile(
    r"(?:debiteur|debtor|klant|customer|client|relatie|kunde|debitor)\s*:?\s+(?P<number>[A-Za-z]*[0-9][\w./-]*)"
    r"(?:\s*[-:,]?\s+(?P<name>\S.*))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """A table in rows of one width.

    Attributes:
        header: The row with the column names.
        rows: The rows with invoices; those that could not be taken apart among them.
        above: Lines above the column names.
        totals: Lines with totals.
        debtor_lines: Lines that name the debtor of the rows below them; his number and name stand in two more columns
            of the rows, called `debtor_number` and `debtor_name`.
    """

    header: Record
    rows: tuple[Record, ...]
    above: tuple[int, ...] = ()
    totals: tuple[int, ...] = ()
    debtor_lines: tuple[int, ...] = ()


def lay_out(records: Sequence[Record], column_of: Callable[[str], str | None], head_row: int | None = None) -> Layout:
    """Find the column names and the invoices in a table.

    Args:
        records: All rows with any text, at least one.
        column_of: Gives the column that a heading means, None when it is not known.
        head_row: Line of the column names, where a person has said so.
    """
    at = _head(records, column_of, head_row)
    header = _without_empty_end(records[at], records[at + 1 :])
    names = [column_of(cell) for cell in header.cells]
    fitted = [_fitted(record, names) for record in records[at + 1 :]]
    own = {"debtor_number", "debtor_name"}.isdisjoint(names)
    lines = {row.line: found for row in fitted if own and (found := _debtor_line(row)) is not None}
    totals = [row.line for row in fitted if _is_total(row, names)]
    rows: list[Record] = []
    debtor = ("", "")
    for row in fitted:
        if row.line in lines:
            debtor = lines[row.line]
        elif row.line in totals:
            debtor = ("", "")
        else:
            rows.append(replace(row, cells=(*row.cells, *debtor)) if lines and row.problem is None else row)
    if lines:
        header = replace(header, cells=(*header.cells, "debtor_number", "debtor_name"))
    above = tuple(record.line for record in records[:at])
    return Layout(header, tuple(rows), above, tuple(totals), tuple(lines))


def _head(records: Sequence[Record], column_of: Callable[[str], str | None], head_row: int | None) -> int:
    """Place of the row that names most columns; of several the first."""
    if head_row is not None:
        return next((place for place, each in enumerate(records) if each.line >= head_row), 0)
    found = [len({name for cell in each.cells if (name := column_of(cell))}) for each in records[:_HEAD_WITHIN]]
    best = max(found)
    # One word may stand in any title; a line of column names has several, or is the first.
    return found.index(best) if best >= 3 else 0


def _without_empty_end(header: Record, rows: Sequence[Record]) -> Record:
    """The column names without empty ones at the end, under which nothing stands."""
    cells, width = list(header.cells), len(header.cells)
    while cells and not cells[-1] and not any(len(row.cells) == width and row.cells[len(cells) - 1] for row in rows):
        cells.pop()
    return replace(header, cells=tuple(cells))


def _fitted(record: Record, names: Sequence[str | None]) -> Record:
    """A row without empty cells behind the last column, and with several addresses in one cell."""
    cells, width = list(record.cells), len(names)
    if record.problem is not None or len(cells) <= width:
        return record
    while len(cells) > width and not cells[-1]:
        cells.pop()
    more = len(cells) - width
    if more > 0 and "email" in names:
        # a@x.example; b@x.example without quotes, in a table whose separator is the semicolon.
        place = names.index("email")
        several = cells[place : place + more + 1]
        if all("@" in cell and " " not in cell for cell in several):
            cells[place : place + more + 1] = ["; ".join(several)]
    return replace(record, cells=tuple(cells))


def _is_total(row: Record, names: Sequence[str | None]) -> bool:
    """Whether a row adds up others: it says so, and is of no day."""
    told = dict(zip(names, row.cells, strict=False))
    first = next((cell for cell in row.cells if cell), "")
    if (
        row.problem is not None
        or told.get("invoice_date")
        or told.get("due")
        or told.get("number", "") not in ("", first)
    ):
        return False
    return _TOTAL.match(bare_word(first)) is not None


def _debtor_line(row: Record) -> tuple[str, str] | None:
    filled = [] if row.problem is not None else [cell for cell in row.cells if cell]
    found = _DEBTOR.fullmatch(filled[0]) if len(filled) == 1 else None
    return None if found is None else (found["number"], found["name"] or "")
