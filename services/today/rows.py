"""Rows of the morning screen, from rows of the case file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from domain.money import Money
from services.today.page import CaseRow, Reason, Sum

__all__ = ["LOOK_FIRST", "ROWS", "case_fields", "case_row", "contact_of", "money_of", "reasons_of_codes", "sum_of"]

ROWS = 25
"""Rows of a block; how many there are in all is told beside them."""

LOOK_FIRST = Money.parse("10000.00", "EUR")
"""From this amount on a message is looked at before it leaves (practice.md, block 3), in whatever currency."""


def case_fields(row: Any) -> dict[str, Any]:
    """What every row shows of its case."""
    return {
        "case": row.id,
        "number": row.number,
        "debtor": _name(row.body) or row.debtor,
        "debtor_number": row.debtor,
        "open": Money.from_minor(int(row.open_minor), row.currency),
    }


def case_row(row: Any, *why: Reason) -> CaseRow:
    """A row of nothing but a case."""
    return CaseRow(**case_fields(row), why=why)


def contact_of(body: str | None) -> tuple[str | None, str | None]:
    """Name and number under which a debtor is called: of the contact for money, else of the first with a number."""
    contacts = [] if body is None else json.loads(body).get("contacts", [])
    with_phone = [each for each in contacts if each.get("phone")]
    chosen = next((each for each in with_phone if each.get("role") == "finance"), with_phone[0] if with_phone else None)
    return (None, None) if chosen is None else (chosen.get("name"), chosen["phone"])


def reasons_of_codes(stored: str | None, day: date | None = None) -> tuple[Reason, ...]:
    """The codes that keep a case back, the deciding one with its day."""
    codes = [] if stored is None else json.loads(stored)
    return tuple(Reason(code=code, day=day if index == 0 else None) for index, code in enumerate(codes))


def money_of(pairs: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    """Sums by currency, the euro first."""
    sums: dict[str, int] = {}
    for currency, minor in pairs:
        sums[currency] = sums.get(currency, 0) + int(minor)
    return tuple(
        Money.from_minor(sums[currency], currency) for currency in sorted(sums, key=lambda each: (each != "EUR", each))
    )


def sum_of(kind: str, rows: Iterable[tuple[int, str, int]]) -> Sum:
    """A sum of rows of number, currency and minor units."""
    found = list(rows)
    return Sum(
        kind=kind,
        number=sum(number for number, _, _ in found),
        amounts=money_of((currency, minor) for _, currency, minor in found),
    )


@lru_cache(maxsize=4096)
def _name(body: str | None) -> str | None:
    return None if body is None else str(json.loads(body)["name"])
