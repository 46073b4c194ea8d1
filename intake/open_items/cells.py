"""The cells of one row of a list of open items: texts, days, choices, amounts, with a remark where one is none."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from domain.money import Money, minor_digits
from intake.findings import Finding, Unreadable, shown
from intake.open_items.list_state import ListState
from intake.open_items.words import bare_word
from intake.written.dates import ShortYear, read_written_date

__all__ = ["MOST_CHARACTERS", "MOST_ID_CHARACTERS", "SIDE_COLUMNS", "Cells", "is_damaged"]

_T = TypeVar("_T")

SIDE_COLUMNS: Final = frozenset(
    (
        *("contact_name", "email", "phone", "street", "house_number", "city", "country", "language", "kind"),
        *("reference", "payment_reference", "payment_link", "product", "delivered_on", "document", "tags"),
    )
)
"""Columns without which an invoice is the same invoice: what can't be used in them is left out with a warning."""

_DAMAGED: Final = re.compile(r"-?[0-9](?:[.,][0-9]+)?E[+-]?[0-9]+|#[A-Z/0-9ÉÜ]+[!?]?|#N/[A-Z]{1,2}", re.IGNORECASE)
_DAMAGE_EXCEPT: Final = re.compile(r"#[0-9]+")
_DAMAGE_BEGINS: Final = "-#0123456789"
MOST_CHARACTERS: Final = 1000
MOST_ID_CHARACTERS: Final = 64


def is_damaged(cell: str) -> bool:
    """Whether a spreadsheet made something else of a cell: a number like `2,67E+07`, or an error like `#NAAM?`."""
    return (
        cell[:1] in _DAMAGE_BEGINS and _DAMAGED.fullmatch(cell) is not None and _DAMAGE_EXCEPT.fullmatch(cell) is None
    )


def _hidden_in(cell: str) -> str | None:
    """The first character that nobody sees; what is printable has none."""
    return next((character for character in cell if unicodedata.category(character) in ("Cc", "Cs")), None)


class Cells:
    """The cells of one row; every question to them may add a finding."""

    def __init__(self, state: ListState, line: int, cells: Mapping[str, str]) -> None:
        self.state = state
        self.line = line
        self.cells = cells
        self.errors: list[Finding] = []

    @property
    def good(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors

    def error(self, column: str, reason: str) -> None:
        """Say what is wrong, for which the row is left out."""
        self.errors.append(self.state.note(self.line, column, reason))

    def wrong(self, column: str, reason: str) -> None:
        """Say that a cell can't be used: for which the row is left out, or of a side column the cell only."""
        if column in SIDE_COLUMNS:
            self.warning(column, f"{reason}; it was left out, the invoice was not")
        else:
            self.error(column, reason)

    def warning(self, column: str | None, reason: str) -> Finding:
        """Say what is doubtful."""
        return self.state.note(self.line, column, reason, "warning")

    def text(self, column: str, most: int = MOST_CHARACTERS) -> str | None:
        """A cell as text; None where it is empty or no good."""
        cell = self.cells.get(column, "")
        if not cell:
            return None
        hidden = None if cell.isprintable() else _hidden_in(cell)
        if len(cell) > most:
            self.wrong(column, f"this has {len(cell)} characters: shorten it to at most {most}")
        elif is_damaged(cell):
            self.wrong(
                column,
                f"{shown(cell)} is what a spreadsheet left of it: format the column as text, and export the list again",
            )
        elif hidden is not None:
            self.wrong(column, f"this holds an invisible control character (code {ord(hidden)}): type the text again")
        else:
            return cell
        return None

    def needed(self, column: str, most: int = MOST_CHARACTERS) -> str | None:
        """A cell that may not be empty."""
        if not self.cells.get(column):
            self.error(column, "this is empty: fill it in")
        return self.text(column, most)

    def day(self, column: str) -> date | None:
        """A cell as a day."""
        if not (cell := self.cells.get(column)):
            return None
        try:
            return read_written_date(cell, short_years=column in self.state.short_years)
        except ShortYear as problem:
            if (asked := self.state.asked.get(column)) is not None:
                self.errors.append(asked)  # once for the whole column
            else:
                self.wrong(column, str(problem))
        except Unreadable as problem:
            self.wrong(column, str(problem))
        return None

    def past(self, column: str, invoice_date: date | None) -> date | None:
        """Read the day of something that has happened to the invoice already."""
        day = self.day(column)
        if day is not None and day > self.state.today:
            self.error(column, f"{day} lies after today ({self.state.today}): this can't have happened yet")
        elif day is not None and invoice_date is not None and day < invoice_date:
            self.error(column, f"{day} lies before the invoice date {invoice_date}: check both dates")
        else:
            return day
        return None

    def choice(self, column: str, words: Mapping[str, _T], expected: str) -> _T | None:
        """What a cell says in one of the words that are known."""
        cell = self.cells.get(column, "")
        if not cell:
            return None
        if (found := words.get(bare_word(cell))) is None:
            self.wrong(column, f"{shown(cell)} is not one of the possible values: write {expected}")
        return found

    def money(self, column: str, currency: str) -> Money | None:
        """An amount as it was read with its column."""
        value = self.state.amounts.get((self.line, column))
        if isinstance(value, Unreadable):
            self.error(column, str(value))
        elif value is not None:
            beside = self.state.currencies.get((self.line, column), currency)
            digits = minor_digits(currency)
            if beside != currency:
                self.error(
                    column,
                    f"{shown(self.cells[column])} is in {beside} but the invoice is in {currency}:"
                    " put the currency into the column currency (valuta)",
                )
            elif digits == 0 and value % 1:
                self.error(
                    column,
                    f"{shown(self.cells[column])} has cents, which {currency} does not: check the amount",
                )
            else:
                return Money(value.quantize(Decimal(1).scaleb(-digits)), currency)
        return None
