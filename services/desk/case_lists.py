"""Lists of cases as a page shows them: chosen by more, with totals and ageing of all of them, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from casefile.payment_references import bare_reference, cases_with_reference
from casefile.session import Session
from domain.money import Money
from intake.findings import Unreadable
from intake.written.amounts import read_written_amount
from services.reports.case_list import ListRow, sorted_rows
from services.reports.case_pages import Chosen, Order, chosen_rows, is_chosen

__all__ = ["AGES", "Age", "Ageing", "CaseListing", "DeskRow", "ListFilter", "case_listing", "days_late"]

Age = Literal["not_due", "1-30", "31-60", "61-90", "90+"]
"""How many days an invoice is late."""
AGES: tuple[Age, ...] = get_args(Age)
_LAST_DAYS = (0, 30, 60, 90)
"""The last day of each age but the oldest."""


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which cases a list shows, beside those of `Chosen`.

    Attributes:
        chosen: By stage, debtor, hold, task, attention, closed; `search` also looks for an amount that is open, and for
            the reference that a payment is to carry.
        age: Only of this age.
        at_least: Only with as much open.
        held: Only with a hold (True), or without any (False).
    """

    chosen: Chosen
    age: Age | None = None
    at_least: Decimal | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A row of a list: the case, and how many days it is late (0: it is not)."""

    case: ListRow
    late: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open of one age; `share` is its part of all in thousandths, of the currency that has most."""

    age: Age
    open: tuple[Money, ...]
    share: int


@dataclass(frozen=True, slots=True)
class CaseListing:
    """Some of the chosen cases, and what all of them come to.

    Attributes:
        total: How many there are.
        debtors: Of how many debtors.
        open: What is open, by currency, the most first.
        ageing: The same by age.
        rows: Those of this page.
    """

    total: int
    debtors: int
    open: tuple[Money, ...]
    ageing: tuple[Ageing, ...]
    rows: tuple[DeskRow, ...]


def case_listing(
    session: Session, wanted: ListFilter, order: Order, today: date, *, offset: int = 0, limit: int = 100
) -> CaseListing:
    """A list of cases; read in one query, however many there are.

    Args:
        session: A reading transaction on the case file.
        wanted: Which cases.
        order: In which order.
        today: The local day.
        offset: How many stand before the first.
        limit: How many at most.
    """
    rows = [row for row in _found(session, wanted.chosen) if _is_wanted(row, wanted, today)]
    shown = sorted_rows(rows, order)[offset : offset + limit]
    return CaseListing(
        total=len(rows),
        debtors=len({row.debtor_number for row in rows}),
        open=_sums(rows),
        ageing=_ageing(rows, today),
        rows=tuple(DeskRow(row, days_late(row, today)) for row in shown),
    )


def _found(session: Session, chosen: Chosen) -> Sequence[ListRow]:
    """The chosen cases; what is searched for may also be an amount, or a reference."""
    text = (chosen.search or "").strip()
    if not text:
        return chosen_rows(session, replace(chosen, search=None))
    rows = chosen_rows(session, replace(chosen, search=None))
    named = {row.case_id for row in rows if is_chosen(row, replace(chosen, search=text, names=True))}
    bare = bare_reference(text)
    if len(bare) > 3:
        named |= set(cases_with_reference(session, [bare]))
    amounts: set[Decimal] = set()
    with suppress(Unreadable):
        amounts = {value for _, value in read_written_amount(text).readings}
    return [row for row in rows if row.case_id in named or Decimal(row.open) in amounts]


def _is_wanted(row: ListRow, wanted: ListFilter, today: date) -> bool:
    if wanted.age is not None and _age(days_late(row, today)) != wanted.age:
        return False
    if wanted.at_least is not None and Decimal(row.open) < wanted.at_least:
        return False
    return wanted.held is None or bool(row.holds) == wanted.held


def days_late(row: ListRow, today: date) -> int:
    """Days since the due date of a case; 0 where that has not passed."""
    return max(0, (today - date.fromisoformat(row.due)).days)


def _age(late: int) -> Age:
    return next((age for age, last in zip(AGES, _LAST_DAYS, strict=False) if late <= last), AGES[-1])


def _sums(rows: Iterable[ListRow]) -> tuple[Money, ...]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.closed is None:
            sums[row.currency] = sums.get(row.currency, Decimal(0)) + Decimal(row.open)
    found = [Money(amount, currency) for currency, amount in sums.items()]
    return tuple(sorted(found, key=lambda each: (-each.amount, each.currency)))


def _ageing(rows: Sequence[ListRow], today: date) -> tuple[Ageing, ...]:
    by_age: dict[Age, list[ListRow]] = {age: [] for age in AGES}
    for row in rows:
        by_age[_age(days_late(row, today))].append(row)
    sums = {age: _sums(of) for age, of in by_age.items()}
    most = next(iter(_sums(rows)), None)
    if most is None or not most.amount:
        return tuple(Ageing(age, sums[age], 0) for age in AGES)
    parts = {age: next((m.amount for m in sums[age] if m.currency == most.currency), Decimal(0)) for age in AGES}
    return tuple(Ageing(age, sums[age], int(1000 * parts[age] / most.amount)) for age in AGES)
