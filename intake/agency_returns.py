"""Reads the return file of a partner: a CSV with a report a line (`docs/handoff.md`). Pure: bytes in, reports out."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass

from domain.handoffs.reports import MONEY, Report, UnreadableReport

__all__ = ["COLUMNS", "MAX_BYTES", "BadReturnFile", "ReturnedReports", "read_return_file"]

COLUMNS = (
    "id",
    "submission",
    "reference",
    "case",
    "status",
    "on",
    "amount",
    "currency",
    "payment",
    "reason",
    "code",
    "until",
)
"""The columns, by the names of the fields in `docs/agency.openapi.yaml`; `status` must be there, and whose it is."""
MAX_BYTES = 20_000_000


class BadReturnFile(ValueError):
    """It is no return file; the text names the line where there is one, and what would be right."""


@dataclass(frozen=True, slots=True)
class ReturnedReports:
    """A return file as read.

    Attributes:
        sha256: Hash of all its bytes: by it the file is taken once.
        reports: Its reports, in file order.
    """

    sha256: str
    reports: tuple[Report, ...]


def read_return_file(content: bytes) -> ReturnedReports:
    """Read a return file. It is taken as a whole or not at all: half a file would be counted as all of it.

    Money needs an id of the partner's, for two equal payments are two. Any other line without one gets the hash of
    what it says: it says it once, in however many files.

    Args:
        content: Its bytes: UTF-8, with semicolons or commas between the columns.

    Raises:
        BadReturnFile: it can't be read.
    """
    if len(content) > MAX_BYTES:
        raise BadReturnFile(f"the file is larger than {MAX_BYTES // 1_000_000} MB: send it in parts")
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadReturnFile(f"the file is no UTF-8, at byte {problem.start}: save it as UTF-8") from None
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") >= first.count(",") else ",")
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        if not {"status"} <= set(names) or not {"submission", "reference"} & set(names):
            raise BadReturnFile(
                "line 1: the columns status, and submission or reference, are missing; there may be "
                + ", ".join(COLUMNS)
            )
        reports = [
            _report(dict(zip(names, cells, strict=False)), rows.line_num)
            for cells in rows
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as problem:
        raise BadReturnFile(f"line {rows.line_num}: no CSV: {problem}") from None
    return ReturnedReports(digest, tuple(reports))


def _report(row: dict[str, str], line: int) -> Report:
    written = {name: row[name].strip() for name in COLUMNS if row.get(name, "").strip()}
    if "amount" in written:
        written["amount"] = _amount(written["amount"], line)
    if "id" not in written:
        if written.get("status") in MONEY:
            raise BadReturnFile(f"line {line}: id is missing: give each payment and each cost an id of its own")
        said = ";".join(f"{name}={written[name]}" for name in sorted(written))
        written["id"] = f"line:{hashlib.sha256(said.encode()).hexdigest()[:32]}"
    try:
        return Report.of(written)
    except UnreadableReport as problem:
        raise BadReturnFile(f"line {line}: {problem}") from None


def _amount(written: str, line: int) -> str:
    """An amount with a point: 1210.00; a comma with two digits behind it is one, too."""
    amount = written.replace(",", ".") if written.count(",") == 1 and "." not in written else written
    whole, _, cents = amount.removeprefix("-").partition(".")
    if not whole.isdecimal() or (cents and not cents.isdecimal()):
        raise BadReturnFile(f"line {line}: amount {written!r} is no amount: write it like 1210.00, without thousands")
    return amount
