"""The columns of a list as a whole: what one cell means is often only clear among its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from intake.findings import Unreadable, shown
from intake.open_items.columns import DAYS
from intake.open_items.csv_records import Record
from intake.open_items.headings import Headings
from intake.open_items.list_state import ListState
from intake.written.amounts import WrittenAmount, proven_mark, read_written_amount, settle
from intake.written.dates import (
    MonthFirst,
    ShortYear,
    could_be_month_first,
    could_be_year_first,
    is_day_first,
    read_written_date,
)

__all__ = ["WholeColumns"]

_AMOUNTS: Final = ("amount", "open", "paid", "promise_amount")


class WholeColumns:
    """The columns of one list; what they show is kept in the state of its reading."""

    def __init__(self, state: ListState, headings: Headings) -> None:
        self.state = state
        self.headings = headings

    def settle_amounts(self, rows: Sequence[Record], places: Mapping[str, int]) -> None:
        """Read the amount columns as a whole, because `1.234` is only clear among its neighbours."""
        for name in _AMOUNTS:
            if name not in places:
                continue
            written: dict[int, WrittenAmount] = {}
            for row in rows:
                if cell := row.cells[places[name]]:
                    try:
                        written[row.line] = read_written_amount(cell)
                    except Unreadable as problem:
                        self.state.amounts[row.line, name] = problem
            mapping = self.headings.mapping
            mark = (mapping.decimal_mark if mapping is not None else None) or proven_mark(written.values())
            for line, amount in written.items():
                if amount.currency is not None:
                    self.state.currencies[line, name] = amount.currency
                try:
                    self.state.amounts[line, name] = settle(amount, mark)
                except Unreadable as problem:
                    self.state.amounts[line, name] = problem

    def settle_short_years(self, line: int, rows: Sequence[Record], places: Mapping[str, int]) -> None:
        """Find out of each column whether `3-4-26` ends in its year; ask once where it does not show."""
        today = self.state.today
        earliest, latest = today - timedelta(days=3650), today + timedelta(days=730)
        for name in sorted(DAYS):
            cells = [row.cells[places[name]] for row in rows] if name in places else []
            short = [cell for cell in cells if _has_short_year(self.headings.cell(name, cell))]
            if not short:
                continue
            if all(could_be_year_first(cell, earliest, latest) for cell in short) and not any(map(is_day_first, cells)):
                reason = (
                    f"{shown(short[0])} has a year of two digits, and may begin or end with it: write the year in full,"
                    " or say date_order in a mapping"
                )
                self.state.asked[name] = self.state.note(line, name, reason)
            else:
                self.state.short_years.add(name)

    def remark_on_month_first(self, rows: Sequence[Record], places: Mapping[str, int]) -> None:
        """Warn when one date of a column shows that the others may have been read the wrong way round."""
        for name in sorted(DAYS):
            if name not in places:
                continue
            proof: int | None = None
            others: list[int] = []
            for row in rows:
                cell = self.headings.cell(name, row.cells[places[name]])
                if could_be_month_first(cell):
                    others.append(row.line)
                elif cell and proof is None:
                    try:
                        read_written_date(cell)
                    except MonthFirst:
                        proof = row.line
                    except Unreadable:
                        continue  # said again, and with its place, when the row is read
            if proof is not None and others:
                example = ", ".join(str(line) for line in others[:5]) + (", …" if len(others) > 5 else "")
                self.state.note(
                    proof,
                    name,
                    "this column seems to have the month first, but dates are read with the day first:"
                    f" check line {example} before you import, or export the dates as 2026-03-01",
                    "warning",
                )


def _has_short_year(cell: str) -> bool:
    try:
        read_written_date(cell)
    except ShortYear:
        return True
    except Unreadable:
        return False
    return False
