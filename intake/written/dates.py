"""Dates as people and programs write them: the day before the month, unless the year comes first."""

import re
import unicodedata
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, Literal

from intake.findings import Unreadable, shown

__all__ = [
    "MonthFirst",
    "ShortYear",
    "could_be_month_first",
    "could_be_year_first",
    "in_order",
    "is_day_first",
    "is_no_date",
    "read_written_date",
]

_ACCEPTED = "write it like 2026-03-01 or 01-03-2026"
# Midnight is no time of day: what a spreadsheet or a database puts behind a day, with or without a zone.
_MIDNIGHT = re.compile(
    r"(?:[T ]+0{1,2}:00(?::00(?:[.,]0+)?)?|[T ]+12:00(?::00)? ?a\.?m\.?)(?: ?Z| ?[+-][0-9]{2}:?[0-9]{2})?$",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_BARE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SHORT_YEAR = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2'?([0-9]{2})")
_NAMED_MONTH = re.compile(r"([0-9]{1,2})\.?[-/. ]+([a-z]{3,10})\.?[-/. ]+'?([0-9]{4}|[0-9]{2})")
_SERIAL = re.compile(r"[2-6][0-9]{4}(?:[.,]0+)?")
_MILLISECONDS = re.compile(r"/Date\(([0-9]{12,13})(?:\+0000)?\)/")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_DAY_MS: Final = 86_400_000

_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "jan januari january janvier janv januar",
            "feb februari february fevrier fevr fev februar febr",
            "mrt mar maart march mars marz maa maerz",
            "apr april avril avr",
            "mei may mai",
            "jun juni june juin",
            "jul juli july juillet juil",
            "aug augustus august aout aou",
            "sep sept september septembre",
            "okt oct oktober october octobre",
            "nov november novembre",
            "dec december decembre dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}


class MonthFirst(Unreadable):
    """The date only exists when the month is read first, so its whole column is suspect."""


class ShortYear(Unreadable):
    """The date has a year of two digits, and it is not known which of its numbers that is."""


@lru_cache(maxsize=4096)
def read_written_date(text: str, *, short_years: bool = False) -> date:
    """Read one date, day first.

    Args:
        text: `2026-03-01`, `20260301`, `01-03-2026`, `1-3-2026`, `01/03/2026`, `1.3.2026`, `1 maart 2026` or
            `1-mrt-26`; a midnight behind it, as spreadsheets export, is ignored.
        short_years: Whether `1-3-26` is known to end in its year, of this century.

    Returns:
        The calendar day.

    Raises:
        MonthFirst: The second number can only be a day (`03/13/2026`).
        ShortYear: It has a year of two digits, and `short_years` is not given.
        Unreadable: It is no date in one of these forms, or lies outside 1990–2100.
    """
    written = _bare(text)
    if found := _YEAR_FIRST.fullmatch(written):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _BARE.fullmatch(written):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(written):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        _refuse_month_first(text, day, found[2], month, year)
    elif found := _SHORT_YEAR.fullmatch(written):
        if not short_years:
            raise ShortYear(f"{shown(text)} has a year of two digits: write the year in full, like 01-03-2026")
        day, month, year = int(found[1]), int(found[3]), 2000 + int(found[4])
        _refuse_month_first(text, day, found[2], month, year)
    elif (found := _NAMED_MONTH.fullmatch(_plain(written))) and found[2] in _MONTHS:
        day, month, year = int(found[1]), _MONTHS[found[2]], int(found[3])
        year += 2000 if year < 100 else 0
    elif (found := _MILLISECONDS.fullmatch(written)) and int(found[1]) % _DAY_MS == 0:
        moment = datetime.fromtimestamp(int(found[1]) // 1000, UTC)
        year, month, day = moment.year, moment.month, moment.day
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


@lru_cache(maxsize=4096)
def is_no_date(text: str) -> bool:
    """Whether a cell is what a program writes where there is no date (`00-00-0000`)."""
    return re.fullmatch(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}", _bare(text)) is not None


def in_order(text: str, order: Literal["day_first", "month_first", "year_first"] | None, *, short_years: bool) -> str:
    """Rewrite a date whose order a person has told; one that is in no such form stays.

    Args:
        text: The date.
        order: Order of day, month and year; None is day first.
        short_years: Whether a year of two digits is of this century.
    """
    written = _bare(text)
    found = _DAY_FIRST.fullmatch(written) or (_SHORT_YEAR.fullmatch(written) if short_years or order else None)
    if found is None:
        return text
    first, second, third = found[1], found[3], found[4]
    if order == "year_first":
        return text if len(third) == 4 else f"20{first:0>2}-{second:0>2}-{third:0>2}"
    day, month = (second, first) if order == "month_first" else (first, second)
    return f"{third if len(third) == 4 else f'20{third}'}-{month:0>2}-{day:0>2}"


def could_be_month_first(text: str) -> bool:
    """Tell whether a date is another day when the month comes first (`03/04/2026`, not `2026-03-04`)."""
    found = _DAY_FIRST.fullmatch(_bare(text))
    return found is not None and int(found[1]) <= 12 and int(found[3]) <= 12 and int(found[1]) != int(found[3])


def is_day_first(text: str) -> bool:
    """Tell whether a date shows that its day comes first (`4-sep-26`, `31-12-2026`)."""
    written = _bare(text)
    named = _NAMED_MONTH.fullmatch(_plain(written))
    return (named is not None and named[2] in _MONTHS) or _DAY_FIRST.fullmatch(written) is not None


def could_be_year_first(text: str, earliest: date, latest: date) -> bool:
    """Tell whether `26-9-25` may begin with its year: whether it then lies between two days."""
    found = _SHORT_YEAR.fullmatch(_bare(text))
    if found is None:
        return False
    try:
        return earliest <= date(2000 + int(found[1]), int(found[3]), int(found[4])) <= latest
    except ValueError:
        return False


def _bare(text: str) -> str:
    return _MIDNIGHT.sub("", text.strip())


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _refuse_month_first(text: str, day: int, mark: str, month: int, year: int) -> None:
    if day <= 12 < month <= 31:
        raise MonthFirst(
            f"{shown(text)} has no month {month}, because the day comes first here:"
            f" write {month:02}{mark}{day:02}{mark}{year} or {year}-{day:02}-{month:02}"
        )
