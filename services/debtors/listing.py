"""All debtors who owe something, the most first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from casefile.of_debtor import open_by_debtor
from casefile.session import Session
from domain.money import Money

__all__ = ["DebtorRow", "debtors_in"]


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


def debtors_in(session: Session, today: date, search: str = "") -> tuple[DebtorRow, ...]:
    """Debtors who owe something; with this in their number or name. Read in one query, however many there are."""
    wanted = search.strip().casefold()
    found: dict[tuple[str, str], DebtorRow] = {}
    for row in open_by_debtor(session):
        name = row.debtor if row.body is None else str(json.loads(row.body)["name"])
        if wanted and wanted not in name.casefold() and wanted not in row.debtor.casefold():
            continue
        key = (row.creditor, row.debtor)
        known = found.get(key)
        owed = Money.from_minor(int(row.minor), row.currency)
        due = min((day for day in (row.due, known.due if known else None) if day is not None), default=None)
        found[key] = DebtorRow(
            creditor=row.creditor,
            number=row.debtor,
            name=name,
            open=(owed,) if known is None else (*known.open, owed),
            invoices=int(row.number) + (known.invoices if known else 0),
            due=due,
            late=0 if due is None else max(0, (today - due).days),
        )
    return tuple(sorted(found.values(), key=_most_first))


def _most_first(row: DebtorRow) -> tuple[bool, int, str, str]:
    """The euro first, for amounts in two currencies can't be compared."""
    euro = next((each for each in row.open if each.currency == "EUR"), None)
    return euro is None, -(euro or row.open[0]).minor, row.name.casefold(), row.number
