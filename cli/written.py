"""What people type for a day or an amount, read as they write it: `24-12-2026`, `1.234,56`."""

from __future__ import annotations

import re
from datetime import date

import typer

from domain.money import minor_digits
from intake.findings import Unreadable, shown
from intake.written.amounts import read_written_amount
from intake.written.dates import read_written_date

__all__ = ["day_of", "plain_amount", "written_day"]

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]{1,2})?")
_NO_DAY = "is not a date"
_DAY_ACCEPTED = "write it like 2026-11-21 or 21-11-2026"
_FINER = re.compile(r"-?[0-9]+\.[0-9]+")


def day_of(text: str) -> date:
    """Read one day, the day before the month.

    Args:
        text: `2026-12-24`, `24-12-2026`, `24/12/2026`, `24.12.2026`, `20261224`.

    Raises:
        ValueError: it is no day, or one of a year of two digits; the text says what would be read.
    """
    written = text.strip()
    if _ISO.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            raise ValueError(f"{written} is a day that does not exist") from None
    try:
        return read_written_date(text)
    except Unreadable as problem:
        said = str(problem)
        raise ValueError(f"{shown(text)} is no day; {_DAY_ACCEPTED}" if _NO_DAY in said else said) from None


def written_day(text: str | None, where: str) -> date | None:
    """The day of an option or argument; one that is none ends the command with 2.

    Args:
        text: As typed; None where it was left out.
        where: Name of the option or argument.
    """
    if text is None:
        return None
    try:
        return day_of(text)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint=where) from None


def plain_amount(text: str, currency: str | None = None) -> str:
    """An amount as programs write it (`1234.56`), of one as people do.

    Args:
        text: `1234.56`, `1.234,56`, `1,234.56`, `€ 1 234,50`, `12,-`.
        currency: The currency that it must have where one stands beside it; None for any.

    Returns:
        The amount; what is none comes back as it is, for its reader to refuse.

    Raises:
        ValueError: it can be read in two ways (`1.234`), or it is of another currency.
    """
    plain = text.strip()
    if _PLAIN.fullmatch(plain):
        return plain
    if currency is not None and _FINER.fullmatch(plain) and minor_digits(currency) > 2:
        return plain
    try:
        written = read_written_amount(text)
    except Unreadable:
        return text
    if written.currency is not None and currency is not None and written.currency != currency:
        raise ValueError(f"{shown(text)} is in {written.currency}, and {currency} is asked")
    if len(written.readings) > 1:
        (_, whole), (_, fraction) = written.readings
        raise ValueError(
            f"{shown(text)} can be {whole} or {fraction}: write {whole}.00 if you mean {whole}, else two decimals"
        )
    value = written.readings[0][1]
    return str(int(value)) if value == value.to_integral_value() else f"{value:.2f}"
