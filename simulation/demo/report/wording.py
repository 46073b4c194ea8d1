"""Days and amounts as the report writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency

from domain.money import Money

_LOCALE = "en_GB"

END_NAMES = {
    "open": "open",
    "paid": "paid",
    "credited": "credited",
    "below_tolerance": "below tolerance",
    "written_off": "written off",
    "handed_off": "handed off",
}
"""How a case may have ended, in the order of the report."""


def money(amount: Money) -> str:
    """An amount with its sign and currency: `€1,284.60`."""
    return format_currency(amount.amount, amount.currency, locale=_LOCALE).replace("-", "−")


def summed(amounts: Iterable[Money]) -> str:
    """A sum, one amount for each currency."""
    totals: dict[str, Money] = {}
    for amount in amounts:
        totals[amount.currency] = totals.get(amount.currency, Money.zero(amount.currency)) + amount
    return " + ".join(money(total) for _, total in sorted(totals.items())) or "nothing"


def short_day(day: date) -> str:
    """A day of the quarter: `Tue 7 Apr`."""
    return format_date(day, "EEE d MMM", locale="en")


def long_day(day: date) -> str:
    """A day of any year: `7 April 2026`."""
    return format_date(day, "d MMMM y", locale="en")


_ISO_DAY = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d{2}-\d{2})\b")


def short_days(text: str) -> str:
    """A text with its days as the report writes them."""
    return _ISO_DAY.sub(lambda found: short_day(date.fromisoformat(found[1])), text)


def plain_id(entry: str) -> str:
    """The id of a ledger entry as people know it: a credit note by its year and number."""
    return entry.removeprefix("import:credit:")


def words(code: str) -> str:
    """The id of a step or task as words: `second reminder`."""
    return code.replace("_", " ")
