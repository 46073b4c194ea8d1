"""Reads a list of open items, as an accounting system or a spreadsheet exports it (`docs/open-items.md`).

Pure: bytes in, rows and findings out. Nothing is stored and nothing is started here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final, TypeVar

from domain.invoice import ClaimBasis, Kind, TermBasis, YesNoUnknown
from domain.money import Money, minor_digits
from intake.findings import Finding, NotUsed, Severity, Unreadable, shown
from intake.open_item import NoticeProof, OpenItem, case_key, debtor_slug, key_of, plain
from intake.open_items.columns import column_of, nearest_name
from intake.open_items.csv_records import Record, decode_table, read_records
from intake.open_items.words import (
    CLAIM_BASES,
    COUNTRIES,
    KINDS,
    LANGUAGES,
    LAWS,
    NO,
    PROOFS,
    TERM_BASES,
    YES_NO,
    YES_NO_UNKNOWN,
    bare_word,
)
from intake.written.amounts import WrittenAmount, proven_mark, read_written_amount, settle
from intake.written.contacts import doubt_about, read_email, read_phone
from intake.written.dates import MonthFirst, could_be_month_first, read_written_date
from intake.written.links import names_somebody, read_payment_link

__all__ = [
    "Finding",
    "NoticeProof",
    "OpenItem",
    "OpenItemsFile",
    "SettledItem",
    "case_key",
    "debtor_slug",
    "read_open_items",
]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SettledItem:
    """A row with nothing open: of an invoice that is being collected it says that the rest was paid.

    Attributes:
        line: Line in the file, counted from 1.
        key: The part of the case id that names the invoice; see `case_key`.
        number: Invoice number.
        currency: ISO 4217 code of its amounts.
        finding: The remark that it was left out, which holds only when nothing is known of the invoice.
    """

    line: int
    key: str
    number: str
    currency: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class OpenItemsFile:
    """A list of open items as read.

    Attributes:
        items: The good rows, in file order.
        findings: All remarks, in order of line.
        settled: The rows with nothing open.
        keys: Keys of all invoices that the file names, also in rows that were left out.
        numbers: Numbers of the invoices in rows that were left out, whose key may be misread.
        all_named: Whether every row says which invoice it is about; else nobody knows what is missing.
        headers: Documented column name → name as the file writes it.
    """

    items: tuple[OpenItem, ...]
    findings: tuple[Finding, ...]
    settled: tuple[SettledItem, ...] = ()
    keys: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    all_named: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

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
_AMOUNTS: Final = ("amount", "open", "promise_amount")
_DATES: Final = (
    *("invoice_date", "due", "received_on", "delivered_on", "last_contact_on"),
    *("notice_posted_on", "promise_until", "hold_until"),
)
_STATUS: Final = ("kind", "natural_person", "in_business", "government")
_AS_CONSUMER: Final = "treated as a consumer in letters and costs until you say so"
_MOST_CHARACTERS: Final = 1000
_MOST_ID_CHARACTERS: Final = 64
_MOST_PRODUCT_CHARACTERS: Final = 200


class _Reading:
    """One run over one file: the findings so far, and what is known across rows."""

    def __init__(self, file: str, today: date) -> None:
        self.file = file
        self.today = today
        self.findings: list[Finding] = []
        self.headers: dict[str, str] = {}  # documented name → header as written
        self.amounts: dict[tuple[int, str], Decimal | Unreadable] = {}
        self.currencies: dict[tuple[int, str], str] = {}
        self.first_line: dict[str, int] = {}  # case key → line
        self.credited: dict[str, int] = {}  # invoice number → line with a negative amount
        self.names: dict[str, tuple[str, int]] = {}  # debtor id → name and line
        self.remarked: set[str] = set()  # debtor ids about whose name something was said
        self.settled: list[SettledItem] = []
        self.left_out: set[str] = set()  # invoice numbers of rows that gave no item
        self.all_named = False  # until the rows have been read

    def note(self, line: int, column: str | None, reason: str, severity: Severity = "error") -> None:
        """Add a remark; `column` is a documented name and is shown as the file writes it."""
        shown_as = None if column is None else self.headers.get(column, column)
        self.findings.append(Finding(self.file, line, shown_as, reason, severity))

    def read(self, data: bytes) -> OpenItemsFile:
        items = list(self._without_contested(list(self._items(data))))
        order = {header: place for place, header in enumerate(self.headers.values())}
        self.findings.sort(key=lambda finding: (finding.line, order.get(finding.column or "", -1)))
        return OpenItemsFile(
            tuple(items),
            tuple(self.findings),
            settled=tuple(self.settled),
            keys=frozenset(self.first_line),
            numbers=frozenset(self.left_out),
            all_named=self.all_named,
            headers=dict(self.headers),
        )

    def _items(self, data: bytes) -> Iterator["OpenItem"]:
        try:
            decoded = decode_table(data)
        except Unreadable as problem:
            self.note(1, None, str(problem))
            return
        records = list(read_records(decoded.text, known=lambda header: column_of(header) is not None))
        if not records:
            self.note(1, None, "the file is empty: export the open items again")
            return
        header, rows = records[0], records[1:]
        if header.problem is not None:
            self.note(header.line, None, f"the line with the column names can't be read: {header.problem}")
            return
        if not any(column_of(cell) for cell in header.cells):
            self.note(
                header.line,
                None,
                "no column name was recognised in this line: the first line must name the columns,"
                " such as factuurnummer;debiteur;factuurdatum;vervaldatum;bedrag",
            )
            return
        if not rows:
            self.note(
                header.line,
                None,
                "the file names the columns but holds no invoices: export the open items again",
            )
            return
        places = self._places(header, rows)
        if places is None:
            return
        if decoded.guessed_cp1252:
            self.note(
                header.line,
                None,
                "the file is not UTF-8 and was read as Windows-1252: check names with accents, or save it as CSV UTF-8",
                "warning",
            )
        if not any(name in places for name in _STATUS):
            self.note(
                header.line,
                "kind",
                f"the file does not say who is a business or a consumer, so every debtor is {_AS_CONSUMER}:"
                " add the column kind (soort) with business or consumer",
                "warning",
            )
        whole = [row for row in rows if self._is_whole(row, len(header.cells))]
        self.all_named = len(whole) == len(rows)
        self._settle_amounts(whole, places)
        self._remark_on_month_first(whole, places)
        for row in whole:
            cells = {name: row.cells[place] for name, place in places.items()}
            item = _Row(self, row.line, cells).item()
            if item is not None:
                yield item
            elif cells.get("number"):
                self.left_out.add(cells["number"])
            else:
                self.all_named = False

    def _places(self, header: Record, rows: Sequence[Record]) -> dict[str, int] | None:
        """Find the known columns; None when the header can't be used."""
        places: dict[str, int] = {}
        usable = True
        unknown: set[str] = set()
        for place, cell in enumerate(header.cells):
            written = "".join(character if character.isprintable() else "�" for character in cell)[:80]
            name = column_of(cell)
            if name is not None and name in places:
                first = self.headers[name]
                self.note(
                    header.line,
                    None,
                    f"the columns {shown(first)} and {shown(written)} both mean {name}: keep one of them"
                    if first != written
                    else f"the column {shown(written)} stands in the file twice: keep one of them",
                )
                usable = False
            elif name is not None:
                places[name] = place
                self.headers[name] = written
            elif cell and written not in unknown:
                unknown.add(written)
                near = nearest_name(cell)
                meant = f"did you mean {near}?" if near else "see docs/open-items.md for the columns that are read"
                self.note(header.line, written, f"this column is not known and was not read: {meant}", "warning")
            elif not cell and any(place < len(row.cells) and row.cells[place] for row in rows):
                self.note(
                    header.line,
                    None,
                    f"column {place + 1} has no name and was not read: give it a name",
                    "warning",
                )
        for names, described in _REQUIRED:
            if not any(name in places for name in names):
                self.note(header.line, names[0], f"this column is missing: add {described}")
                usable = False
        return places if usable else None

    def _is_whole(self, row: Record, width: int) -> bool:
        if row.problem is not None:
            self.note(row.line, None, row.problem)
            return False
        if len(row.cells) == width:
            return True
        cause = (
            f"lines {row.line} to {row.last_line} were read as one row, so a quote mark may not be closed"
            if row.last_line > row.line
            else "put a cell that holds the separator between quote marks"
        )
        self.note(row.line, None, f"this row has {len(row.cells)} cells but the header has {width}: {cause}")
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
                        self.amounts[row.line, name] = problem
            mark = proven_mark(written.values())
            for line, amount in written.items():
                if amount.currency is not None:
                    self.currencies[line, name] = amount.currency
                try:
                    self.amounts[line, name] = settle(amount, mark)
                except Unreadable as problem:
                    self.amounts[line, name] = problem

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
                self.note(
                    proof,
                    name,
                    "this column seems to have the month first, but dates are read with the day first:"
                    f" check line {example} before you import, or export the dates as 2026-03-01",
                    "warning",
                )

    def _without_contested(self, items: Sequence["OpenItem"]) -> Iterator["OpenItem"]:
        """Leave out invoices of which another row takes something off: their open amount is not certain."""
        for item in items:
            line = self.credited.get(item.number)
            if line is None:
                yield item
                continue
            self.note(
                item.line,
                "number",
                f"line {line} takes an amount off invoice {shown(item.number)}, so what is open is not"
                " certain: give one row for the invoice, with the amount that is still open",
            )


class _Row:
    """One row being read; every question to it may add a finding."""

    def __init__(self, reading: _Reading, line: int, cells: Mapping[str, str]) -> None:
        self.reading = reading
        self.line = line
        self.cells = cells
        self.good = True
        self.left_out = False  # a credit note or a paid invoice, about which nothing else matters
        self.settled: tuple[str, Finding] | None = None  # of a paid invoice: its currency, and what was said

    def error(self, column: str, reason: str) -> None:
        self.good = False
        self.reading.note(self.line, column, reason)

    def warning(self, column: str | None, reason: str) -> None:
        self.reading.note(self.line, column, reason, "warning")

    def text(self, column: str, most: int = _MOST_CHARACTERS) -> str | None:
        cell = self.cells.get(column, "")
        hidden = next((character for character in cell if unicodedata.category(character) in ("Cc", "Cs")), None)
        if len(cell) > most:
            self.error(column, f"this has {len(cell)} characters: shorten it to at most {most}")
        elif hidden is not None:
            self.error(column, f"this holds an invisible control character (code {ord(hidden)}): type the text again")
        else:
            return cell or None
        return None

    def needed(self, column: str, most: int = _MOST_CHARACTERS) -> str | None:
        if not self.cells.get(column):
            self.error(column, "this is empty: fill it in")
        return self.text(column, most)

    def day(self, column: str) -> date | None:
        if not (cell := self.cells.get(column)):
            return None
        try:
            return read_written_date(cell)
        except Unreadable as problem:
            self.error(column, str(problem))
            return None

    def past(self, column: str, invoice_date: date | None) -> date | None:
        """Read the day of something that has happened to the invoice already."""
        day = self.day(column)
        if day is not None and day > self.reading.today:
            self.error(column, f"{day} lies after today ({self.reading.today}): this can't have happened yet")
        elif day is not None and invoice_date is not None and day < invoice_date:
            self.error(column, f"{day} lies before the invoice date {invoice_date}: check both dates")
        else:
            return day
        return None

    def choice(self, column: str, words: Mapping[str, _T], expected: str) -> _T | None:
        cell = self.cells.get(column, "")
        if not cell:
            return None
        if (found := words.get(bare_word(cell))) is None:
            self.error(column, f"{shown(cell)} is not one of the possible values: write {expected}")
        return found

    def money(self, column: str, currency: str) -> Money | None:
        value = self.reading.amounts.get((self.line, column))
        if isinstance(value, Unreadable):
            self.error(column, str(value))
        elif value is not None:
            beside = self.reading.currencies.get((self.line, column), currency)
            digits = minor_digits(currency)
            if beside != currency:
                self.error(
                    column,
                    f"{shown(self.cells[column])} is in {beside} but the invoice is in {currency}:"
                    " put the currency into the column currency (valuta)",
                )
            elif digits == 0 and value % 1:
                self.error(
                    column,
                    f"{shown(self.cells[column])} has cents, which {currency} does not: check the amount",
                )
            else:
                return Money(value.quantize(Decimal(1).scaleb(-digits)), currency)
        return None

    def item(self) -> OpenItem | None:
        number = self.needed("number", _MOST_ID_CHARACTERS)
        key = self.text("key", _MOST_ID_CHARACTERS)
        invoice_date = self.day("invoice_date")
        if not self.cells.get("invoice_date"):
            self.error("invoice_date", "this is empty: fill it in")
        elif invoice_date is not None and invoice_date > self.reading.today:
            self.warning("invoice_date", f"{invoice_date} lies after today ({self.reading.today}): check the date")
        due = self.day("due")
        if not self.cells.get("due"):
            self.error("due", "this is empty: fill it in")
        elif due is not None and invoice_date is not None and due < invoice_date:
            self.error("due", f"{due} lies before the invoice date {invoice_date}: check both dates")
        self._once(number, key, invoice_date)
        debtor = self._debtor()
        amount, still_open = self._amounts(number)
        if self.left_out:
            self._note_settled(number, key, invoice_date)
            return None
        kind, natural_person, in_business, government = self._status()
        street = " ".join(filter(None, (self.text("street"), self.text("house_number"))))
        country = self._country()
        received_on = self.day("received_on")
        if received_on is not None and received_on > self.reading.today:
            self.error(
                "received_on",
                f"{received_on} lies after today ({self.reading.today}): this can't have happened yet",
            )
        elif received_on is not None and invoice_date is not None and received_on < invoice_date:
            self.warning("received_on", f"{received_on} lies before the invoice date {invoice_date}: check both dates")
        rest: dict[str, object] = {
            "contact_name": self.text("contact_name"),
            "email": self._email(),
            "phone": self._phone(country),
            "street": street or None,
            "postcode": self.text("postcode"),
            "city": self.text("city"),
            "country": country,
            "language": self._language(),
            "term_basis": self.choice("term_basis", TERM_BASES, "agreed, printed, statutory or large_company")
            or TermBasis.PRINTED,
            "received_on": received_on,
            "law": self.choice("law", LAWS, "NL or BE"),
            "tags": self._tags(),
            "reference": self.text("reference"),
            "payment_reference": self.text("payment_reference", _MOST_ID_CHARACTERS),
            "payment_link": self._payment_link(),
            "product": self._product(),
            **self._goods(),
            "contract": self.text("contract", _MOST_ID_CHARACTERS),
            "claim_basis": self.choice("claim_basis", CLAIM_BASES, "price, damages or cancellation_fee")
            or ClaimBasis.PRICE,
            "document": self._document(),
            "last_step": self.text("last_step"),
            "last_contact_on": self.past("last_contact_on", invoice_date),
            **self._notice(invoice_date, due),
            **self._promise(still_open),
            **self._hold(),
            "handed_off": self.choice("handed_off", YES_NO, "yes or no") or False,
        }
        if not self.good or debtor is None:
            return None
        debtor_id, debtor_name = debtor
        return OpenItem.model_validate(
            {
                "line": self.line,
                "number": number,
                "key": key,
                "debtor_id": debtor_id,
                "debtor_name": debtor_name,
                "kind": kind,
                "natural_person": natural_person,
                "in_business": in_business,
                "government": government,
                "invoice_date": invoice_date,
                "due": due,
                "amount": amount,
                "open": still_open,
                **rest,
            }
        )

    def _note_settled(self, number: str | None, key: str | None, invoice_date: date | None) -> None:
        """Keep a paid invoice that can be told from others; a row with an error proves nothing."""
        if self.settled is None or not self.good or number is None or (key is None and invoice_date is None):
            return
        currency, finding = self.settled
        named = key_of(key, number, invoice_date)
        self.reading.settled.append(SettledItem(self.line, named, number, currency, finding))

    def _once(self, number: str | None, key: str | None, invoice_date: date | None) -> None:
        if number is None or (key is None and invoice_date is None):
            return
        named = key_of(key, number, invoice_date)
        first = self.reading.first_line.setdefault(named, self.line)
        if first != self.line:
            column = "number" if key is None else "key"
            self.error(column, f"invoice {shown(named)} stands on line {first} already: keep one row per invoice")

    def _debtor(self) -> tuple[str, str | None] | None:
        number, name = self.text("debtor_number", _MOST_ID_CHARACTERS), self.text("debtor_name")
        postcode = self.text("postcode")
        if not self.cells.get("debtor_number") and not self.cells.get("debtor_name"):
            column = "debtor_name" if "debtor_name" in self.cells else "debtor_number"
            self.error(column, "there is no debtor: fill in a name or a debtor number")
        if number is None and name is None:
            return None
        debtor_id = number or debtor_slug(name or "", postcode)
        seen = self.reading.remarked
        if name is None:
            if debtor_id not in seen:
                self.warning(
                    "debtor_number",
                    f"debtor {shown(debtor_id)} has no name, and no letter goes out without: add it",
                )
                seen.add(debtor_id)
            return debtor_id, None
        if number is None and postcode is None and debtor_id not in seen:
            self.warning(
                "debtor_name",
                f"{shown(name)} has no debtor number and no postcode, so all debtors of that name are taken"
                " as one: add one of the two",
            )
            seen.add(debtor_id)
        first_name, line = self.reading.names.setdefault(debtor_id, (name, self.line))
        if plain(first_name) != plain(name) and debtor_id not in seen:
            self.warning(
                "debtor_name",
                f"debtor {shown(debtor_id)} is called {shown(name)} here but {shown(first_name)} on line"
                f" {line}: check the debtor number",
            )
            seen.add(debtor_id)
        return debtor_id, name

    def _amounts(self, number: str | None) -> tuple[Money | None, Money | None]:
        currency = self.text("currency") or "EUR"
        if not re.fullmatch(r"[A-Za-z]{3}", currency):
            self.error("currency", f"{shown(currency)} is not a currency: write its three letters, like EUR")
            return None, None
        currency = currency.upper()
        if not self.cells.get("amount") and not self.cells.get("open"):
            self.error("amount" if "amount" in self.cells else "open", "there is no amount: fill in amount or open")
            return None, None
        amount, still_open = self.money("amount", currency), self.money("open", currency)
        for column, money in (("amount", amount), ("open", still_open)):
            if money is not None and money < Money.zero(currency):
                self.error(
                    column,
                    f"{shown(self.cells[column])} is negative: credit notes come with the UBL import,"
                    " so leave this row out here",
                )
                if number is not None:
                    self.reading.credited.setdefault(number, self.line)
                self.left_out = True
                return None, None
        if (amount is None and self.cells.get("amount")) or (still_open is None and self.cells.get("open")):
            return None, None  # unreadable, which has been said
        amount = still_open if amount is None else amount
        still_open = amount if still_open is None else still_open
        if amount is None or still_open is None:
            return None, None
        if still_open > amount:
            self.error(
                "open",
                f"{shown(self.cells['open'])} is more than the invoice amount {amount.text}:"
                " what is open can't be more than what was invoiced",
            )
        elif still_open.is_zero:
            column = "open" if self.cells.get("open") else "amount"
            self.warning(column, "nothing is open on this invoice, so it was left out")
            self.settled = (currency, self.reading.findings[-1])
            self.left_out = True
        return amount, still_open

    def _status(self) -> tuple[Kind | None, YesNoUnknown, YesNoUnknown, YesNoUnknown]:
        yes, no, unknown = YesNoUnknown.YES, YesNoUnknown.NO, YesNoUnknown.UNKNOWN
        kind = self.choice("kind", KINDS, "business or consumer")
        person = self.choice("natural_person", YES_NO_UNKNOWN, "yes, no or unknown") or unknown
        business = self.choice("in_business", YES_NO_UNKNOWN, "yes, no or unknown") or unknown
        government = self.choice("government", YES_NO_UNKNOWN, "yes, no or unknown") or unknown
        if kind is Kind.CONSUMER and (person is no or business is yes or government is yes):
            self.error(
                "kind",
                "a consumer is a person who does not act in business: correct kind or the other columns",
            )
        elif kind is Kind.BUSINESS and business is no:
            self.error("kind", "a business acts in business: correct kind or in_business")
        elif person is yes and government is yes:
            self.error("government", "a public body is not a natural person: correct one of the two columns")
        elif kind is Kind.CONSUMER:
            person, business, government = yes, no, no
        elif kind is Kind.BUSINESS:
            person, business = (no if person is unknown else person), yes
        elif government is yes:
            person = no
        told = any(name in self.cells for name in _STATUS)  # else it has been said once for the whole file
        if self.good and told and person is not no and business is not yes and unknown in (person, business):
            column = next(name for name in _STATUS if name in self.cells)
            self.warning(
                column,
                f"it is not known whether this debtor is a business or a consumer, so he is {_AS_CONSUMER}",
            )
        return kind, person, business, government

    def _country(self) -> str | None:
        cell = self.text("country")
        if cell is None:
            return None
        named = COUNTRIES.get(bare_word(cell))
        if named is None and not re.fullmatch(r"[A-Za-z]{2}", cell):
            self.error("country", f"{shown(cell)} is not a country: write its two letters, like NL or BE")
            return None
        return named or cell.upper()

    def _language(self) -> str | None:
        cell = self.text("language")
        if cell is None:
            return None
        # Exports also write a region: nl-BE, fr_BE.
        if found := re.fullmatch(r"([A-Za-z]{2})(?:[-_][A-Za-z]{2})?", cell):
            return found[1].lower()
        named = LANGUAGES.get(bare_word(cell))
        if named is None:
            self.error("language", f"{shown(cell)} is not a language: write its two letters, like nl, fr, de or en")
        return named

    def _email(self) -> str | None:
        email = self._contact("email", read_email)
        if email is not None and (doubt := doubt_about(email)) is not None:
            self.warning("email", doubt)
        return email

    def _phone(self, country: str | None) -> str | None:
        return self._contact("phone", lambda cell: read_phone(cell, country))

    def _contact(self, column: str, read: Callable[[str], str]) -> str | None:
        cell = self.text(column)
        if cell is None:
            return None
        try:
            return read(cell)
        except NotUsed as problem:
            self.warning(column, str(problem))
        except Unreadable as problem:
            self.error(column, str(problem))
        return None

    def _tags(self) -> tuple[str, ...]:
        written = re.split(r"[,;|]", self.text("tags") or "")
        return tuple(dict.fromkeys(tag.strip() for tag in written if tag.strip()))

    def _payment_link(self) -> str | None:
        link = self._contact("payment_link", read_payment_link)
        if link is None:
            return None
        named = (self.cells.get(column) for column in ("number", "debtor_name", "contact_name"))
        if names_somebody(link, *named):
            self.error(
                "payment_link",
                "this holds the invoice number or a name, and links are read by others: make it from a random token",
            )
            return None
        return link

    def _product(self) -> str | None:
        cell = self.text("product", _MOST_PRODUCT_CHARACTERS)
        if cell is not None and not plain(cell):
            self.error("product", f"{shown(cell)} names nothing: say in a few words what was sold, or leave it empty")
            return None
        return cell

    def _goods(self) -> dict[str, object]:
        delivered_on = self.day("delivered_on")
        if delivered_on is not None and delivered_on > self.reading.today:
            self.error(
                "delivered_on",
                f"{delivered_on} lies after today ({self.reading.today}): this can't have happened yet",
            )
        return {
            "goods": self.choice("goods", YES_NO, "yes or no") or False,
            "delivered_on": delivered_on,
        }

    def _document(self) -> str | None:
        cell = self.text("document")
        if cell is None:
            return None
        path = PurePosixPath(cell.replace("\\", "/"))
        if path.is_absolute() or PureWindowsPath(cell).drive or ".." in path.parts or not path.name:
            self.error(
                "document",
                f"{shown(cell)} does not lie beside this file: give a file name, or a path in a folder below it",
            )
            return None
        return str(path)

    def _notice(self, invoice_date: date | None, due: date | None) -> dict[str, object]:
        posted_on = self.past("notice_posted_on", invoice_date)
        proof = self.choice("notice_proof", PROOFS, "presumed, delivered or confirmed")
        if self.cells.get("notice_proof") and not self.cells.get("notice_posted_on"):
            self.error("notice_proof", "there is proof of a notice but no day: fill in notice_posted_on as well")
        elif posted_on is not None and not self.cells.get("notice_proof"):
            self.warning("notice_posted_on", "there is no proof of this notice, so it will be sent again")
        elif posted_on is not None and due is not None and posted_on <= due:
            self.warning("notice_posted_on", f"this notice was posted before the invoice was late ({due}): check it")
        return {"notice_posted_on": posted_on, "notice_proof": proof}

    def _promise(self, still_open: Money | None) -> dict[str, object]:
        until = self.day("promise_until")
        amount = None if still_open is None else self.money("promise_amount", still_open.currency)
        if self.cells.get("promise_amount") and not self.cells.get("promise_until"):
            self.error("promise_amount", "there is a promised amount but no day: fill in promise_until as well")
        elif amount is not None and not amount.is_positive:
            self.error(
                "promise_amount",
                f"{shown(self.cells['promise_amount'])} is no promise: write an amount above 0",
            )
        elif amount is not None and still_open is not None and amount > still_open:
            self.error(
                "promise_amount",
                f"{shown(self.cells['promise_amount'])} is more than the {still_open.text} that is open: check both",
            )
        return {"promise_until": until, "promise_amount": amount}

    def _hold(self) -> dict[str, object]:
        hold = self.text("hold")
        if hold is not None and bare_word(hold) in NO:
            hold = None
        until = self.day("hold_until")
        if until is not None and hold is None:
            self.error("hold_until", "there is an end of a hold but no hold: write its reason in the column hold")
        elif until is not None and until <= self.reading.today:
            self.warning("hold_until", f"this hold ended on {until}, so it stops nothing")
        return {"hold": hold, "hold_until": until}
