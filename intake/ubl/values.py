"""The days and amounts of e-invoices."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from domain.invoice import FIRST_DAY, LAST_DAY
from domain.money import Money, minor_digits
from intake.findings import Unreadable, shown

__all__ = ["read_day", "read_money"]

_AMOUNT: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{0,10})?|[+-]?\.[0-9]{1,10}")
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")


def read_day(text: str) -> date:
    """An xs:date; its zone, if any, is left out: a calendar day is what the invoice prints."""
    match = _DAY.fullmatch(text)
    try:
        day = date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if day is None:
        raise Unreadable(f"{shown(text)} is no date: write it like 2026-03-01")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unreadable(f"{day} does not lie between {FIRST_DAY} and {LAST_DAY}: correct the date")
    return day


def read_money(text: str, currency: str) -> Money:
    """An amount in a currency, exact."""
    if not _AMOUNT.fullmatch(text):
        raise Unreadable(f"{shown(text)} is no amount: write it like 1234.56")
    amount = Decimal(text)
    # XML may write 100.1000 and 729; only decimals that say something are too many.
    exact = amount.quantize(Decimal(1).scaleb(-minor_digits(currency)))
    if exact != amount:
        raise Unreadable(f"{shown(text)} has more decimals than {currency}: correct the amount")
    try:
        return Money(exact, currency)
    except ValueError as problem:
        raise Unreadable(f"{shown(text)}: {problem}") from None
