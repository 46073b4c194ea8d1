"""Bytes of a table (comma, semicolon or tab; any usual encoding) into rows of cells with line numbers."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from intake.findings import Unreadable

MAX_BYTES = 50 * 1024 * 1024
_DELIMITERS = ";,\t"
_HEAD_WITHIN = 30
_SEEN_AS = {
    b"PK\x03\x04": "a damaged Excel workbook, or another ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook or one with a password",
    b"%PDF": "a PDF",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table.

    Attributes:
        line: Line on which the row starts, counted from 1.
        last_line: Line on which it ends; later than `line` only when a quoted cell holds line breaks.
        cells: Its cells, each with outer and repeated white space removed; of a row with a problem, whatever stands
            between separators.
        problem: Why the row could not be taken apart, in a sentence, or None.
    """

    line: int
    last_line: int
    cells: tuple[str, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text of a file.

    Attributes:
        text: The text, without byte order mark.
        guessed_cp1252: Whether the bytes were no Unicode, and were read as Western European (Windows-1252).
    """

    text: str
    guessed_cp1252: bool


def decode_table(data: bytes) -> DecodedText:
    """Turn the bytes of a file into text: UTF-8, UTF-16 with a byte order mark, else Windows-1252.

    Args:
        data: The whole file.

    Returns:
        The text, and whether the encoding is a guess.

    Raises:
        Unreadable: The file is too large, or no text.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file is larger than {MAX_BYTES // 1024 // 1024} MB: split it and import the parts")
    for magic, seen_as in _SEEN_AS.items():
        if data.startswith(magic):
            raise Unreadable(f"this is {seen_as}, not a CSV file: open it and save the list as XLSX or CSV (UTF-8)")
    no_text = Unreadable("this is not a text file: export the open items as CSV (UTF-8)")
    guessed = False
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        elif b"\x00" in data:
            raise no_text
        else:
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text, guessed = data.decode("cp1252"), True
    except UnicodeDecodeError:
        raise no_text from None
    if "\x00" in text:
        raise no_text
    return DecodedText(text, guessed)


def read_records(text: str, *, known: Callable[[str], bool]) -> Iterator[Record]:
    """Take a table apart, the header first; rows without any text are left out.

    The delimiter is the one of comma, semicolon and tab under which the header holds most known columns. A
    first line `sep=;`, as Excel writes it, decides instead. Quotes follow RFC 4180.

    Args:
        text: The table.
        known: Tells whether a header cell is the name of a known column.

    Yields:
        The rows in file order. A row that can't be taken apart has a `problem`; reading goes on behind it.
    """
    delimiter, skipped = _delimiter(text, known)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[str] = []
    while True:
        line = reader.line_num + 1
        problem = None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _problem(str(error), line, reader.line_num)
            lines = lines or text.splitlines()
            lost = "\n".join(lines[line - 1 : reader.line_num]).replace('"', "")
            row = re.split(rf"[{delimiter}\n]", lost)
        if line <= skipped:
            continue
        cells = tuple(" ".join(cell.split()) for cell in row)
        if problem is not None or any(cells):
            yield Record(line, max(line, reader.line_num), cells, problem)


def _problem(error: str, line: int, last_line: int) -> str:
    if "end of data" in error or "field limit" in error:
        lost = "" if last_line <= line else f"; lines {line} to {last_line} could not be read"
        if "field limit" in error:
            return f'a cell in this row is far too long: a quote mark (") may be open and not closed{lost}'
        return f'a quote mark (") is opened in this row and not closed: close it, or remove it{lost}'
    return 'there is text behind a closing quote mark ("): write a quote mark inside a quoted cell twice ("")'


def _delimiter(text: str, known: Callable[[str], bool]) -> tuple[str, int]:
    """Give the delimiter, and the number of the `sep=` line to pass over (0: none)."""
    best, delimiter = (0, 0), _DELIMITERS[0]
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        header = line.strip("\n")
        if not header.strip():
            continue
        if best == (0, 0) and header.lower().startswith("sep=") and len(header) == 5 and header[4] in _DELIMITERS:
            return header[4], number
        # Lines may stand above the column names: the one counts in which most are known.
        for each in _DELIMITERS:
            fit = _fit(header, each, known)
            if fit > best and (fit[0] > best[0] or best[0] == 0):
                best, delimiter = fit, each
        if number > _HEAD_WITHIN:
            break
    return delimiter, 0


def _fit(header: str, delimiter: str, known: Callable[[str], bool]) -> tuple[int, int]:
    try:
        cells = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return 0, 0
    return sum(known(cell) for cell in cells), len(cells)
