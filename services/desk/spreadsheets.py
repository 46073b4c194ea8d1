"""Tables as files that a spreadsheet opens: XLSX and CSV, written row by row, so that their length costs no memory.

What people wrote is never a formula. A cell of XLSX says itself that it is text; in CSV, where a spreadsheet guesses, a
text that begins like a formula gets an apostrophe before it (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Literal

import xlsxwriter  # type: ignore[import-untyped]

__all__ = ["Cell", "Heading", "defused", "write_csv", "write_xlsx"]

Cell = str | int | Decimal | date | None
"""What a cell holds."""

_FORMULAS = "=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20"
"""What a spreadsheet may take a text for, that begins with one of these."""
_LONGEST = 32_767
"""Signs of a cell of Excel."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column: its words, and how wide it is, in signs."""

    words: str
    width: int = 14


def write_xlsx(to: IO[bytes], name: str, headings: Sequence[Heading], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as XLSX; returns how many rows it has.

    Args:
        to: Where to.
        name: Name of its sheet.
        headings: One for each column.
        rows: Its rows.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": False,
    }
    book = xlsxwriter.Workbook(to, options)
    sheet = book.add_worksheet("".join(sign for sign in name if sign not in "[]:*?/\\")[:31] or "1")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    amount = book.add_format({"num_format": "#,##0.00##"})
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(headings):
        sheet.set_column(place, place, heading.width)
        sheet.write_string(0, place, heading.words, bold)
    number = 0
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                sheet.write_string(number, place, cell[:_LONGEST])
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell, day)
            elif isinstance(cell, Decimal):
                # A number of Excel has fifteen digits; what has more stays exact as text.
                exact = len(cell.as_tuple().digits) <= 15
                sheet.write_number(number, place, cell, amount) if exact else sheet.write_string(
                    number, place, str(cell)
                )
            else:
                sheet.write_number(number, place, cell)
    sheet.autofilter(0, 0, max(1, number), len(headings) - 1)
    book.close()
    return number


def write_csv(
    to: IO[bytes],
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Cell]],
    *,
    decimal: Literal[",", "."] = ",",
) -> int:
    """Write a table as CSV, as the spreadsheets of a language read it; returns how many rows it has.

    Args:
        to: Where to.
        headings: One for each column.
        rows: Its rows.
        decimal: The decimal sign; with a comma a semicolon stands between cells.
    """
    text = io.TextIOWrapper(to, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";" if decimal == "," else ",", lineterminator="\r\n")
    writer.writerow([defused(heading.words) for heading in headings])
    number = 0
    for row in rows:
        writer.writerow([_plain(cell, decimal) for cell in row])
        number += 1
    text.detach()
    return number


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    begins = {text[:1], text.lstrip()[:1]} - {""}
    return f"'{text}" if any(sign in _FORMULAS for sign in begins) else text


def _plain(cell: Cell, decimal: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return defused(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).replace(".", decimal)
