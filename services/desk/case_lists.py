"""Lists of cases as a page shows them: some at a time, with totals and ageing of all that are chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, get_args

from casefile.listing import amounts_listed, debtors_listed
from casefile.payer_accounts import MARKED, is_account
from casefile.payment_references import bare_reference
from casefile.session import Session
from casefile.which_cases import Order, Which
from domain.money import Money
from intake.findings import Unreadable
from intake.written.amounts import read_written_amount
from services.desk.account_search import of_account
from services.reports.case_list import ListRow, list_rows

__all__ = ["AGES", "Age", "Ageing", "CaseListing", "DeskRow", "case_listing", "days_late", "of_age", "searching"]

Age = Literal["not_due", "1-30", "31-60", "61-90", "90+"]
"""How many days an invoice is late."""
AGES: tuple[Age, ...] = get_args(Age)
_LAST_DAYS = (0, 30, 60, 90)
"""The last day of each age but the oldest."""
_SHORTEST = 4
"""Signs of a reference that is looked for."""


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
    session: Session, which: Which, order: Order, today: date, *, offset: int = 0, limit: int = 100
) -> CaseListing:
    """A list of cases; read in a few queries, however many there are.

    Args:
        session: A transaction that `casefile.list_columns.lists_of` opened.
        which: Which cases.
        order: In which order.
        today: The local day.
        offset: How many stand before the first.
        limit: How many at most.
    """
    amounts = amounts_listed(session, which)
    rows = list_rows(session, which, order, offset=offset, limit=limit)
    return CaseListing(
        total=sum(row.number for row in amounts),
        debtors=debtors_listed(session, which),
        open=_sums(amounts),
        ageing=_ageing(amounts, today),
        rows=tuple(DeskRow(row, days_late(row, today)) for row in rows),
    )


def searching(session: Session, which: Which, text: str) -> Which:
    """The same for what is searched for by people: also an amount that is open, a reference, an account.

    An account is searched for by its mark (`rekening:` and 32 digits), or as it is written.
    """
    text = text.strip()
    if not text:
        return which
    if MARKED.fullmatch(text) or is_account(text):
        return of_account(session, which, text)
    bare = bare_reference(text)
    amounts = frozenset[Any]()
    with suppress(Unreadable):
        amounts = frozenset(value for _, value in read_written_amount(text).readings)
    return replace(
        which,
        search=text,
        amounts=amounts,
        references=(bare,) if len(bare) >= _SHORTEST else (),
    )


def of_age(which: Which, age: Age, today: date) -> Which:
    """The same, of one age."""
    place = AGES.index(age)
    first = None if place == len(_LAST_DAYS) else today - timedelta(days=_LAST_DAYS[place])
    last = None if place == 0 else today - timedelta(days=_LAST_DAYS[place - 1] + 1)
    return replace(which, due_from=first, due_until=last)


def days_late(row: ListRow, today: date) -> int:
    """Days since the due date of a case; 0 where that has not passed."""
    return _late(date.fromisoformat(row.due), today)


def _late(due: date, today: date) -> int:
    return max(0, (today - due).days)


def _age(late: int) -> Age:
    return next((age for age, last in zip(AGES, _LAST_DAYS, strict=False) if late <= last), AGES[-1])


def _sums(rows: Iterable[Any]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for row in rows:
        if not row.closed:
            sums[row.currency] = sums.get(row.currency, 0) + int(row.minor)
    found = [Money.from_minor(minor, currency) for currency, minor in sums.items()]
    return tuple(sorted(found, key=lambda each: (-each.amount, each.currency)))


def _ageing(rows: Sequence[Any], today: date) -> tuple[Ageing, ...]:
    by_age: dict[Age, list[Any]] = {age: [] for age in AGES}
    for row in rows:
        by_age[_age(_late(row.due, today))].append(row)
    sums = {age: _sums(of) for age, of in by_age.items()}
    most = next(iter(_sums(rows)), None)
    if most is None or not most.amount:
        return tuple(Ageing(age, sums[age], 0) for age in AGES)
    parts = {age: next((m.minor for m in sums[age] if m.currency == most.currency), 0) for age in AGES}
    return tuple(Ageing(age, sums[age], 1000 * parts[age] // most.minor) for age in AGES)
