"""Printing long tables: to the letter what `cli.output.new_table` prints, without a rich object for every cell.

Rich takes half a millisecond a row. It still says how wide the columns are, from the cells that decide it, and prints
title and headings; the rows are plain text.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from rich._wrap import divide_line
from rich.cells import cell_len
from rich.console import Console
from rich.control import strip_control_codes
from rich.table import Table
from rich.text import Text

from cli.output import new_table

__all__ = ["print_long_table"]

_GAP = 2
"""Blanks between two columns."""
_NARROW = 3
"""Columns narrower than this are squeezed ones: a character may not fit."""


def print_long_table(
    out: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: tuple[str, ...] = ()
) -> None:
    """Print a table.

    Args:
        out: Where to.
        title: Printed above it.
        columns: Headings.
        rows: The cells, as many in each row as there are columns.
        right: Headings of the columns whose values stand to the right.
    """
    rows = [tuple(text if text.isprintable() else strip_control_codes(text) for text in row) for row in rows]
    widths = _widths(out, columns, rows, right)
    if min(widths) < _NARROW:
        # So narrow a window has no room for the columns: whatever rich makes of it.
        table = new_table(title, *columns, right=right)
        for row in rows:
            table.add_row(*row)
        out.print(table)
        return
    head = new_table(title, *columns, right=right)
    for column, width in zip(head.columns, widths, strict=True):
        column.width = width
    out.print(head)
    last = len(columns) - 1
    shaped = [
        _shaped(out, cells, width, to_the_right=name in right, gap=_GAP if place < last else 0)
        for place, (name, width, cells) in enumerate(zip(columns, widths, zip(*rows, strict=True), strict=True))
    ]
    try:
        out.file.write("\n".join(map("".join, _lines(shaped))) + "\n")
        out.file.flush()
    except BrokenPipeError:
        out.on_broken_pipe()


def _widths(out: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], right: tuple[str, ...]) -> list[int]:
    """The width of each column, without the gap after it."""
    table: Table = new_table("", *columns, right=right)
    deciding = [tuple(_deciding(set(cells))) for cells in zip(*rows, strict=True)]
    for cells in zip(*deciding, strict=True):
        table.add_row(*cells)
    widths = table._calculate_column_widths(out, out.options)
    return [width - _GAP for width in widths[:-1]] + widths[-1:]


def _deciding(different: Collection[str]) -> Iterable[str]:
    """Of the cells of a column one with the longest line and one with the longest word: rich asks for no more."""
    yield max(different, key=_longest_line)
    yield max(different, key=_longest_word)


def _longest_line(text: str) -> int:
    return len(text) if _is_plain(text) else max(map(cell_len, text.splitlines()), default=0)


def _longest_word(text: str) -> int:
    return max(map(_length, text.split()), default=0)


def _length(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _is_plain(text: str) -> bool:
    """Whether a text is one line on which every character is as wide as the others."""
    return text.isascii() and text.isprintable()


def _shaped(out: Console, cells: Sequence[str], width: int, *, to_the_right: bool, gap: int) -> list[list[str]]:
    """The lines of each cell of a column, each as wide as the column with its gap."""
    behind = " " * gap
    known: dict[str, list[str]] = {}
    for text in set(cells):
        if len(text) <= width and _is_plain(text):
            known[text] = [(text.rstrip().rjust(width) if to_the_right else text.ljust(width)) + behind]
        elif not text.isprintable():
            lines = Text(text).wrap(out, width, justify="right" if to_the_right else "left", overflow="fold")
            known[text] = [line.plain + behind for line in lines]
        else:
            places = [0, *divide_line(text, width, fold=True), len(text)]
            parts = (_without_end(text[begin:end], width) for begin, end in pairwise(places))
            known[text] = [_padded(part, width, to_the_right=to_the_right) + behind for part in parts]
    return [known[text] for text in cells]


def _without_end(part: str, width: int) -> str:
    """A line without the blanks at its end that do not fit."""
    return part[: max(len(part.rstrip()), len(part) - (_length(part) - width))] if _length(part) > width else part


def _padded(text: str, width: int, *, to_the_right: bool) -> str:
    if to_the_right:
        text = text.rstrip()
        return " " * (width - _length(text)) + text
    return text + " " * (width - _length(text))


def _lines(shaped: Sequence[Sequence[list[str]]]) -> Iterator[Iterable[str]]:
    """The lines of all rows; a cell with fewer lines than another of its row goes on blank."""
    for cells in zip(*shaped, strict=True):
        if len(max(cells, key=len)) == 1:
            yield [line for (line,) in cells]
        else:
            height = max(map(len, cells))
            padded = [cell + [" " * cell_len(cell[0])] * (height - len(cell)) for cell in cells]
            yield from zip(*padded, strict=True)
