"""Reads a list of open items, as an accounting system or a spreadsheet exports it (`docs/open-items.md`).

Pure: bytes in, rows and findings out. Nothing is stored and nothing is started here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from domain.invoice import Kind
from intake.findings import Finding, Unreadable, shown
from intake.mappings.mapping import ListMapping
from intake.open_item import OpenItem, case_key
from intake.open_items.cells import is_damaged
from intake.open_items.columns import DAYS, normal_name
from intake.open_items.csv_records import MAX_BYTES, Record, decode_table, read_records
from intake.open_items.header import HeaderLine
from intake.open_items.headings import Headings
from intake.open_items.instalments import key_of_row, tell_terms, why_no_terms
from intake.open_items.layout import Layout, lay_out
from intake.open_items.list_state import STATUS, BrokenRow, ListState, SettledItem
from intake.open_items.row import AS_CONSUMER, Row
from intake.open_items.sides import Side, numbers_both, side_of
from intake.open_items.whole_columns import WholeColumns
from intake.open_items.workbook import is_workbook, read_sheet
from intake.written.dates import (
    is_no_date,
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
        told_terms: Key of an invoice whose rows are its terms → the remark that says so.
    """

    items: tuple[OpenItem, ...]
    findings: tuple[Finding, ...]
    settled: tuple[SettledItem, ...] = ()
    broken: tuple[BrokenRow, ...] = ()
    keys: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    all_named: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    told_terms: Mapping[str, Finding] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows are to be written."""
        return len(self.items) + len(self.settled) + len(self.broken)

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it could be used, not even to say which invoices it is about."""
        return self.has_errors and not self.rows

    @property
    def has_errors(self) -> bool:
        """Whether anything was left out because it could not be used."""
        return any(finding.severity == "error" for finding in self.findings)


def read_open_items(
    data: bytes,
    *,
    file: str,
    today: date,
    mapping: ListMapping | None = None,
    presets: Sequence[ListMapping] = (),
    sheet: str | None = None,
    default_kind: Kind | None = None,
) -> OpenItemsFile:
    """Read and check a whole list of open items.

    A bad row does not stop the others; a header that can't be used stops the file.

    Args:
        data: The file: CSV with comma, semicolon or tab, or an Excel workbook (XLSX), at most 50 MB.
        file: Its name, for the findings.
        today: The day of the import; nothing that has happened may lie after it.
        mapping: What the list calls our columns and values, where a person has said so.
        presets: Mappings of which one is taken, without a mapping, when it is recognised by the headings.
        sheet: Name of the sheet in a workbook.
        default_kind: What a debtor is of whom the list does not say it.

    Returns:
        The good rows, and a finding for everything else. No input raises.
    """
    reading = _Reading(file, today, mapping, presets, sheet)
    reading.state.default_kind = default_kind
    return reading.read(data)


class _Reading:
    """One run over one file."""

    def __init__(
        self,
        file: str,
        today: date,
        mapping: ListMapping | None = None,
        presets: Sequence[ListMapping] = (),
        sheet: str | None = None,
    ) -> None:
        self.state = ListState(file, today)
        self.headings = Headings(mapping)
        self.presets = presets if mapping is None else ()
        self.sheet = sheet or (mapping.sheet if mapping is not None else None)
        self.left_out: set[str] = set()  # invoice numbers of rows that gave no item
        self.all_named = False  # until the rows have been read
        self.not_terms: dict[str, str | None] = {}  # key of a number on several rows: why they are no terms

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
            told_terms=dict(self.state.told_terms),
        )

    def _items(self, data: bytes) -> Iterator["OpenItem"]:
        try:
            records, guessed_cp1252 = self._records(data)
        except Unreadable as problem:
            self.state.note(1, None, str(problem))
            return
        if not records:
            self.state.note(1, None, "the file is empty: export the open items again")
            return
        layout = self._laid_out(records)
        header, rows = layout.header, layout.rows
        if header.problem is not None:
            self.state.note(header.line, None, f"the line with the column names can't be read: {header.problem}")
            return
        if not any(self.headings.column_of(cell) for cell in header.cells):
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
        self._tell_layout(layout)
        places = HeaderLine(self.state, self.headings, header, rows).places()
        if places is None:
            return
        if guessed_cp1252:
            self.state.note(
                header.line,
                None,
                "the file is not UTF-8 and was read as Windows-1252: check names with accents, or save it as CSV UTF-8",
                "warning",
            )
        named = {*places, *self.headings.constants()}
        if self.state.default_kind is None and named.isdisjoint(STATUS):
            self.state.note(
                header.line,
                "kind",
                f"the file does not say who is a business or a consumer, so every debtor is {AS_CONSUMER}:"
                " add the column kind (soort) with business or consumer",
                "warning",
            )
        constants = self.headings.constants()
        whole = [row for row in rows if self._is_whole(row, len(header.cells))]
        self.all_named = len(whole) == len(rows)
        columns = WholeColumns(self.state, self.headings)
        columns.settle_amounts(whole, places)
        columns.settle_short_years(header.line, whole, places)
        columns.remark_on_month_first(whole, places)
        for row in whole:
            told = {name: row.cells[place] for name, place in places.items()}
            cells = {name: self.headings.cell(name, cell) for name, cell in {**constants, **told}.items()}
            cells |= {name: "" for name in DAYS if is_no_date(cells.get(name, ""))}
            if self._is_other_side(row, cells):
                continue
            item = Row(self.state, row.line, cells).item()
            if item is not None:
                yield item
            elif cells.get("number") and not is_damaged(cells["number"]):
                self.left_out.add(cells["number"])
            else:
                self.all_named = False

    def _records(self, data: bytes) -> tuple[list[Record], bool]:
        """The rows of the file, and whether its encoding is a guess.

        Raises:
            Unreadable: it can't be taken apart.
        """
        if is_workbook(data) and len(data) <= MAX_BYTES:
            name, records = read_sheet(data, sheet=self.sheet, known=self._is_known)
            self.state.note(records[0].line if records else 1, None, f"read from the sheet {shown(name)}", "warning")
            return records, False
        decoded = decode_table(data)
        return list(read_records(decoded.text, known=self._is_known)), decoded.guessed_cp1252

    def _is_known(self, heading: str) -> bool:
        if self.headings.column_of(heading) is not None or self.headings.is_passed_over(heading):
            return True
        name = normal_name(heading)
        return any(name in preset.ours_by_name for preset in self.presets)

    def _laid_out(self, records: Sequence[Record]) -> Layout:
        """Find the column names, and with them the mapping of the list."""

        def known(heading: str) -> str | None:
            if ours := self.headings.column_of(heading):
                return ours
            name = normal_name(heading)
            return next((preset.ours_by_name[name] for preset in self.presets if name in preset.ours_by_name), None)

        mapping = self.headings.mapping
        layout = lay_out(records, known, None if mapping is None else mapping.head_row)
        if mapping is None:
            names = frozenset(normal_name(cell) for cell in layout.header.cells if cell)
            fits = [(preset.recognises(names), preset) for preset in self.presets]
            fit, preset = max(fits, key=lambda each: each[0], default=(0, None))
            if fit and preset is not None:
                mapping = preset
                told = f"read as a list of {preset.about} (mapping {preset.mapping})"
                self.state.note(layout.header.line, None, told, "warning")
        self.headings = Headings(mapping, layout.header.cells)
        # The debtor may stand in lines of his own only when no heading names him.
        return lay_out(records, self.headings.column_of, layout.header.line)

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

    def _without_contested(self, items: Sequence["OpenItem"]) -> Iterator["OpenItem"]:
        """Leave out invoices of which a row takes something off, or whose rows are no terms: what is open is not sure.

        What is left is every invoice once, in file order, and each term of one under a number of its own.
        """
        state = self.state
        terms = self._terms(items)
        for item in items:
            line, lines = state.credited.get(item.number), state.repeated.get(case_key(item))
            if line is not None:
                state.note(
                    item.line,
                    "number",
                    f"line {line} takes an amount off invoice {shown(item.number)}, so what is open is not"
                    " certain: give one row for the invoice, with the amount that is still open",
                )
            elif lines is not None and item.line not in terms:
                self._tell_contested(item, lines)
            else:
                told = terms.get(item.line, item)
                if isinstance(told, OpenItem):
                    yield told
                continue
            state.broken.append(BrokenRow(item.line, case_key(item), (item.number,)))
            self.left_out.add(item.number)
        state.settled = [told for each in state.settled if isinstance(told := terms.get(each.line, each), SettledItem)]
        contested = [each for each in state.settled if each.number in state.credited or each.key in state.repeated]
        for settled in contested:
            state.settled.remove(settled)
            state.broken.append(BrokenRow(settled.line, settled.key, (settled.number,)))
        # What a second row says of an invoice is no more certain than what the first says.
        state.broken = [replace(each, open=None) if each.key in state.repeated else each for each in state.broken]

    def _terms(self, items: Sequence["OpenItem"]) -> dict[int, "OpenItem | SettledItem"]:
        """The rows that are terms, by their line, under the number of the term."""
        state = self.state
        terms: dict[int, OpenItem | SettledItem] = {}
        of: dict[str, list[OpenItem | SettledItem]] = {key: [] for key in state.repeated}
        every: tuple[OpenItem | SettledItem, ...] = (*items, *state.settled)
        for row in every:
            key = key_of_row(row)
            if key in of:
                of[key].append(row)
        for key, lines in state.repeated.items():
            rows = of[key]
            self.not_terms[key] = why_no_terms(rows, len(lines))
            if rows and self.not_terms[key] is None and rows[0].number not in state.credited:
                told = tell_terms(rows, state)
                terms |= {each.line: each for each in told}
                state.first_line |= {key_of_row(each): each.line for each in told}
        return terms

    def _tell_contested(self, item: "OpenItem", lines: Sequence[int]) -> None:
        column = "number" if item.key is None else "key"
        why = self.not_terms.get(case_key(item))
        if item.line == lines[0]:
            told = f"invoice {shown(item.number)} stands on line {lines[1]} too, and the rows are no terms of it: {why}"
            self.state.note(item.line, column, f"{told}; neither is used")
        else:
            told = f"invoice {shown(item.number)} stands on line {lines[0]} already"
            self.state.note(
                item.line,
                column,
                f"{told}: keep one row per invoice, or give each term of it a number of its own (such as 2026-050/1)",
            )


def _lines(lines: Sequence[int]) -> str:
    """Lines as a person reads them."""
    some = ", ".join(str(line) for line in lines[:8])
    return f"line{'' if len(lines) == 1 else 's'} {some}{', …' if len(lines) > 8 else ''}"
