"""The columns of a list that was dropped: what they seem to be, and what a person says that they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from casefile.case_file import CaseFile
from casefile.list_readings import forget_mapping, keep_mapping
from casefile.uploads import UploadFile
from intake.e_invoice import is_pdf
from intake.mappings.guessing import GuessedColumn, guess_mapping, recognised
from intake.mappings.mapping import PASSED_OVER, ListMapping
from intake.open_items.columns import COLUMNS
from intake.xml_safety import looks_like_xml
from services.importing.mappings import kept_mappings, preset_mappings

__all__ = ["NotKept", "ReadColumns", "columns_of", "forget_columns", "keep_columns", "lists_among"]

_NEEDED = (("number",), ("debtor_name", "debtor_number"), ("invoice_date",), ("due",), ("amount", "open"))


class NotKept(ValueError):
    """What a person said of the columns can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class ReadColumns:
    """How the columns of a list are read.

    Attributes:
        name: Of the mapping that was kept, else one that fits the name of the list.
        columns: Each with samples, and what it is read as.
        is_kept: Whether a person said so before.
        date_order, decimal_mark, two_digit_years: As `ListMapping` has them.
        lacks: Groups of our columns of which one is needed, and none is there.
    """

    name: str
    columns: tuple[GuessedColumn, ...]
    is_kept: bool
    date_order: str | None
    decimal_mark: str | None
    two_digit_years: bool
    lacks: tuple[tuple[str, ...], ...]


def lists_among(files: Sequence[UploadFile]) -> tuple[int, ...]:
    """Places of the lists among files that were dropped."""
    return tuple(
        place
        for place, each in enumerate(files)
        if not each.beside
        and not each.name.lower().endswith((".xml", ".pdf"))
        and not looks_like_xml(each.content)
        and not is_pdf(each.content)
    )


def columns_of(file: CaseFile, creditor: str, dropped: UploadFile) -> ReadColumns:
    """How the columns of a list are read.

    Args:
        file: The case file.
        creditor: Whose list it is.
        dropped: The list.

    Raises:
        Unreadable: there is no list in it.
    """
    kept = recognised(dropped.content, kept_mappings(file, creditor))
    guessed = guess_mapping(dropped.content, name=_name(dropped.name), presets=preset_mappings())
    columns = guessed.columns
    if kept is not None:
        columns = tuple(
            GuessedColumn(each.heading, each.samples, kept.ours(each.heading) or each.ours, sure=True)
            for each in columns
        )
    ours = {each.ours for each in columns}
    told = kept or guessed.mapping
    return ReadColumns(
        name=told.mapping,
        columns=columns,
        is_kept=kept is not None,
        date_order=told.date_order,
        decimal_mark=told.decimal_mark,
        two_digit_years=told.two_digit_years,
        lacks=tuple(group for group in _NEEDED if ours.isdisjoint(group)),
    )


def keep_columns(
    file: CaseFile,
    creditor: str,
    dropped: UploadFile,
    chosen: Mapping[int, str],
    actor: str,
    now: datetime,
    *,
    date_order: str | None = None,
    decimal_mark: str | None = None,
    two_digit_years: bool = False,
) -> ListMapping:
    """Keep what a person says of the columns of a list; every later list with these headings is read so.

    Args:
        file: The case file.
        creditor: Whose list it is.
        dropped: The list.
        chosen: Our column, or `-`, by the place of the heading.
        actor: Who says so.
        now: The real clock.
        date_order: Order of day, month and year; None where every date says it itself.
        decimal_mark: What stands before the cents; None where every amount says it itself.
        two_digit_years: Whether years of two digits are of this century.

    Raises:
        NotKept: it can't be used.
        Unreadable: there is no list in it.
    """
    guessed = guess_mapping(dropped.content, name=_name(dropped.name), presets=preset_mappings())
    known = {column.name for column in COLUMNS}
    columns: dict[str, str] = {}
    taken: dict[str, str] = {}
    for place, each in enumerate(guessed.columns):
        ours = chosen.get(place, PASSED_OVER)
        if not each.heading or (ours != PASSED_OVER and ours not in known):
            continue
        if ours in taken:
            raise NotKept(f"{taken[ours]} and {each.heading} are both to be {ours}: choose one of them")
        if ours != PASSED_OVER:
            taken[ours] = each.heading
        columns[each.heading] = ours
    values = {heading: told for heading, told in guessed.mapping.values.items() if columns.get(heading) != PASSED_OVER}
    if not taken:
        raise NotKept("no column is to be read: choose at least invoice number, debtor, dates and amount")
    try:
        mapping = ListMapping.model_validate(
            {
                "mapping": _name(dropped.name),
                "about": dropped.name,
                "columns": columns,
                "values": values,
                "date_order": date_order,
                "decimal_mark": decimal_mark,
                "two_digit_years": two_digit_years,
                "recognised_by": [[heading for heading, ours in columns.items() if ours != PASSED_OVER]],
            }
        )
    except ValidationError as error:
        raise NotKept(str(error.errors()[0]["msg"])) from None
    with file.write() as transaction:
        body = mapping.model_dump_json(exclude_defaults=True)
        keep_mapping(transaction.session, creditor, mapping.mapping, body, actor, now)
    return mapping


def forget_columns(file: CaseFile, creditor: str, name: str) -> None:
    """Forget what was kept of the columns of a list."""
    with file.write() as transaction:
        forget_mapping(transaction.session, creditor, name)


def _name(file: str) -> str:
    """A name for the mapping of a list: that of its file without days and numbers, so that tomorrow's has the same."""
    stem = file.rpartition(".")[0] or file
    kept = "".join(sign if sign.isascii() and sign.isalpha() else "-" for sign in stem.lower())
    return "-".join(filter(None, kept.split("-")))[:64].strip("-") or "list"
