"""Whom to call first: debtors by open × chance × days late, each once for all his invoices that ask for it.

Amounts in two currencies can't be compared without a rate, so each currency has a ranking of its own; they take turns
in proportion to how many there are of each, the euro first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from casefile.morning import call_tasks
from casefile.session import Session
from domain.money import Money
from domain.tasks import is_call_task
from services.figures.promises import Judged
from services.today.day import OFFICE

__all__ = ["Asked", "CallQueue", "DebtorToCall", "call_queue", "chance_of"]

_CENT = Decimal("0.01")
_NONE = (0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice about which its debtor is to be called.

    Attributes:
        kind: The task that asks for it.
        due: Its due date; None while no worker has seen the case.
    """

    case: str
    number: str
    kind: str
    open: Money
    due: date | None


class DebtorToCall(NamedTuple):
    """A debtor to call. There may be thousands, so of each only whole numbers are made before he is asked for.

    Attributes:
        rows: His invoices that ask for it, as the case file has them, the one that weighs most first.
        currency: In which he is ranked.
        minor: What is open on those of them in this currency, in minor units; `minor_days` times the days it is late.
        kept: How many of his promises were kept, of `judged`.
        again: When he is to be called again, where that was agreed: a day, with an hour or without.
    """

    creditor: str
    debtor: str
    rows: tuple[Any, ...]
    currency: str
    minor: int
    minor_days: int
    kept: int
    judged: int
    again: tuple[date, str] | None

    @property
    def key(self) -> tuple[str, str]:
        """What tells him from all others."""
        return self.creditor, self.debtor

    @property
    def asked(self) -> tuple[Asked, ...]:
        """His invoices that ask for it."""
        return tuple(
            Asked(row.id, row.number, row.kind, Money.from_minor(int(row.open_minor), row.currency), row.due)
            for row in self.rows
        )

    @property
    def open(self) -> Money:
        """What is open on them, in the currency in which he is ranked."""
        return Money.from_minor(self.minor, self.currency)

    @property
    def rank(self) -> Decimal:
        """Open × chance × days late, summed over them."""
        one = Money.from_minor(1, self.currency).amount
        return (self.minor_days * one * chance_of(self.kept, self.judged)).quantize(_CENT, ROUND_HALF_UP)

    @property
    def order(self) -> tuple[int, date, str, tuple[str, str]]:
        """What puts him in order among those of his currency: the highest rank comes first."""
        first = self.rows[0]
        score = self.minor_days * (self.kept + 1) * 1_000_000 // (self.judged + 2)
        return -score, first.due or date.max, first.number, self.key


@dataclass(frozen=True, slots=True)
class CallQueue:
    """Whom to call now, in order, and whom later, by when."""

    now: tuple[DebtorToCall, ...]
    later: tuple[DebtorToCall, ...]


def chance_of(kept: int, judged: int) -> Decimal:
    """The chance that the next promise is kept, by Laplace's rule of succession: (kept + 1) / (judged + 2)."""
    return Decimal(kept + 1) / Decimal(judged + 2)


def call_queue(session: Session, kinds: Iterable[str], promised: Sequence[Judged], at: datetime) -> CallQueue:
    """All debtors to call.

    Args:
        session: A reading transaction on the case file.
        kinds: The kinds of open tasks that there are.
        promised: What came of promises.
        at: The present moment.
    """
    record: dict[tuple[str, str], tuple[int, int]] = {}
    for each in promised:
        kept, judged = record.get((each.creditor, each.debtor), _NONE)
        record[each.creditor, each.debtor] = (kept + each.kept, judged + 1)
    today = at.astimezone(OFFICE).date()
    by_debtor: dict[tuple[str, str], list[Any]] = {}
    put_off: dict[tuple[str, str], tuple[date, str]] = {}
    waiting: set[tuple[str, str]] = set()
    for row in call_tasks(session, [kind for kind in kinds if is_call_task(kind)]):
        _, creditor, debtor, _, _, _, _, _, _, _, again_on, again_at = row
        key = (creditor, debtor)
        by_debtor.setdefault(key, []).append(row)
        if again_on is not None:
            moment = (again_on, again_at or "")
            put_off[key] = max(moment, put_off.get(key, moment))
            if _is_later(row, at):
                waiting.add(key)
    found = {
        key: _to_call(key, rows, record.get(key, _NONE), put_off.get(key), today) for key, rows in by_debtor.items()
    }
    # Who asked to be called on Tuesday is not called on Monday about another invoice.
    soon = [each for key, each in found.items() if key not in waiting]
    later = sorted((each for key, each in found.items() if key in waiting), key=lambda each: (each.again, each.key))
    return CallQueue(now=_in_turn(soon), later=tuple(later))


def _is_later(row: Any, at: datetime) -> bool:
    if row.again_on is None:
        return False
    local = at.astimezone(_zone(row.zone))
    moment = time.fromisoformat(row.again_at) if row.again_at else time.min
    return (row.again_on, moment) > (local.date(), local.time())


def _to_call(
    key: tuple[str, str],
    rows: Sequence[Any],
    record: tuple[int, int],
    again: tuple[date, str] | None,
    today: date,
) -> DebtorToCall:
    kept, judged = record
    if len(rows) == 1:
        # So it is of most.
        (row,) = rows
        _, creditor, debtor, minor, currency, due, *_ = row
        return DebtorToCall(
            creditor, debtor, (row,), currency, int(minor), int(minor) * _late(due, today), kept, judged, again
        )
    # A case is named once, whatever tasks ask for the call: by the first of them.
    by_case: dict[str, Any] = {}
    for row in sorted(rows, key=lambda row: (row.id, row.raised_on, row.kind)):
        by_case.setdefault(row.id, row)
    rows = tuple(by_case.values())
    currency = min((row.currency for row in rows), key=_euro_first)
    weight = {row.id: int(row.open_minor) * _late(row.due, today) for row in rows}
    ordered = sorted(rows, key=lambda row: (row.currency != currency, -weight[row.id], row.number))
    ranked = [row for row in ordered if row.currency == currency]
    minor, days = sum(int(row.open_minor) for row in ranked), sum(weight[row.id] for row in ranked)
    return DebtorToCall(*key, tuple(ordered), currency, minor, days, kept, judged, again)


def _in_turn(found: Sequence[DebtorToCall]) -> tuple[DebtorToCall, ...]:
    """Each currency by its ranking; the currencies in turn, as often as they have debtors."""
    by_currency: dict[str, list[DebtorToCall]] = defaultdict(list)
    for each in found:
        by_currency[each.currency].append(each)
    placed: list[tuple[float, tuple[bool, str], DebtorToCall]] = []
    for currency, of in by_currency.items():
        of.sort(key=lambda each: each.order)
        if len(by_currency) == 1:
            return tuple(of)
        placed += [(place / len(of), _euro_first(currency), each) for place, each in enumerate(of)]
    return tuple(each for *_, each in sorted(placed, key=lambda row: row[:2]))


def _euro_first(currency: str) -> tuple[bool, str]:
    return currency != "EUR", currency


def _late(due: date | None, today: date) -> int:
    return 0 if due is None else max(0, (today - due).days)


@lru_cache(maxsize=16)
def _zone(name: str | None) -> ZoneInfo:
    return OFFICE if name is None else ZoneInfo(name)
