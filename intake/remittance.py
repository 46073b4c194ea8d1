"""A remittance of a collection partner: what he passes on of what was paid to him, and what he keeps (docs/handoff.md).

A CSV in UTF-8, separated by semicolons, with the header `remittance;on;kind;case;reference;report;amount;currency`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast, get_args

from domain.money import Money
from intake.findings import Finding, shown

__all__ = ["BadRemittance", "Remittance", "RemittanceKind", "RemittanceLine", "read_remittance"]

RemittanceKind = Literal["payment", "payment_reversed", "fee", "costs", "vat", "total"]
COLUMNS = ("remittance", "on", "kind", "case", "reference", "report", "amount", "currency")
_AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
_MOST_LINES = 20_000


class BadRemittance(ValueError):
    """The file can't be used; `findings` say which line and column, what is wrong, and what would be right."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep what is wrong."""
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class RemittanceLine:
    """A line: money that he passes on (`payment`), takes back (`payment_reversed`), or keeps.

    Attributes:
        line: Its number in the file; the header is 1.
        case: Our case id, or the number of the invoice.
        reference: His name for the file.
        report: His report of the payment.
    """

    line: int
    kind: RemittanceKind
    case: str
    reference: str
    report: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Remittance:
    """A whole one; `total` is what he transfers."""

    number: str
    on: date
    lines: tuple[RemittanceLine, ...]
    total: Money


def read_remittance(content: bytes, name: str) -> Remittance:
    """Read a remittance.

    Args:
        content: The file.
        name: Its name, for what is said of it.

    Raises:
        BadRemittance: a line can't be read, the lines are of several remittances, or there is not one total.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRemittance(
            (Finding(name, 1, None, f"not UTF-8, at byte {error.start}: save it so", "error"),)
        ) from None
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    if not rows or tuple(cell.strip().lower() for cell in rows[0]) != COLUMNS:
        raise BadRemittance((Finding(name, 1, None, f"the header must be {';'.join(COLUMNS)}", "error"),))
    if len(rows) > _MOST_LINES:
        raise BadRemittance((Finding(name, 1, None, f"over {_MOST_LINES} lines: divide it", "error"),))
    findings: list[Finding] = []
    read: list[tuple[str, date, RemittanceLine]] = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=False))
        wrong = list(_wrong(name, number, row, len(cells)))
        findings += wrong
        if not wrong:
            amount = Money(Decimal(row["amount"]), row["currency"])
            kind = cast(RemittanceKind, row["kind"])
            line = RemittanceLine(number, kind, row["case"], row["reference"], row["report"], amount)
            read.append((row["remittance"], date.fromisoformat(row["on"]), line))
    if not findings:
        findings += _together(name, read)
    if findings:
        raise BadRemittance(tuple(findings))
    lines = tuple(line for *_, line in read if line.kind != "total")
    total = next(line.amount for *_, line in read if line.kind == "total")
    return Remittance(read[0][0], read[0][1], lines, total)


def _wrong(name: str, number: int, row: Mapping[str, str], cells: int) -> Iterator[Finding]:
    if cells != len(COLUMNS):
        yield Finding(name, number, None, f"{cells} cells where there must be {len(COLUMNS)}", "error")
        return
    if not row["remittance"] or len(row["remittance"]) > 100:
        yield Finding(name, number, "remittance", "give its number, of at most 100 signs", "error")
    try:
        date.fromisoformat(row["on"])
    except ValueError:
        yield Finding(name, number, "on", f"{shown(row['on'])} is no day; write it like 2026-04-30", "error")
    if row["kind"] not in get_args(RemittanceKind):
        known = ", ".join(get_args(RemittanceKind))
        yield Finding(name, number, "kind", f"{shown(row['kind'])} is none of {known}", "error")
    if not _AMOUNT.fullmatch(row["amount"]):
        yield Finding(name, number, "amount", f"{shown(row['amount'])} is no amount; write it like 100.00", "error")
    if not re.fullmatch("[A-Z]{3}", row["currency"]):
        yield Finding(name, number, "currency", f"{shown(row['currency'])} is no currency; write it like EUR", "error")
    if row["kind"] in ("payment", "payment_reversed", "costs") and not (row["case"] or row["reference"]):
        yield Finding(name, number, "case", "name the case, or the reference of the file", "error")


def _together(name: str, read: list[tuple[str, date, RemittanceLine]]) -> Iterator[Finding]:
    if len({(number, on) for number, on, _ in read}) != 1:
        yield Finding(name, 1, "remittance", "all lines must be of one remittance and one day", "error")
    if len({line.amount.currency for *_, line in read}) > 1:
        yield Finding(name, 1, "currency", "all lines must be in one currency: give a file for each", "error")
    totals = sum(line.kind == "total" for *_, line in read)
    if totals != 1:
        yield Finding(name, 1, "kind", f"there must be one line `total`; found {totals}", "error")
