"""The table of `case list`: one line a case, however narrow the window; amounts and days late are never cut.

Rich takes half a millisecond a row, which is too long for 20,000.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from itertools import repeat

from rich.cells import cell_len, set_cell_size

from speech.words import tr

__all__ = ["NARROW", "lines_of"]

NARROW = 110
"""Below so many characters what comes next and the remarks share a column, and the stage is left out."""

_GAP = "  "
_WISHED = {"debtor": 24, "invoice": 14, "stage": 12, "next": 24, "next, and remarks": 30, "remarks": 30}
_LEAST = {"debtor": 14, "invoice": 9, "stage": 7, "next": 10, "next, and remarks": 10, "remarks": 6}
"""How far a column gives way in a window without room: first down to what it wishes, then further, in this order."""


def lines_of(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, right: Sequence[str] = ()
) -> list[str]:
    """The heading and a line for each row.

    Args:
        columns: Headings.
        rows: The cells, as many in each row as there are columns.
        width: Characters of a line; None for as many as it takes.
        right: Headings of the columns whose values stand to the right.
    """
    headings = [tr(name) for name in columns]
    # Column by column: most cells of a column stand in it many times.
    cells = list(zip(*rows, strict=True)) or [()] * len(headings)
    plain = [_each_on_one_line(set(column)) for column in cells]
    widths = [max(_length(head), _widest(said.values())) for head, said in zip(headings, plain, strict=True)]
    if width is not None:
        _make_room(columns, widths, width)
    drawn: list[list[str]] = []
    for name, head, column, said, wide in zip(columns, headings, cells, plain, widths, strict=True):
        to_the_right, last = name in right, name == columns[-1]
        shaped = _each_shaped(said, wide, to_the_right=to_the_right, last=last)
        first = _shaped(head, wide, to_the_right=to_the_right, last=last)
        drawn.append([first, *map(shaped.__getitem__, column)])
    return [line.rstrip() for line in map(_GAP.join, zip(*drawn, strict=True))]


def _make_room(columns: Sequence[str], widths: list[int], width: int) -> None:
    """Take from the columns that may be cut what the window has no room for."""
    for bounds in (_WISHED, _LEAST):
        for name, least in bounds.items():
            over = sum(widths) + len(_GAP) * (len(widths) - 1) - width
            if over > 0 and name in columns:
                place = columns.index(name)
                widths[place] = max(min(widths[place], least), widths[place] - over)


# What is printable and in ASCII is known of all cells of a column at once: then nothing need be asked of each.


def _each_on_one_line(cells: Set[str]) -> dict[str, str]:
    if "".join(cells).isprintable():
        return dict(zip(cells, cells, strict=True))
    return {cell: _on_one_line(cell) for cell in cells}


def _widest(texts: Collection[str]) -> int:
    return max(map(len if "".join(texts).isascii() else cell_len, texts), default=0)


def _each_shaped(said: Mapping[str, str], width: int, *, to_the_right: bool, last: bool) -> Mapping[str, str]:
    texts = said.values()
    if not "".join(texts).isascii() or _widest(texts) > width:
        return {cell: _shaped(text, width, to_the_right=to_the_right, last=last) for cell, text in said.items()}
    if last and not to_the_right:
        return said
    justified = map(str.rjust if to_the_right else str.ljust, texts, repeat(width))
    return dict(zip(said, justified, strict=True))


def _on_one_line(cell: str) -> str:
    return cell if cell.isprintable() else "".join(filter(str.isprintable, " ".join(cell.split())))


def _length(cell: str) -> int:
    return len(cell) if cell.isascii() else cell_len(cell)


def _shaped(cell: str, width: int, *, to_the_right: bool, last: bool) -> str:
    length = _length(cell)
    if length > width:
        return set_cell_size(set_cell_size(cell, width - 1).rstrip() + "…", width)
    room = " " * (width - length)
    return room + cell if to_the_right else cell if last else cell + room
