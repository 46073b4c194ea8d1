"""Rows of a list of open items, and what reading them gives."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from domain.money import Money
from intake.findings import Finding
from intake.open_item import OpenItem
from intake.open_items.reading import OpenItemsFile, read_open_items

TODAY = date(2026, 4, 1)


GOOD = {
    "number": "F-1",
    "debtor_number": "1001",
    "debtor_name": "Bakkerij De Korenaar",
    "kind": "business",
    "invoice_date": "2026-03-01",
    "due": "2026-03-15",
    "amount": "100,00",
}


def read(data: bytes | str) -> OpenItemsFile:
    return read_open_items(data.encode() if isinstance(data, str) else data, file="open.csv", today=TODAY)


def table(*rows: dict[str, str], without: Iterable[str] = ()) -> str:
    """Build a file of good rows, each with its own changes; a column exists when any row names it."""
    names = list(dict.fromkeys([*GOOD, *(name for row in rows for name in row)]))
    names = [name for name in names if name not in set(without)]
    lines = [";".join(names)]
    for place, row in enumerate(rows, start=1):
        cells = {**GOOD, "number": f"F-{place}", **row}
        lines.append(";".join(cells.get(name, "") for name in names))
    return "\n".join(lines) + "\n"


def item(**changes: str) -> OpenItem:
    result = read(table(changes))
    assert [str(finding) for finding in result.findings if finding.severity == "error"] == []
    return result.items[0]


def only_finding(result: OpenItemsFile) -> Finding:
    assert len(result.findings) == 1, [str(finding) for finding in result.findings]
    return result.findings[0]


def refused(**changes: str) -> Finding:
    """Read one row with these changes, and give the single error that must leave it out."""
    result = read(table(changes))
    finding = only_finding(result)
    assert (result.items, finding.line, finding.severity) == ((), 2, "error")
    return finding


def dropped(**changes: str) -> Finding:
    """Read one row with these changes, and give the single warning that leaves out the cell, not the invoice."""
    result = read(table(changes))
    finding = only_finding(result)
    (column, *_) = changes
    value = getattr(result.items[0], column)
    assert (value in (None, ()), finding.line, finding.severity) == (True, 2, "warning")
    return finding


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")
