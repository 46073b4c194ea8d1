"""Proposes a mapping for a list that nobody has described yet; a person decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from intake.findings import Unreadable
from intake.mappings.mapping import PASSED_OVER, ListMapping
from intake.open_items.columns import AMOUNTS, DAYS, column_of, normal_name
from intake.open_items.csv_records import Record, decode_table, read_records
from intake.open_items.layout import Layout, lay_out
from intake.open_items.sides import Side, side_of
from intake.open_items.words import bare_word
from intake.open_items.workbook import is_workbook, read_sheet
from intake.written.amounts import read_written_amount
from intake.written.dates import read_written_date

__all__ = ["GuessedColumn", "GuessedMapping", "guess_mapping", "headings_of", "recognised"]

_SAMPLES: Final = 3
_SIDES: Final = {
    Side.DEBTOR: "debtor",
    Side.SUPPLIER: "supplier",
    Side.CREDIT: "credit_note",
    Side.OTHER: "no_invoice",
}

# Parts of headings, in Dutch, English, French and German; the first that fits, and whose cells are of its kind, counts.
_WORDS: Final = tuple(
    (column, re.compile(pattern))
    for column, pattern in (
        ("-", r"btw|\bvat\b|\btva\b|mwst|\bust\b|excl|\bht\b|koers|\brate\b|dagen|jours|tage\b|\bdays|procent|korting"),
        ("due", r"verv|\bdue|echeance|fallig|betaal.*(voor|uiterlijk)"),
        ("paid_on", r"(betaa|paid|paye|bezahlt|paiem|payment).*(op|dat|le|am|on)\b"),
        ("invoice_date", r"(fact|inv|boek|doc|issue|emiss|rech|bel).*(dat|tag)|^(date|datum)\b"),
        (
            "open",
            r"open|uitst|saldo|restant|\brest|solde|resid|balance|outstand|remain|te betalen|unpaid|encours|\bdu\b",
        ),
        ("paid", r"betaald|voldaan|\bpaid|paye|bezahlt|ontvangen"),
        ("status", r"status|statut|etat\b"),
        ("email", r"mail|courriel"),
        ("phone", r"\btel|phone|mobiel|mobile|gsm"),
        ("postcode", r"postc|postal|\bzip|\bplz\b"),
        ("city", r"plaats|city|ville|\bort\b|gemeente|stad"),
        ("street", r"straat|street|adres|address|\brue\b|strasse"),
        ("country", r"\bland|country|pays"),
        ("language", r"\btaal|language|langue|sprache"),
        ("currency", r"valuta|munt|currency|devise|wahrung|\bval\b"),
        ("side", r"dagboek|journa|soort|\btype"),
        (
            "debtor_number",
            r"(deb|klant|rel|cust|client|kund|contact|afnemer).*(nr|num|no\b|code|\bid)|klantid|contactid",
        ),
        (
            "number",
            r"(fact|inv|boekst|rech|bel|doc|stuk).*(nr|num|no\b|stuk|id\b|code)|^(facture|factuur|invoice|nummer)",
        ),
        ("reference", r"refer|\bref\b|kenmerk|omschr|\bpo\b"),
        (
            "debtor_name",
            r"deb|klant|relatie|cust|client|kund|naam|\bname|contact|bedrijf|compan|partner|\bnom\b|afnemer",
        ),
        ("amount", r"bedrag|amount|montant|betrag|total|totaal|incl|ttc|brutto|som\b"),
    )
)


@dataclass(frozen=True, slots=True)
class GuessedColumn:
    """What a heading probably means.

    Attributes:
        heading: As written.
        samples: The first cells that differ.
        ours: Our column, `-` for one that need not be read, None where nobody can tell.
        sure: Whether we know it by its name.
    """

    heading: str
    samples: tuple[str, ...]
    ours: str | None
    sure: bool


@dataclass(frozen=True, slots=True)
class GuessedMapping:
    """A proposal.

    Attributes:
        mapping: The mapping.
        columns: All columns of the list, in its order.
        asks: What a person must decide, in sentences.
    """

    mapping: ListMapping
    columns: tuple[GuessedColumn, ...]
    asks: tuple[str, ...]


def guess_mapping(
    data: bytes, *, name: str, presets: Sequence[ListMapping] = (), sheet: str | None = None
) -> GuessedMapping:
    """Propose a mapping.

    Args:
        data: The list: CSV or XLSX.
        name: What the mapping is to be called.
        presets: Shipped mappings; one that recognises the list is the proposal.
        sheet: Name of the sheet in a workbook.

    Raises:
        Unreadable: there is no list in the file.
    """
    layout = _laid_out(data, presets, sheet)
    headings = frozenset(normal_name(cell) for cell in layout.header.cells if cell)
    preset = max(presets, key=lambda each: each.recognises(headings), default=None)
    if preset is not None and not preset.recognises(headings):
        preset = None
    cells = {
        place: tuple(row.cells[place] for row in layout.rows if row.problem is None and len(row.cells) > place)
        for place in range(len(layout.header.cells))
    }
    found = _columns(layout.header.cells, cells, preset)
    values = {
        each.heading: told
        for place, each in enumerate(found)
        if each.ours in ("side", "kind") and (told := _values(cells[place]))
    }
    columns = {
        each.heading: each.ours
        for each in found
        if each.heading
        and each.ours is not None
        and (each.ours != column_of(each.heading))
        and each.heading not in values
    }
    mapping = ListMapping(
        mapping=name,
        columns=columns,
        values=values,
        sheet=sheet,
        two_digit_years=preset is not None and preset.two_digit_years,
    )
    return GuessedMapping(mapping, found, _asks(found))


def headings_of(data: bytes, *, presets: Sequence[ListMapping] = (), sheet: str | None = None) -> tuple[str, ...]:
    """The column names of a list, as written.

    Args:
        data: The list: CSV or XLSX.
        presets: Mappings whose headings are known too.
        sheet: Name of the sheet in a workbook.

    Raises:
        Unreadable: there is no list in the file.
    """
    return tuple(cell for cell in _laid_out(data, presets, sheet).header.cells if cell)


def recognised(data: bytes, mappings: Sequence[ListMapping], *, sheet: str | None = None) -> ListMapping | None:
    """The mapping that knows a list by its headings; None where none does, or where there is no list.

    Args:
        data: The list: CSV or XLSX.
        mappings: Those that may.
        sheet: Name of the sheet in a workbook.
    """
    if not mappings:
        return None
    try:
        headings = frozenset(map(normal_name, headings_of(data, presets=mappings, sheet=sheet)))
    except Unreadable:
        return None
    best = max(mappings, key=lambda each: each.recognises(headings))
    return best if best.recognises(headings) else None


def _laid_out(data: bytes, presets: Sequence[ListMapping], sheet: str | None) -> Layout:
    def column(heading: str) -> str | None:
        return column_of(heading) or next((ours for each in presets if (ours := each.ours(heading))), None)

    records = _records(data, sheet, lambda heading: column(heading) is not None)
    if not records:
        raise Unreadable("the file is empty: export the open items again")
    return lay_out(records, column)


def _columns(
    header: Sequence[str], cells: dict[int, tuple[str, ...]], preset: ListMapping | None
) -> tuple[GuessedColumn, ...]:
    taken: set[str] = set()
    sure: dict[int, str] = {}
    for place, heading in enumerate(header):
        ours = (preset.ours(heading) if preset is not None else None) or column_of(heading)
        if ours is not None and (ours == PASSED_OVER or ours not in taken):
            sure[place] = ours
            taken.add(ours)
    found = []
    for place, heading in enumerate(header):
        guessed = sure.get(place) or _by_words(heading, cells[place], taken)
        if guessed is not None and guessed != PASSED_OVER:
            taken.add(guessed)
        samples = tuple(dict.fromkeys(cell[:40] for cell in cells[place] if cell))[:_SAMPLES]
        found.append(GuessedColumn(heading, samples, guessed, place in sure))
    return tuple(found)


def _by_words(heading: str, cells: Sequence[str], taken: set[str]) -> str | None:
    name = bare_word(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading))
    for ours, words in _WORDS:
        if ours not in taken and words.search(name) and _fits(ours, cells):
            return ours
    return None


def _fits(ours: str, cells: Sequence[str]) -> bool:
    """Whether cells are of the kind that a column holds; empty ones are of any."""
    filled = [cell for cell in cells if cell][:20]
    if ours in DAYS:
        return all(
            _reads(cell, read_written_date) or re.fullmatch(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}", cell)
            for cell in filled
        )
    if ours in AMOUNTS:
        return all(_reads(cell, read_written_amount) for cell in filled)
    if ours == "email":
        return not filled or any("@" in cell for cell in filled)
    return True


def _reads(cell: str, read: Callable[[str], object]) -> bool:
    try:
        read(cell)
    except Unreadable:
        return False
    return True


def _values(cells: Sequence[str]) -> dict[str, str]:
    told = {cell: side for cell in dict.fromkeys(cells) if cell and (side := side_of(cell)) is not None}
    return {cell: _SIDES[side] for cell, side in list(told.items())[:20]}


def _asks(found: Sequence[GuessedColumn]) -> tuple[str, ...]:
    ours = {each.ours for each in found}
    asks = [
        f"which column is {told}?"
        for names, told in (
            (("number",), "the invoice number (number)"),
            (("debtor_name", "debtor_number"), "the debtor (debtor_name or debtor_number)"),
            (("invoice_date",), "the day of the invoice (invoice_date)"),
            (("due",), "the day on which it is due (due)"),
            (("open", "amount"), "the amount that is open (open)"),
        )
        if ours.isdisjoint(names)
    ]
    if "open" not in ours and "amount" in ours and "paid" not in ours:
        asks.append("does the amount say what is still open? If not, which column does (open, or paid)?")
    return tuple(asks)


def _records(data: bytes, sheet: str | None, known: Callable[[str], bool]) -> list[Record]:
    if is_workbook(data):
        return read_sheet(data, sheet=sheet, known=known)[1]
    return list(read_records(decode_table(data).text, known=known))
