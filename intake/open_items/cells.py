"""The cells of one row of a list of open items: texts, days, choices, amounts, with a remark where one is none."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from domain.money import Money, minor_digits
from intake.findings import Finding, Unreadable, shown
from intake.open_items.list_state import ListState
from intake.open_items.words import bare_word
from intake.written.dates import read_written_date

__all__ = ["MOST_CHARACTERS", "MOST_ID_CHARACTERS", "Cells"]

_T = TypeVar("_T")

MOST_CHARACTERS: Final = 1000
MOST_ID_CHARACTERS: Final = 64


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

    def warning(self, column: str | None, reason: str) -> Finding:
        """Say what is doubtful."""
        return self.state.note(self.line, column, reason, "warning")

    def text(self, column: str, most: int = MOST_CHARACTERS) -> str | None:
        """A cell as text; None where it is empty or no good."""
        cell = self.cells.get(column, "")
        hidden = next((character for character in cell if unicodedata.category(character) in ("Cc", "Cs")), None)
        if len(cell) > most:
            self.error(column, f"this has {len(cell)} characters: shorten it to at most {most}")
        elif hidden is not None:
            self.error(column, f"this holds an invisible control character (code {ord(hidden)}): type the text again")
        else:
            return cell or None
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
            return read_written_date(cell)
        except Unreadable as problem:
            self.error(column, str(problem))
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
            self.error(column, f"{shown(cell)} is not one of the possible values: write {expected}")
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
