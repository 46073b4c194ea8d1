"""All figures of a day, in one transaction: what `maanwerk figures`, `GET /figures` and the desk show."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from operator import attrgetter
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from casefile.figures import actions_since, movements, open_by_due, payments_since
from casefile.morning import open_amounts
from casefile.session import Session
from casefile.standings import NOTHING, Standing, standings_since
from domain.money import Money
from domain.views.measures import BUCKETS, HIT_DAYS, Action, bucket_of, cei, dso_countback, hit_rate, share
from services.figures.promises import Judged, judged_promises

__all__ = [
    "CEI_DAYS",
    "WEEKS",
    "Ageing",
    "Amounts",
    "Book",
    "Effectiveness",
    "Figures",
    "Kept",
    "StepHits",
    "Week",
    "ageing_of",
    "dso_on",
    "figures_of",
    "kept_of",
    "money_by_hold",
    "receivables",
]

_T = TypeVar("_T")

WEEKS = 12
"""Weeks of which figures are shown, the last one being that of the day."""

CEI_DAYS = 30
"""Days of the period of the collection effectiveness index."""


class _Figure(BaseModel):
    model_config = ConfigDict(frozen=True)


class Amounts(_Figure):
    """So many cases, and what is open on them; `kind` is the stage, the hold, or the bucket."""

    kind: str
    number: int
    open: Money


class Ageing(_Figure):
    """What is open by days late, in one currency; `overdue` is all of it that is late."""

    currency: str
    buckets: tuple[Amounts, ...]
    overdue: Money
    total: Money


class Dso(_Figure):
    """Days of sales outstanding by countback; None where more is open than was invoiced in this file."""

    currency: str
    days: Decimal | None
    method: str = "countback"


class Effectiveness(_Figure):
    """Collection effectiveness index over a period, in per cent."""

    currency: str
    since: date
    until: date
    percent: Decimal | None


class Kept(_Figure):
    """Promises that came to be judged in a time: how many, how many kept, and both in money."""

    currency: str
    number: int
    kept: int
    amount: Money
    kept_amount: Money
    percent: Decimal | None
    """Kept, in per cent of the amount."""


class StepHits(_Figure):
    """A step: how often it was taken, and after how many of those money came within seven days."""

    step: str
    number: int
    hits: int
    percent: Decimal | None


class Week(_Figure):
    """One week, by its Monday: DSO on its last day (or today), CEI of the time until then, promises and hits in it.

    Money by stage and by hold is that of the last day of the week on which a worker kept it: empty where none did.
    """

    monday: date
    dso: tuple[Dso, ...]
    kept: tuple[Kept, ...]
    actions: int
    hits: int
    percent: Decimal | None
    cei: tuple[Effectiveness, ...] = ()
    by_stage: tuple[Amounts, ...] = ()
    by_hold: tuple[Amounts, ...] = ()


class Figures(_Figure):
    """All figures of a day; currencies are never added up, the euro comes first."""

    on: date
    ageing: tuple[Ageing, ...]
    dso: tuple[Dso, ...]
    cei: tuple[Effectiveness, ...]
    kept: tuple[Kept, ...]
    hits: tuple[StepHits, ...]
    by_stage: tuple[Amounts, ...]
    by_hold: tuple[Amounts, ...]
    weeks: tuple[Week, ...]


def figures_of(session: Session, on: date) -> Figures:
    """The figures of a day."""
    monday = on - timedelta(days=on.weekday())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    books = receivables(session)
    promised = judged_promises(session)
    # Of what was done in the last week nobody can say yet whether it hit.
    last = on - timedelta(days=HIT_DAYS)
    actions = [Action(*row) for row in actions_since(session, mondays[0], last)]
    paid_on: dict[str, list[date]] = {}
    for case, day in payments_since(session, mondays[0]):
        paid_on.setdefault(case, []).append(day)
    by_week = {
        each: hit_rate(_between(actions, each, _sunday(each, on), key=attrgetter("on")), paid_on) for each in mondays
    }
    # Every action is in one of the weeks.
    hits: dict[str, tuple[int, int]] = {}
    for found in by_week.values():
        for step, (number, hit) in found.items():
            before = hits.get(step, (0, 0))
            hits[step] = (before[0] + number, before[1] + hit)
    effective = _effective(session, books, [_sunday(each, on) for each in mondays])
    amounts = open_amounts(session)
    stages = _summed((row.stage, row.currency, row.number, row.minor) for row in amounts)
    holds = money_by_hold(amounts)
    stood = standings_since(session, mondays[0])
    return Figures(
        on=on,
        ageing=ageing_of(amounts, on),
        dso=dso_on(books, on),
        cei=effective[on],
        kept=kept_of(promised, mondays[0], on),
        hits=tuple(_hits(step, *found) for step, found in sorted(hits.items())),
        by_stage=stages,
        by_hold=holds,
        weeks=tuple(
            _week(each, on, books, promised, by_week[each]).model_copy(
                update={
                    "cei": effective[_sunday(each, on)],
                    "by_stage": stages if each == monday else _stood(stood, "stage", each),
                    "by_hold": holds if each == monday else _stood(stood, "hold", each),
                }
            )
            for each in mondays
        ),
    )


def _sunday(monday: date, on: date) -> date:
    """The last day of a week, today at the latest."""
    return min(on, monday + timedelta(days=6))


def _between(rows: Sequence[_T], first: date, last: date, *, key: Callable[[_T], date]) -> Sequence[_T]:
    """Those of rows in order of day that are from a day to a day."""
    return rows[bisect_left(rows, first, key=key) : bisect_right(rows, last, key=key)]


def _stood(stood: Sequence[Standing], of: str, monday: date) -> tuple[Amounts, ...]:
    """Money as it stood on the last day of a week on which it was kept."""
    own = [each for each in stood if monday <= each.day <= monday + timedelta(days=6)]
    last = max((each.day for each in own), default=None)
    return _summed(
        (each.kind, each.currency, each.number, each.minor)
        for each in own
        if each.day == last and each.of == of and each.kind != NOTHING
    )


def _week(
    monday: date,
    on: date,
    books: Mapping[str, Book],
    promised: Sequence[Judged],
    hit: Mapping[str, tuple[int, int]],
) -> Week:
    sunday = _sunday(monday, on)
    number, hits = sum(each[0] for each in hit.values()), sum(each[1] for each in hit.values())
    return Week(
        monday=monday,
        dso=dso_on(books, sunday),
        kept=kept_of(promised, monday, sunday),
        actions=number,
        hits=hits,
        percent=share(hits, number),
    )


def _hits(step: str, number: int, hits: int) -> StepHits:
    return StepHits(step=step, number=number, hits=hits, percent=share(hits, number))


# Receivables -----------------------------------------------------------------------------------------------


class Book:
    """What was invoiced and what came, in one currency, by day."""

    def __init__(self, rows: Sequence[Any]) -> None:
        """Of rows of `casefile.figures.movements` of one currency, in order of day."""
        by_day: dict[date, int] = defaultdict(int)
        self._sold: dict[date, int] = defaultdict(int)
        for row in rows:
            by_day[row.credited_on] += int(row.minor)
            if row.kind == "principal":
                self._sold[row.credited_on] += int(row.minor)
        self._days = sorted(by_day)
        self._open = list(accumulate(by_day[day] for day in self._days))

    def open_on(self, day: date) -> int:
        """What was open at the end of a day."""
        index = bisect_right(self._days, day)
        return self._open[index - 1] if index else 0

    def sold(self, first: date, last: date) -> int:
        """What was invoiced from a day to a day."""
        return sum(minor for day, minor in self._sold.items() if first <= day <= last)

    def sold_by_month(self, until: date) -> dict[tuple[int, int], int]:
        """What was invoiced in each month, until a day."""
        found: dict[tuple[int, int], int] = defaultdict(int)
        for day, minor in self._sold.items():
            if day <= until:
                found[day.year, day.month] += minor
        return found


def receivables(session: Session) -> dict[str, Book]:
    """The books of all currencies, the euro first."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in movements(session):
        rows[row.currency].append(row)
    return {currency: Book(rows[currency]) for currency in _euro_first(rows)}


def dso_on(books: Mapping[str, Book], on: date) -> tuple[Dso, ...]:
    """DSO by countback on a day, of invoices in this case file, with VAT, by invoice date."""
    return tuple(
        Dso(currency=currency, days=dso_countback(book.open_on(on), book.sold_by_month(on), on))
        for currency, book in books.items()
    )


def _effective(
    session: Session, books: Mapping[str, Book], days: Sequence[date]
) -> dict[date, tuple[Effectiveness, ...]]:
    """CEI of the `CEI_DAYS` days until each of several days."""
    current = _current(open_by_due(session, days[0]), days)
    found: dict[date, tuple[Effectiveness, ...]] = {}
    for place, on in enumerate(days):
        since = on - timedelta(days=CEI_DAYS)
        found[on] = tuple(
            Effectiveness(
                currency=currency,
                since=since,
                until=on,
                percent=cei(
                    book.open_on(since),
                    book.sold(since + timedelta(days=1), on),
                    book.open_on(on),
                    current[currency][place] if currency in current else 0,
                ),
            )
            for currency, book in books.items()
        )
    return found


def _current(rows: Iterable[Any], days: Sequence[date]) -> dict[str, list[int]]:
    """By currency, what was open and not late on each of several days, in order: of invoices due then or later."""
    # An entry counts on the days from its own until its invoice is due.
    steps: dict[str, list[int]] = defaultdict(lambda: [0] * (len(days) + 1))
    for row in rows:
        first, after = bisect_left(days, row.credited_on), bisect_right(days, row.due)
        if first < after:
            steps[row.currency][first] += int(row.minor)
            steps[row.currency][after] -= int(row.minor)
    return {currency: list(accumulate(each)) for currency, each in steps.items()}


# Promises, ageing, holds -----------------------------------------------------------------------------------


def kept_of(promised: Sequence[Judged], first: date, last: date) -> tuple[Kept, ...]:
    """What came of the promises that were judged from a day to a day, by currency; they stand in order of day."""
    own: dict[str, list[Judged]] = defaultdict(list)
    for each in _between(promised, first, last, key=attrgetter("on")):
        own[each.currency].append(each)
    found = []
    for currency in _euro_first(own):
        minors = [(each.minor, each.kept) for each in own[currency]]
        amount, kept = sum(minor for minor, _ in minors), sum(minor for minor, was_kept in minors if was_kept)
        found.append(
            Kept(
                currency=currency,
                number=len(own[currency]),
                kept=sum(each.kept for each in own[currency]),
                amount=Money.from_minor(amount, currency),
                kept_amount=Money.from_minor(kept, currency),
                percent=share(kept, amount),
            )
        )
    return tuple(found)


def ageing_of(amounts: Iterable[Any], on: date) -> tuple[Ageing, ...]:
    """What is open by days late, by currency.

    Args:
        amounts: Rows of `casefile.morning.open_amounts`.
        on: The day.
    """
    by_due: dict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in amounts:
        if row.due is not None:
            number, minor = by_due[row.currency, row.due]
            by_due[row.currency, row.due] = (number + row.number, minor + int(row.minor))
    sums: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for (currency, due), (of_day, open_then) in by_due.items():
        if open_then <= 0:
            continue
        bucket = bucket_of((on - due).days)
        number, minor = sums[currency].get(bucket, (0, 0))
        sums[currency][bucket] = (number + of_day, minor + open_then)
    return tuple(_ageing(currency, sums[currency]) for currency in _euro_first(sums))


def _ageing(currency: str, sums: Mapping[str, tuple[int, int]]) -> Ageing:
    buckets = tuple(
        Amounts(kind=name, number=number, open=Money.from_minor(minor, currency))
        for name, _, _ in BUCKETS
        for number, minor in (sums.get(name, (0, 0)),)
    )
    total = sum(each.open.minor for each in buckets)
    late = total - buckets[0].open.minor
    return Ageing(
        currency=currency,
        buckets=buckets,
        overdue=Money.from_minor(late, currency),
        total=Money.from_minor(total, currency),
    )


def money_by_hold(amounts: Iterable[Any]) -> tuple[Amounts, ...]:
    """Open cases by what holds them, the most money first; a case under two holds stands with both.

    Args:
        amounts: Rows of `casefile.morning.open_amounts`.
    """
    return _summed(
        (kind, row.currency, row.number, row.minor)
        for row in amounts
        if row.holds is not None
        for kind in dict.fromkeys(json.loads(row.holds))
    )


def _summed(rows: Iterable[tuple[str, str, int, int]]) -> tuple[Amounts, ...]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for kind, currency, number, minor in rows:
        cases, before = sums.get((kind, currency), (0, 0))
        sums[kind, currency] = (cases + number, before + int(minor))
    found = [
        Amounts(kind=kind, number=number, open=Money.from_minor(minor, currency))
        for (kind, currency), (number, minor) in sums.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.open.currency != "EUR", -each.open.minor, each.kind)))


def _euro_first(currencies: Iterable[str]) -> list[str]:
    return sorted(currencies, key=lambda currency: (currency != "EUR", currency))
