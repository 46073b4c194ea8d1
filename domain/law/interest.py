"""Interest on a claim: which days, at which rate, on which base, and how it is rounded.

Sources: BW 6:119 (ordinary interest; lid 2: after each year the base is raised by the interest of that year),
6:119a (trade interest; lid 1: from the day after the last day of payment up to and including the day of payment),
6:120 (a running claim goes over to a new rate on its day). The statutes do not say how days are counted inside a
year; `DayCount` names both ways that are in use.

Sums are kept as whole numbers over one denominator, so nothing is lost inside a year. They are rounded half up to
the cent when a year's interest is added to the base, and when the interest owed is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from domain.law.dated import Dated, DatedTable
from domain.money import Money, round_ratio
from domain.quick_records import quick

__all__ = ["Accrual", "DayCount", "InterestRule", "PaidInterest", "Period", "agreed_rate"]

# A rate is kept in millionths of a per cent. Years have 365 or 366 days: a sum over years of both lengths has
# their product as its denominator.
_RATE_UNIT: Final = 10**6
_DENOMINATOR: Final = 100 * _RATE_UNIT * 365 * 366
# Wide enough that a quotient of such sums is never taken for a half cent when it is not one.
_DIVIDING: Final = Context(prec=60)


class DayCount(StrEnum):
    """How a part of a year is counted."""

    ANNIVERSARY_YEAR = "anniversary_year"
    """Days over the true length, 365 or 366, of the year counted from the first interest day: a full year bears
    exactly the rate of a year."""
    ACTUAL_365 = "actual_365"
    """Days over 365, also in a leap year."""


@quick
@dataclass(frozen=True, slots=True)
class InterestRule:
    """How interest runs on one claim."""

    since: date
    """First interest day. Anniversaries count from it; 29 February becomes 28 February."""
    rates: DatedTable[Decimal]
    """Per cent a year."""
    compound: bool = True
    """Whether each year's interest is added to the base (BW 6:119 lid 2); simple interest is told in one sum."""
    day_count: DayCount = DayCount.ANNIVERSARY_YEAR
    last: date | None = None
    """Last interest day, when interest ended (as at insolvency); None: it runs on."""


@quick
@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days with one base and one rate. Amounts of periods add up to the interest they explain."""

    first: date
    last: date
    """Inclusive."""
    rate: Decimal
    """Per cent a year."""
    days: int
    base: Money
    amount: Money


@lru_cache(maxsize=1024)
def agreed_rate(percent: Decimal) -> DatedTable[Decimal]:
    """The table of a rate that is fixed in a contract.

    Args:
        percent: per cent a year, zero or more, at most six decimals.

    Raises:
        ValueError: below zero, above 1000, not finite, or more decimals.
    """
    if not percent.is_finite() or not 0 <= percent <= 1000:
        raise ValueError(f"an interest rate of {percent} per cent a year is not possible: give 0 to 1000")
    _scaled(percent)
    reduced = abs(percent).normalize(_DIVIDING)
    decimals = -int(reduced.as_tuple().exponent)
    shown = reduced if decimals > 2 else reduced.quantize(Decimal("0.01"), context=_DIVIDING)
    return DatedTable("the agreed rate", (Dated(date.min, shown, "contract"),), date.max, wording="rate of {}%")


class _Stretch(NamedTuple):
    """Days, as ordinals, with one rate inside one anniversary year; what one cent bears a day, over the denominator."""

    first: int
    last: int
    year: int
    rate: Decimal
    weight: int


class _Piece(NamedTuple):
    """A stretch, or a part of it, with the base it was counted on."""

    first: int
    last: int
    rate: Decimal
    base: int
    numerator: int


class PaidInterest(NamedTuple):
    """What a payment took off the interest, in minor units; it is given back when the payment is reversed."""

    capitalised: int
    """Off interest of finished years, which was part of the base."""
    running: int
    """Off interest of the year that ran."""
    year: int
    """Which year ran, counted from 0."""


class Accrual:
    """The interest of one claim while its days are walked through, in minor units of its currency.

    It lives inside one calculation: `advance` day by day or year by year, between movements; then `owed`.
    """

    __slots__ = (
        "_at",
        "_capitalised",
        "_compound",
        "_currency",
        "_day",
        "_numerator",
        "_paid",
        "_periods",
        "_pieces",
        "_run_total",
        "_stretches",
        "_year",
    )

    def __init__(self, rule: InterestRule, until: date, currency: str) -> None:
        """Begin before the first interest day.

        Args:
            rule: how interest runs.
            until: last day that will be asked for.
            currency: ISO 4217 code.

        Raises:
            BeforeTable: interest would run before the table of rates begins.
        """
        end = until if rule.last is None or until < rule.last else rule.last
        self._stretches = _stretches(end, *_by_value(rule)) if rule.since <= end else ()
        self._compound = rule.compound
        self._currency = currency
        self._at = 0
        self._day = 0
        self._year = 0
        self._capitalised = 0
        self._numerator = 0
        self._run_total: Money | None = None
        self._paid = 0
        self._pieces: list[_Piece] = []
        self._periods: list[Period] = []

    def advance(self, to: date, principal: int) -> None:
        """Count the days up to and including `to` that were not counted yet.

        Args:
            to: last day to count.
            principal: principal that is open on those days.
        """
        stretches = self._stretches
        target = to.toordinal()
        while self._at < len(stretches):
            stretch = stretches[self._at]
            first = stretch.first if stretch.first > self._day else self._day
            if first > target:
                return
            if stretch.year != self._year:
                # Only now, not at the end of the year: a payment on its last day is still of that year.
                self._close_year(stretch.year)
            last = stretch.last if stretch.last <= target else target
            base = principal + self._capitalised if self._compound else principal
            if base:
                numerator = base * stretch.weight * (last - first + 1)
                self._numerator += numerator
                self._run_total = None
                self._pieces.append(_Piece(first, last, stretch.rate, base, numerator))
            self._day = last + 1
            if last == stretch.last:
                self._at += 1

    @property
    def owed(self) -> int:
        """Interest over the counted days that is not paid, rounded half up."""
        return self._capitalised + self._running

    @property
    def owed_money(self) -> Money:
        """The same as money."""
        if not self._capitalised and not self._paid:
            return self._run
        return _money(self.owed, self._currency)

    def pay(self, minor: int) -> PaidInterest:
        """Take money off the interest owed: of finished years first, for they are the oldest.

        Args:
            minor: at most what is owed.
        """
        capitalised = min(minor, self._capitalised)
        running = minor - capitalised
        self._capitalised -= capitalised
        self._paid += running
        return PaidInterest(capitalised, running, self._year)

    def restore(self, paid: PaidInterest) -> None:
        """Owe again what was paid. Of a year that is over meanwhile, it is part of the base from now on."""
        self._capitalised += paid.capitalised
        if paid.year == self._year:
            self._paid -= paid.running
        else:
            self._capitalised += paid.running

    def periods(self) -> tuple[Period, ...]:
        """All periods up to the last counted day; call it at the end."""
        return (*self._periods, *self._explained())

    @property
    def _run(self) -> Money:
        """All interest of the year that runs, rounded; kept, for it is asked for and then explained."""
        if self._run_total is None:
            self._run_total = _rounded(self._numerator, self._currency)
        return self._run_total

    @property
    def _running(self) -> int:
        return self._run.minor - self._paid

    def _close_year(self, year: int) -> None:
        self._periods.extend(self._explained())
        self._capitalised += self._running
        self._pieces = []
        self._numerator = 0
        self._run_total = None
        self._paid = 0
        self._year = year

    def _explained(self) -> list[Period]:
        """The pieces with whole cents that add up to the rounded sum: the largest remainders get one more."""
        if not self._pieces:
            return []
        total = self._run
        if len(self._pieces) == 1:
            return [_period(self._pieces[0], total)]
        shares = [divmod(piece.numerator, _DENOMINATOR) for piece in self._pieces]
        left = total.minor - sum(share for share, _ in shares)
        served = set(sorted(range(len(shares)), key=lambda index: -shares[index][1])[:left])
        return [
            _period(piece, _money(share + (index in served), self._currency))
            for index, (piece, (share, _)) in enumerate(zip(self._pieces, shares, strict=True))
        ]


# Bases and open amounts come back again and again while one case is asked on many days.
@lru_cache(maxsize=16384)
def _money(minor: int, currency: str) -> Money:
    return Money.from_minor(minor, currency)


def _period(piece: _Piece, amount: Money) -> Period:
    return Period(
        first=date.fromordinal(piece.first),
        last=date.fromordinal(piece.last),
        rate=piece.rate,
        days=piece.last - piece.first + 1,
        base=_money(piece.base, amount.currency),
        amount=amount,
    )


def _rounded(numerator: int, currency: str) -> Money:
    """The sum in money, rounded half up."""
    return round_ratio(numerator, _DENOMINATOR, currency)


@lru_cache(maxsize=512)
def _scaled(rate: Decimal) -> int:
    scaled = int(rate.scaleb(6, _DIVIDING))
    if Decimal(scaled).scaleb(-6, _DIVIDING) != rate:
        raise ValueError(f"an interest rate of {rate} has more than six decimals")
    return scaled


_Values: TypeAlias = tuple[date, DatedTable[Decimal], bool, DayCount, date | None]


def _by_value(rule: InterestRule) -> _Values:
    """What a rule is made of: looked up by that in half of the time."""
    return rule.since, rule.rates, rule.compound, rule.day_count, rule.last


# One entry for each first interest day and each day asked about; cases of one due date share it.
@lru_cache(maxsize=16384)
def _stretches(end: date, *by_value: *_Values) -> tuple[_Stretch, ...]:
    """All days from the first to the end, cut at anniversaries and where the rate changes."""
    rule = InterestRule(*by_value)
    found: list[_Stretch] = []
    index = 0
    start = rule.since
    while start <= end:
        following = _anniversary(rule.since, index + 1)
        stop = date.fromordinal(following - 1)
        length = following - start.toordinal()
        # Days over 365 need 366 in the numerator for the common denominator, and the other way round.
        factor = 365 if length == 366 and rule.day_count is DayCount.ANNIVERSARY_YEAR else 366
        last = min(stop, end)
        cuts = [start, *(day for day in rule.rates.changes(start, last) if day > start)]
        for position, first in enumerate(cuts):
            until = cuts[position + 1].toordinal() - 1 if position + 1 < len(cuts) else last.toordinal()
            rate = rule.rates.at(first)
            # Simple interest is one sum from beginning to end: its years are never closed.
            year = index if rule.compound else 0
            found.append(_Stretch(first.toordinal(), until, year, rate, _scaled(rate) * factor))
        if last == end:
            break
        start = date.fromordinal(following)
        index += 1
    return tuple(found)


def _anniversary(since: date, years: int) -> int:
    """The ordinal of the first day of a later year of the claim."""
    year = since.year + years
    if year > date.max.year:
        return date.max.toordinal() + 1
    if since.month == 2 and since.day == 29:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, 2, 29 if leap else 28).toordinal()
    return since.replace(year=year).toordinal()
