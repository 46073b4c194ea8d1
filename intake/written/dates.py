"""Dates as people and programs write them: the day before the month, unless the year comes first."""

import re
from datetime import date

from intake.findings import Unreadable, shown

_ACCEPTED = "write it like 2026-03-01 or 01-03-2026"
_MIDNIGHT = re.compile(r"[T ]+00:00(?::00(?:\.0+)?)?$")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_BARE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SHORT_YEAR = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{2})")
_SERIAL = re.compile(r"[2-6][0-9]{4}(?:[.,]0+)?")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class MonthFirst(Unreadable):
    """The date only exists when the month is read first, so its whole column is suspect."""


def read_written_date(text: str) -> date:
    """Read one date, day first.

    Args:
        text: `2026-03-01`, `20260301`, `01-03-2026`, `1-3-2026`, `01/03/2026` or `1.3.2026`; a midnight
            behind it, as spreadsheets export, is ignored.

    Returns:
        The calendar day.

    Raises:
        MonthFirst: The second number can only be a day (`03/13/2026`).
        Unreadable: It is no date in one of these forms, has a two-digit year or lies outside 1990–2100.
    """
    written = _MIDNIGHT.sub("", text.strip())
    if found := _YEAR_FIRST.fullmatch(written):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _BARE.fullmatch(written):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(written):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if day <= 12 < month <= 31:
            raise MonthFirst(
                f"{shown(text)} has no month {month}, because the day comes first here:"
                f" write {month:02}{found[2]}{day:02}{found[2]}{year} or {year}-{day:02}-{month:02}"
            )
    elif _SHORT_YEAR.fullmatch(written):
        raise Unreadable(f"{shown(text)} has a year of two digits: write the year in full, like 01-03-2026")
    elif _SERIAL.fullmatch(written):
        raise Unreadable(
            f"{shown(text)} is a day number of a spreadsheet: format the column as a date and export again"
        )
    else:
        raise Unreadable(f"{shown(text)} is not a date: {_ACCEPTED}")
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Unreadable(
            f"{shown(text)} lies in the year {year}: check the year, it must be {_FIRST_YEAR} to {_LAST_YEAR}"
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(f"{shown(text)} is a day that does not exist: {_ACCEPTED}") from None


def could_be_month_first(text: str) -> bool:
    """Tell whether a date is another day when the month comes first (`03/04/2026`, not `2026-03-04`)."""
    found = _DAY_FIRST.fullmatch(_MIDNIGHT.sub("", text.strip()))
    return found is not None and int(found[1]) <= 12 and int(found[3]) <= 12 and int(found[1]) != int(found[3])
