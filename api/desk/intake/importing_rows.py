"""The rows of an import as a page shows them: what is wrong first, by kind, a hundred at a time."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from services.importing.results import OPENED, UNCHANGED
from services.importing.uploads import ToldFile
from services.importing.words import SAID
from speech.sentences import say
from speech.words import tr

__all__ = ["KINDS", "Listing", "Row", "errors_as_csv", "shown_rows", "what_text"]

PAGE = 100
KINDS = ("fout", "let-op", "nieuw", "anders", "gelijk")
"""Kinds of rows, in the order in which they are shown; they stand in the address."""

_DEFUSED = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: of an invoice what becomes of it, or of a place in a file what is to be said of it."""

    kind: str
    file: str
    line: int | None
    number: str
    case: str
    what: str
    column: str | None
    says: str
    debtor: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is shown.

    Attributes:
        kind: The kind that is chosen; empty for all.
        counts: How many rows of each kind there are.
        rows: Those of this page; `first` is the place of the first.
        total: How many of the chosen kind there are.
        became: How many of each thing became, by its code.
        rules: How many rules of a standard are broken, which changes nothing.
        stay: How many cases stay as they were where a list is refused as a whole.
        files: How many files.
    """

    kind: str
    counts: dict[str, int]
    rows: tuple[Row, ...]
    first: int
    total: int
    became: dict[str, int]
    rules: int
    stay: int
    files: int

    @property
    def next_first(self) -> int | None:
        """Place of the first row of the next page."""
        return self.first + PAGE if self.first + PAGE < self.total else None

    @property
    def previous(self) -> int | None:
        """Place of the first row of the page before."""
        return max(0, self.first - PAGE) if self.first else None


def what_text(what: str) -> str:
    """What became of an invoice, in words."""
    return tr(SAID[what])


def shown_rows(outcome: Sequence[ToldFile], kind: str, first: int) -> Listing:
    """What a page shows.

    Args:
        outcome: What became of each file.
        kind: One of `KINDS`, else all.
        first: Place of the first row.
    """
    rows = sorted(_rows(outcome), key=lambda row: (KINDS.index(row.kind), row.file, row.line is None, row.line or 0))
    counts = Counter(row.kind for row in rows)
    chosen = [row for row in rows if row.kind == kind] if kind in KINDS else rows
    became = Counter(row.what for each in outcome for row in each.rows)
    return Listing(
        kind=kind if kind in KINDS else "",
        counts={each: counts[each] for each in KINDS},
        rows=tuple(chosen[first : first + PAGE]),
        first=first,
        total=len(chosen),
        became={what: became[what] for what in SAID if became[what]},
        rules=sum(remark.is_rule for each in outcome for remark in each.remarks),
        stay=sum(each.stay or 0 for each in outcome),
        files=len(outcome),
    )


def _rows(outcome: Iterable[ToldFile]) -> Iterable[Row]:
    for each in outcome:
        name = PurePath(each.file).name
        for remark in each.remarks:
            if not remark.is_rule:
                kind = "fout" if remark.severity == "error" else "let-op"
                yield Row(kind, name, remark.line, "", "", "", remark.column, remark.reason)
        for row in each.rows:
            kind = {OPENED: "nieuw", UNCHANGED: "gelijk"}.get(row.what, "anders")
            yield Row(kind, name, row.line, row.number, row.case, row.what, None, row.says, row.debtor)


def errors_as_csv(outcome: Sequence[ToldFile]) -> bytes:
    """What is wrong and doubtful, as a list: file, line, column, what to do. No cell is a formula."""
    text = io.StringIO()
    written = csv.writer(text, delimiter=";", lineterminator="\r\n")
    written.writerow([tr("File"), tr("Line"), tr("Column"), tr("What is wrong, and what to do")])
    for row in _rows(outcome):
        if row.kind in ("fout", "let-op"):
            written.writerow(
                [_plain(each) for each in (row.file, str(row.line or ""), row.column or "", say(row.says))]
            )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_DEFUSED) else cell
