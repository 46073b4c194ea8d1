"""All debtors who owe something, the most first."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casefile.of_debtor import debtors_who_owe, open_of_debtors
from casefile.session import Session
from domain.money import Money

__all__ = ["DebtorPage", "DebtorRow", "debtors_in"]

_PLAIN = re.compile(r"[A-Za-z0-9 ]+")
"""What a database finds in small letters and large alike, and JSON writes as it is."""


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """A debtor: what he owes by currency, on how many invoices, and how late the oldest of them is."""

    creditor: str
    number: str
    name: str
    open: tuple[Money, ...]
    invoices: int
    due: date | None
    late: int


@dataclass(frozen=True, slots=True)
class DebtorPage:
    """Some of them, and how many there are in all."""

    rows: tuple[DebtorRow, ...]
    total: int


def debtors_in(session: Session, today: date, search: str = "", *, first: int = 0, most: int = 100) -> DebtorPage:
    """Debtors who owe something, who owes most euros first; read in two queries, however many there are.

    Args:
        session: A reading transaction on the case file.
        today: The local day.
        search: Only with this in their number or name.
        first: How many stand before the first.
        most: How many at most.
    """
    wanted = search.strip().casefold()
    if not wanted:
        found, total = debtors_who_owe(session, None, first, most)
        return DebtorPage(_rows(session, found, today), total)
    # The database looks for the longest part that it can find; whether it is the number or the name is seen here.
    plain = max(_PLAIN.findall(wanted), key=len, default="").strip() or None
    every, _ = debtors_who_owe(session, plain, 0, 1_000_000)
    named = [row for row in every if wanted in _name(row).casefold() or wanted in row.debtor.casefold()]
    return DebtorPage(_rows(session, named[first : first + most], today), len(named))


def _rows(session: Session, found: Sequence[Any], today: date) -> tuple[DebtorRow, ...]:
    owed: dict[tuple[str, str], list[Money]] = defaultdict(list)
    for row in open_of_debtors(session, [(row.creditor, row.debtor) for row in found]):
        owed[row.creditor, row.debtor].append(Money.from_minor(int(row.minor), row.currency))
    return tuple(
        DebtorRow(
            creditor=row.creditor,
            number=row.debtor,
            name=_name(row),
            open=tuple(sorted(owed[row.creditor, row.debtor], key=lambda each: each.currency != "EUR")),
            invoices=int(row.number),
            due=row.due,
            late=0 if row.due is None else max(0, (today - row.due).days),
        )
        for row in found
    )


def _name(row: Any) -> str:
    return row.debtor if row.body is None else str(json.loads(row.body)["name"])
