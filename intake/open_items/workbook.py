"""A sheet of an Excel workbook (XLSX) as rows of cells, in the form in which a CSV file would give them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import IO, Final

from intake.findings import Unreadable, shown
from intake.open_items.csv_records import Record

__all__ = ["is_workbook", "read_sheet"]

_MOST_BYTES: Final = 300_000_000
"""Size up to which a workbook is unpacked."""

_MOST_CELLS: Final = 5_000_000
"""Cells up to which a sheet is read, empty ones among them: one cell in the last corner would fill the memory."""

_MOST_ROWS_TRIED: Final = 30
_DAMAGED: Final = "this workbook can't be read: open it, save it anew as XLSX (without a password), and try again"
_REFERENCE: Final = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are an Excel workbook in its form since 2007."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            return any(name.startswith("xl/") for name in packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def read_sheet(data: bytes, *, sheet: str | None, known: Callable[[str], bool]) -> tuple[str, list[Record]]:
    """The rows of one sheet that hold anything.

    Args:
        data: The workbook.
        sheet: Name of the sheet; None for the only one that holds a list.
        known: Tells whether a cell is the name of a known column.

    Returns:
        Name of the sheet, and its rows; a number is written with a point and without thousands marks, a day as
        `2026-03-01`.

    Raises:
        Unreadable: it is no workbook that can be read, or too large, or nobody can tell which sheet is meant.
    """
    # Imported here: a list in CSV does not need it.
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bombs(data)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        names = book.sheet_names
        if sheet is not None:
            named = next((name for name in names if name.casefold() == sheet.casefold()), None)
            if named is None:
                told = ", ".join(shown(name) for name in names)
                raise Unreadable(f"there is no sheet {shown(sheet)} in this workbook: it has {told}")
            return named, list(_records(book.get_sheet_by_name(named).to_python(skip_empty_area=False)))
        found = {name: list(_records(book.get_sheet_by_name(name).to_python(skip_empty_area=False))) for name in names}
    except (CalamineError, OSError, ValueError, OverflowError):
        raise Unreadable(_DAMAGED) from None
    filled = {name: records for name, records in found.items() if records}
    if not filled:
        raise Unreadable("the workbook is empty: export the open items again")
    if len(filled) == 1:
        return next(iter(filled.items()))
    fits = {name: max(_fit(each, known) for each in records[:_MOST_ROWS_TRIED]) for name, records in filled.items()}
    lists = [name for name, fit in fits.items() if fit >= 3]
    if len(lists) == 1:
        return lists[0], filled[lists[0]]
    told = ", ".join(shown(name) for name in (lists or filled))
    raise Unreadable(f"this workbook has several sheets ({told}): say which one with --sheet, or `sheet` in a mapping")


def _fit(record: Record, known: Callable[[str], bool]) -> int:
    return sum(known(cell) for cell in record.cells)


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > _MOST_BYTES:
                raise Unreadable(f"the workbook is larger than {_MOST_BYTES // 1_000_000} MB when it is unpacked")
            for each in packed.infolist():
                if each.filename.startswith("xl/worksheets/") and each.filename.endswith(".xml"):
                    with packed.open(each) as file:
                        _refuse_wide(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        raise Unreadable(_DAMAGED) from None


def _refuse_wide(file: IO[bytes]) -> None:
    """Refuse a sheet whose cells lie so far apart that the empty ones between them would fill the memory."""
    rows = columns = 0
    rest = b""
    while part := file.read(1_000_000):
        text = rest + part
        for letters, digits in _REFERENCE.findall(text):
            rows = max(rows, int(digits))
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            columns = max(columns, column)
        rest = text[-40:]
    if rows * columns > _MOST_CELLS:
        raise Unreadable(
            f"a sheet of this workbook reaches to row {rows} and column {columns}: delete what lies outside of the list"
        )


def _records(rows: Sequence[Sequence[object]]) -> Iterator[Record]:
    for line, row in enumerate(rows, start=1):
        cells = tuple(" ".join(_text(value).split()) for value in row)
        if any(cells):
            yield Record(line, line, cells)


def _text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case float():
            return _number(value)
        case datetime():
            return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _number(value: float) -> str:
    """A number as it was meant: sums of cents end in a digit far behind the point."""
    exact = Decimal(repr(round(value, 6)))
    if exact == exact.to_integral_value():
        return str(int(exact))
    text = f"{exact:f}".rstrip("0")
    # Three decimals would look like thousands (1.234), and are none.
    return text + "0" if len(text.rpartition(".")[2]) == 3 else text
