"""The line with the column names: which column is where, and whether the list may be read at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from intake.findings import Unreadable, shown
from intake.open_items.columns import nearest_name
from intake.open_items.csv_records import Record
from intake.open_items.headings import Headings
from intake.open_items.list_state import ListState
from intake.open_items.sides import mixes_sides, tells_sides
from intake.open_items.unread import may_say_what_is_open
from intake.written.amounts import read_written_amount
from intake.written.dates import read_written_date

__all__ = ["HeaderLine"]

_REQUIRED: Final = (
    (("number",), "number (factuurnummer)"),
    (("debtor_name", "debtor_number"), "debtor_name (debiteur) or debtor_number (debiteurnummer)"),
    (("invoice_date",), "invoice_date (factuurdatum)"),
    (("due",), "due (vervaldatum)"),
    (("amount", "open"), "amount (bedrag) or open (openstaand)"),
)


class HeaderLine:
    """The column names of one list, judged together with the rows below them."""

    def __init__(self, state: ListState, headings: Headings, header: Record, rows: Sequence[Record]) -> None:
        self.state = state
        self.headings = headings
        self.header = header
        self.rows = rows

    def places(self) -> dict[str, int] | None:
        """Where each column is; None, which has been said, when the list can't be read."""
        places = self._places()
        places = None if places is None else self._told_sides(places)
        return None if places is None or self._is_guesswork(places) else places

    def _places(self) -> dict[str, int] | None:
        """Find the known columns; None when the header can't be used."""
        places: dict[str, int] = {}
        usable = True
        unknown: set[str] = set()
        taken = {name for cell in self.header.cells if (name := self.headings.column_of(cell)) is not None}
        for place, cell in enumerate(self.header.cells):
            written = _written(cell)
            name = self.headings.column_of(cell)
            if name is not None and name in places:
                first = self.state.headers[name]
                self.state.note(
                    self.header.line,
                    None,
                    f"the columns {shown(first)} and {shown(written)} both mean {name}: keep one of them"
                    if first != written
                    else f"the column {shown(written)} stands in the file twice: keep one of them",
                )
                usable = False
            elif name is not None:
                places[name] = place
                self.state.headers[name] = written
            elif cell and written not in unknown and not self.headings.is_passed_over(cell):
                unknown.add(written)
                near = nearest_name(
                    cell, taken, _holds([row.cells[place] for row in self.rows if len(row.cells) > place])
                )
                meant = f"did you mean {near}?" if near else "see docs/open-items.md for the columns that are read"
                self.state.note(
                    self.header.line, written, f"this column is not known and was not read: {meant}", "warning"
                )
            elif not cell and any(place < len(row.cells) and row.cells[place] for row in self.rows):
                self.state.note(
                    self.header.line,
                    None,
                    f"column {place + 1} has no name and was not read: give it a name",
                    "warning",
                )
        constants = self.headings.constants()
        for name in constants:
            self.state.headers.setdefault(name, name)
        for names, described in _REQUIRED:
            if not any(name in places or name in constants for name in names):
                self.state.note(self.header.line, names[0], f"this column is missing: add {described}")
                usable = False
        return places if usable else None

    def _told_sides(self, places: dict[str, int]) -> dict[str, int] | None:
        """Find the column that tells debtors from suppliers; None when any row may be a supplier's."""
        state = self.state
        place = places.get("kind")
        if place is not None and tells_sides(row.cells[place] for row in self.rows if len(row.cells) > place):
            # `Soort` or `Type` of what is booked, not of the debtor.
            if "side" in places:
                del places["kind"]
            else:
                places["side"], state.headers["side"] = places.pop("kind"), state.headers["kind"]
            del state.headers["kind"]
        if mixes_sides(state.headers):
            state.note(
                self.header.line,
                "debtor_number",
                f"{shown(state.headers['debtor_number'])} numbers debtors and suppliers alike, and nothing here tells"
                " them apart: add the column that does (Soort, Dagboek), or name it debiteurnummer if all are debtors",
            )
            return None
        return places

    def _is_guesswork(self, places: Mapping[str, int]) -> bool:
        """Whether a column that is not understood may say what is open, while none that is does."""
        if "open" in places or "amount" not in places:
            return False
        whole = [row.cells for row in self.rows if row.problem is None and len(row.cells) == len(self.header.cells)]
        amounts = [cells[places["amount"]] for cells in whole]
        found = False
        for place, heading in enumerate(self.header.cells):
            if place in places.values() or self.headings.is_passed_over(heading):
                continue
            if not may_say_what_is_open(heading, [cells[place] for cells in whole], amounts):
                continue
            found = True
            self.state.note(
                self.header.line,
                _written(heading) or None,
                f"what is open is not guessed: {shown(heading) if heading else f'column {place + 1}'} may say what is"
                " still open, or was paid, and is not understood. Name it open (openstaand) or paid (betaald), or"
                " say in a mapping what it means ('-' if it says neither)",
            )
        return found


def _written(heading: str) -> str:
    """A heading as it is shown."""
    return "".join(character if character.isprintable() else "�" for character in heading)[:80]


def _holds(cells: Sequence[str]) -> Literal["amounts", "days", "texts"] | None:
    """What the cells of a column hold."""
    filled = [cell for cell in cells if cell][:50]
    if not filled:
        return None
    readings: tuple[tuple[Literal["amounts", "days"], Callable[[str], object]], ...] = (
        ("days", read_written_date),
        ("amounts", read_written_amount),
    )
    for kind, read in readings:
        try:
            for cell in filled:
                read(cell)
        except Unreadable:
            continue
        return kind
    return "texts"
