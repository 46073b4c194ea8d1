"""What is known across the rows of a list of open items while it is read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from intake.findings import Finding, Severity, Unreadable

__all__ = ["STATUS", "ListState", "SettledItem"]


@dataclass(frozen=True, slots=True)
class SettledItem:
    """A row with nothing open: of an invoice that is being collected it says that the rest was paid.

    Attributes:
        line: Line in the file, counted from 1.
        key: The part of the case id that names the invoice; see `case_key`.
        number: Invoice number.
        currency: ISO 4217 code of its amounts.
        finding: The remark that it was left out, which holds only when nothing is known of the invoice.
    """

    line: int
    key: str
    number: str
    currency: str
    finding: Finding


STATUS: Final = ("kind", "natural_person", "in_business", "government")
"""Columns that tell a business from a consumer."""


class ListState:
    """What is known across the rows of a list while it is read, and the remarks on it so far.

    Attributes:
        file: Name of the list, for the findings.
        today: The day of the import.
        findings: The remarks so far.
        headers: Documented column name → name as the file writes it.
        amounts: The amounts by line and column, or why they can't be read.
        currencies: The currencies that stand beside amounts, by line and column.
        first_line: Key of each invoice → line on which it came first.
        credited: Invoice number → line with a negative amount.
        names: Debtor id → name and line.
        remarked: Debtor ids about whose name something was said.
        settled: The rows with nothing open.
    """

    def __init__(self, file: str, today: date) -> None:
        self.file = file
        self.today = today
        self.findings: list[Finding] = []
        self.headers: dict[str, str] = {}
        self.amounts: dict[tuple[int, str], Decimal | Unreadable] = {}
        self.currencies: dict[tuple[int, str], str] = {}
        self.first_line: dict[str, int] = {}
        self.credited: dict[str, int] = {}
        self.names: dict[str, tuple[str, int]] = {}
        self.remarked: set[str] = set()
        self.settled: list[SettledItem] = []

    def note(self, line: int, column: str | None, reason: str, severity: Severity = "error") -> None:
        """Add a remark; `column` is a documented name and is shown as the file writes it."""
        shown_as = None if column is None else self.headers.get(column, column)
        self.findings.append(Finding(self.file, line, shown_as, reason, severity))
