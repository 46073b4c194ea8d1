"""Reads a list of open items, as an accounting system or a spreadsheet exports it (`docs/open-items.md`).

Pure: bytes in, rows and findings out. Nothing is stored and nothing is started here.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, Literal

from intake.findings import Finding, Unreadable, shown
from intake.open_item import OpenItem, case_key
from intake.open_items.cells import is_damaged
from intake.open_items.columns import column_of, nearest_name
from intake.open_items.csv_records import Record, decode_table, read_records
from intake.open_items.layout import Layout, lay_out
from intake.open_items.list_state import STATUS, BrokenRow, ListState, SettledItem
from intake.open_items.row import AS_CONSUMER, Row
from intake.open_items.sides import Side, mixes_sides, numbers_both, side_of, tells_sides
from intake.open_items.unread import may_say_what_is_open
from intake.written.amounts import WrittenAmount, proven_mark, read_written_amount, settle
from intake.written.dates import (
    MonthFirst,
    ShortYear,
    could_be_month_first,
    could_be_year_first,
    is_day_first,
    is_no_date,
    read_written_date,
)

__all__ = ["OpenItemsFile", "read_open_items"]


@dataclass(frozen=True, slots=True)
class OpenItemsFile:
    """A list of open items as read.

    Attributes:
        items: The good rows, in file order.
        findings: All remarks, in order of line.
        settled: The rows with nothing open.
        broken: The rows that gave no item, for what they say of invoices that are known.
        keys: Keys of all invoices that the file names, also in rows that were left out.
        numbers: Numbers of the invoices in rows that were left out, whose key may be misread.
        all_named: Whether every row says which invoice it is about; else nobody knows what is missing.
        headers: Documented column name → name as the file writes it.
    """

    items: tuple[OpenItem, ...]
    findings: tuple[Finding, ...]
    settled: tuple[SettledItem, ...] = ()
    broken: tuple[BrokenRow, ...] = ()
    keys: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    all_named: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows are to be written."""
        return len(self.items) + len(self.settled) + len(self.broken)

    @property
    def has_errors(self) -> bool:
        """Whether anything was left out because it could not be used."""
        return any(finding.severity == "error" for finding in self.findings)


def read_open_items(data: bytes, *, file: str, today: date) -> OpenItemsFile:
    """Read and check a whole list of open items.

    A bad row does not stop the others; a header that can't be used stops the file.

    Args:
        data: The file: CSV with comma, semicolon or tab, at most 50 MB.
        file: Its name, for the findings.
        today: The day of the import; nothing that has happened may lie after it.

    Returns:
        The good rows, and a finding for everything else. No input raises.
    """
    return _Reading(file, today).read(data)


_REQUIRED: Final = (
    (("number",), "number (factuurnummer)"),
    (("debtor_name", "debtor_number"), "debtor_name (debiteur) or debtor_number (debiteurnummer)"),
    (("invoice_date",), "invoice_date (factuurdatum)"),
    (("due",), "due (vervaldatum)"),
    (("amount", "open"), "amount (bedrag) or open (openstaand)"),
)
_AMOUNTS: Final = ("amount", "open", "paid", "promise_amount")
_DATES: Final = (
    *("invoice_date", "due", "paid_on", "received_on", "delivered_on", "last_contact_on"),
    *("notice_posted_on", "promise_until", "hold_until"),
)


class _Reading:
    """One run over one file."""

    def __init__(self, file: str, today: date) -> None:
        self.state = ListState(file, today)
        self.left_out: set[str] = set()  # invoice numbers of rows that gave no item
        self.all_named = False  # until the rows have been read

    def read(self, data: bytes) -> OpenItemsFile:
        items = list(self._without_contested(list(self._items(data))))
        order = {header: place for place, header in enumerate(self.state.headers.values())}
        self.state.findings.sort(key=lambda finding: (finding.line, order.get(finding.column or "", -1)))
        return OpenItemsFile(
            tuple(items),
            tuple(self.state.findings),
            settled=tuple(self.state.settled),
            broken=tuple(self.state.broken),
            keys=frozenset(self.state.first_line),
            numbers=frozenset(self.left_out),
            all_named=self.all_named,
            headers=dict(self.state.headers),
        )

    def _items(self, data: bytes) -> Iterator["OpenItem"]:
        try:
            decoded = decode_table(data)
        except Unreadable as problem:
            self.state.note(1, None, str(problem))
            return
        records = list(read_records(decoded.text, known=lambda header: column_of(header) is not None))
        if not records:
            self.state.note(1, None, "the file is empty: export the open items again")
            return
        layout = lay_out(records, column_of)
        header, rows = layout.header, layout.rows
        if header.problem is not None:
            self.state.note(header.line, None, f"the line with the column names can't be read: {header.problem}")
            return
        if not any(column_of(cell) for cell in header.cells):
            self.state.note(
                header.line,
                None,
                "no column name was recognised in this line: the first line must name the columns,"
                " such as factuurnummer;debiteur;factuurdatum;vervaldatum;bedrag",
            )
            return
        if not rows:
            self.state.note(
                header.line,
                None,
                "the file names the columns but holds no invoices: export the open items again",
            )
            return
        places = self._places(header, rows)
        if places is None:
            return
        self._tell_layout(layout)
        places = self._told_sides(header, rows, places)
        if places is None:
            return
        if decoded.guessed_cp1252:
            self.state.note(
                header.line,
                None,
                "the file is not UTF-8 and was read as Windows-1252: check names with accents, or save it as CSV UTF-8",
                "warning",
            )
        if not any(name in places for name in STATUS):
            self.state.note(
                header.line,
                "kind",
                f"the file does not say who is a business or a consumer, so every debtor is {AS_CONSUMER}:"
                " add the column kind (soort) with business or consumer",
                "warning",
            )
        if self._is_guesswork(header, rows, places):
            return
        whole = [row for row in rows if self._is_whole(row, len(header.cells))]
        self.all_named = len(whole) == len(rows)
        self._settle_amounts(whole, places)
        self._settle_short_years(header.line, whole, places)
        self._remark_on_month_first(whole, places)
        for row in whole:
            cells = {name: row.cells[place] for name, place in places.items()}
            cells |= {name: "" for name in _DATES if is_no_date(cells.get(name, ""))}
            if self._is_other_side(row, cells):
                continue
            item = Row(self.state, row.line, cells).item()
            if item is not None:
                yield item
            elif cells.get("number") and not is_damaged(cells["number"]):
                self.left_out.add(cells["number"])
            else:
                self.all_named = False

    def _places(self, header: Record, rows: Sequence[Record]) -> dict[str, int] | None:
        """Find the known columns; None when the header can't be used."""
        places: dict[str, int] = {}
        usable = True
        unknown: set[str] = set()
        places_taken = {name for cell in header.cells if (name := column_of(cell)) is not None}
        for place, cell in enumerate(header.cells):
            written = self.written(cell)
            name = column_of(cell)
            if name is not None and name in places:
                first = self.state.headers[name]
                self.state.note(
                    header.line,
                    None,
                    f"the columns {shown(first)} and {shown(written)} both mean {name}: keep one of them"
                    if first != written
                    else f"the column {shown(written)} stands in the file twice: keep one of them",
                )
                usable = False
            elif name is not None:
                places[name] = place
                self.state.headers[name] = written
            elif cell and written not in unknown:
                unknown.add(written)
                near = nearest_name(
                    cell, places_taken, _holds([row.cells[place] for row in rows if len(row.cells) > place])
                )
                meant = f"did you mean {near}?" if near else "see docs/open-items.md for the columns that are read"
                self.state.note(header.line, written, f"this column is not known and was not read: {meant}", "warning")
            elif not cell and any(place < len(row.cells) and row.cells[place] for row in rows):
                self.state.note(
                    header.line,
                    None,
                    f"column {place + 1} has no name and was not read: give it a name",
                    "warning",
                )
        for names, described in _REQUIRED:
            if not any(name in places for name in names):
                self.state.note(header.line, names[0], f"this column is missing: add {described}")
                usable = False
        return places if usable else None

    def _tell_layout(self, layout: Layout) -> None:
        """Say once what was passed over."""
        if layout.above:
            self.state.note(layout.header.line, None, f"{_lines(layout.above)} above it: passed over", "warning")
        if layout.debtor_lines:
            self.state.note(
                layout.debtor_lines[0], None, f"the debtor was taken from {_lines(layout.debtor_lines)}", "warning"
            )
        if layout.totals:
            self.state.note(layout.totals[0], None, f"totals, passed over: {_lines(layout.totals)}", "warning")

    def _told_sides(self, header: Record, rows: Sequence[Record], places: dict[str, int]) -> dict[str, int] | None:
        """Find the column that tells debtors from suppliers; None when any row may be a supplier's."""
        state = self.state
        place = places.get("kind")
        if place is not None and tells_sides(row.cells[place] for row in rows if len(row.cells) > place):
            # `Soort` or `Type` of what is booked, not of the debtor.
            if "side" in places:
                del places["kind"]
            else:
                places["side"], state.headers["side"] = places.pop("kind"), state.headers["kind"]
            del state.headers["kind"]
        if mixes_sides(state.headers):
            state.note(
                header.line,
                "debtor_number",
                f"{shown(state.headers['debtor_number'])} numbers debtors and suppliers alike, and nothing here tells"
                " them apart: add the column that does (Soort, Dagboek), or name it debiteurnummer if all are debtors",
            )
            return None
        return places

    def _is_other_side(self, row: Record, cells: Mapping[str, str]) -> bool:
        """Whether a row is no invoice to a debtor; it was told, and is passed over."""
        told = cells.get("side", "")
        side = side_of(told)
        if side is Side.DEBTOR or (side is None and not numbers_both(self.state.headers)):
            return False
        number, name = cells.get("number", ""), cells.get("debtor_name", "")
        if side is None:
            self.state.note(
                row.line, "side", f"{shown(told)} does not say whether this is a debtor or a supplier: left out"
            )
            self.state.broken.append(BrokenRow(row.line, None, (number,) if number else ()))
            return True
        what = f"{shown(number)}{f' of {shown(name)}' if name else ''}"
        if side is Side.CREDIT:
            self.state.credited.setdefault(number, row.line)
            self.state.note(
                row.line, "side", f"{what} is a credit note, which comes as an e-invoice: left out", "warning"
            )
            self.state.broken.append(BrokenRow(row.line, None, (number,) if number else ()))
            return True
        why = "of a supplier, who is no debtor" if side is Side.SUPPLIER else "no invoice"
        self.state.note(row.line, "side", f"{what} is {why}: left out", "warning")
        return True

    def _settle_short_years(self, line: int, rows: Sequence[Record], places: Mapping[str, int]) -> None:
        """Find out of each column whether `3-4-26` ends in its year; ask once where it does not show."""
        today = self.state.today
        earliest, latest = today - timedelta(days=3650), today + timedelta(days=730)
        for name in _DATES:
            cells = [row.cells[places[name]] for row in rows] if name in places else []
            short = [cell for cell in cells if _has_short_year(cell)]
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

    def _is_guesswork(self, header: Record, rows: Sequence[Record], places: Mapping[str, int]) -> bool:
        """Whether a column that is not understood may say what is open, while none that is does."""
        if "open" in places or "amount" not in places:
            return False
        whole = [row.cells for row in rows if row.problem is None and len(row.cells) == len(header.cells)]
        amounts = [cells[places["amount"]] for cells in whole]
        found = False
        for place, heading in enumerate(header.cells):
            if place in places.values() or not may_say_what_is_open(
                heading, [cells[place] for cells in whole], amounts
            ):
                continue
            found = True
            self.state.note(
                header.line,
                self.written(heading) or None,
                f"what is open is not guessed: {shown(heading) if heading else f'column {place + 1}'} may say what is"
                " still open, or was paid, and is not understood. Name it open (openstaand) or paid (betaald); if it"
                " says neither, remove it",
            )
        return found

    @staticmethod
    def written(heading: str) -> str:
        """A heading as it is shown."""
        return "".join(character if character.isprintable() else "�" for character in heading)[:80]

    def _is_whole(self, row: Record, width: int) -> bool:
        if row.problem is None and len(row.cells) == width:
            return True
        # Which invoice it is about can't be told: any text in it may be its number.
        texts = dict.fromkeys(text for cell in row.cells for text in (cell, *re.split(r"[;,\t ]", cell)) if text)
        self.state.broken.append(BrokenRow(row.line, None, tuple(texts)))
        if row.problem is not None:
            self.state.note(row.line, None, row.problem)
            return False
        cause = (
            f"lines {row.line} to {row.last_line} were read as one row, so a quote mark may not be closed"
            if row.last_line > row.line
            else "put a cell that holds the separator between quote marks"
        )
        self.state.note(row.line, None, f"this row has {len(row.cells)} cells but the header has {width}: {cause}")
        return False

    def _settle_amounts(self, rows: Sequence[Record], places: Mapping[str, int]) -> None:
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
            mark = proven_mark(written.values())
            for line, amount in written.items():
                if amount.currency is not None:
                    self.state.currencies[line, name] = amount.currency
                try:
                    self.state.amounts[line, name] = settle(amount, mark)
                except Unreadable as problem:
                    self.state.amounts[line, name] = problem

    def _remark_on_month_first(self, rows: Sequence[Record], places: Mapping[str, int]) -> None:
        """Warn when one date of a column shows that the others may have been read the wrong way round."""
        for name in _DATES:
            if name not in places:
                continue
            proof: int | None = None
            others: list[int] = []
            for row in rows:
                cell = row.cells[places[name]]
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

    def _without_contested(self, items: Sequence["OpenItem"]) -> Iterator["OpenItem"]:
        """Leave out invoices on several rows, or of which a row takes something off: what is open is not certain."""
        state = self.state
        for item in items:
            line, lines = state.credited.get(item.number), state.repeated.get(case_key(item))
            if line is not None:
                state.note(
                    item.line,
                    "number",
                    f"line {line} takes an amount off invoice {shown(item.number)}, so what is open is not"
                    " certain: give one row for the invoice, with the amount that is still open",
                )
            elif lines is not None:
                state.note(
                    item.line,
                    "number" if item.key is None else "key",
                    f"invoice {shown(item.number)} stands on line {lines[1]} too, and whether the rows are terms or the"
                    " same is not certain: neither is used",
                )
            else:
                yield item
                continue
            state.broken.append(BrokenRow(item.line, case_key(item), (item.number,)))
            self.left_out.add(item.number)
        contested = [each for each in state.settled if each.number in state.credited or each.key in state.repeated]
        for settled in contested:
            state.settled.remove(settled)
            state.broken.append(BrokenRow(settled.line, settled.key, (settled.number,)))
        # What a second row says of an invoice is no more certain than what the first says.
        state.broken = [replace(each, open=None) if each.key in state.repeated else each for each in state.broken]


def _lines(lines: Sequence[int]) -> str:
    """Lines as a person reads them."""
    some = ", ".join(str(line) for line in lines[:8])
    return f"line{'' if len(lines) == 1 else 's'} {some}{', …' if len(lines) > 8 else ''}"


def _has_short_year(cell: str) -> bool:
    try:
        read_written_date(cell)
    except ShortYear:
        return True
    except Unreadable:
        return False
    return False


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
