"""What is known across the rows of a list of open items while it is read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.invoice import Kind
from domain.money import Money
from intake.findings import Finding, Severity, Unreadable

__all__ = ["STATUS", "BrokenRow", "ListState", "SettledItem"]


@dataclass(frozen=True, slots=True)
class SettledItem:
    """A row with nothing open: of an invoice that is being collected it says that the rest was paid.

    Attributes:
        line: Line in the file, counted from 1.
        key: The part of the case id that names the invoice; see `case_key`.
        number: Invoice number.
        currency: ISO 4217 code of its amounts.
        finding: The remark that it was left out, which holds only when nothing is known of the invoice.
        over: What was paid beyond the invoice, in `currency`.
        debtor_id: The debtor, where the row names him.
        invoice_date: Day of the invoice.
        due: The day on which it was due.
        term_of: Key of the invoice of which it is a term; None where it is no term.
    """

    line: int
    key: str
    number: str
    currency: str
    finding: Finding
    over: Money | None = None
    debtor_id: str | None = None
    invoice_date: date | None = None
    due: date | None = None
    term_of: str | None = None


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that gave no item: of an invoice that is being collected it may still say what is open.

    Attributes:
        line: Line in the file, counted from 1.
        key: The part of the case id that names the invoice, None where that can't be read.
        numbers: What may be its invoice number: one, or any cell of a row that could not be taken apart.
        amount: What was invoiced, where that is certain.
        open: What is open, where that is certain; None means that nobody knows.
        forgiven: The only error of the row when it is none for an invoice that is known.
    """

    line: int
    key: str | None
    numbers: tuple[str, ...]
    amount: Money | None = None
    open: Money | None = None
    forgiven: Finding | None = None


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
        repeated: Key of an invoice → lines on which it came, where there are several.
        credited: Invoice number → line with a negative amount.
        names: Debtor id → name and line.
        remarked: Debtor ids about whose name something was said.
        settled: The rows with nothing open.
        broken: The rows that gave no item.
        told_terms: Key of an invoice whose rows are its terms → the remark that says so.
        short_years: Columns of days whose years of two digits are known to stand at the end.
        default_kind: What a debtor is of whom the list does not say it.
        asked: Columns of days whose years of two digits were asked about, with the question.
    """

    def __init__(self, file: str, today: date) -> None:
        self.file = file
        self.today = today
        self.findings: list[Finding] = []
        self.headers: dict[str, str] = {}
        self.amounts: dict[tuple[int, str], Decimal | Unreadable] = {}
        self.currencies: dict[tuple[int, str], str] = {}
        self.first_line: dict[str, int] = {}
        self.repeated: dict[str, list[int]] = {}
        self.credited: dict[str, int] = {}
        self.names: dict[str, tuple[str, int]] = {}
        self.remarked: set[str] = set()
        self.settled: list[SettledItem] = []
        self.broken: list[BrokenRow] = []
        self.told_terms: dict[str, Finding] = {}
        self.short_years: set[str] = set()
        self.default_kind: Kind | None = None
        self.asked: dict[str, Finding] = {}

    def note(self, line: int, column: str | None, reason: str, severity: Severity = "error") -> Finding:
        """Add a remark and give it; `column` is a documented name and is shown as the file writes it."""
        shown_as = None if column is None else self.headers.get(column, column)
        finding = Finding(self.file, line, shown_as, reason, severity)
        self.findings.append(finding)
        return finding
