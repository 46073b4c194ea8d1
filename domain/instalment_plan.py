"""A feasible schedule of instalments: a sum, how often or how much, and the debtor's pay day."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import banking_day_after, is_banking_day
from domain.facts.arrangements import AgreedInstalment
from domain.money import Money

MOST = 120
"""Instalments at the most: ten years of months."""


_APART = timedelta(days=7)
"""Least time between two instalments: the pay day of the first month counts where it comes that much later."""


class NotFeasible(ValueError):
    """There is no such schedule; the text says why, and what would be one."""


def months_after(day: date, months: int, pay_day: int | None = None) -> date:
    """The day so many months later, or the pay day of that month; a month that is too short has its last day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(pay_day or day.day, last))


def instalment_plan(
    total: Money,
    on: date,
    *,
    instalments: int | None = None,
    per_month: Money | None = None,
    pay_day: int | None = None,
    start: date | None = None,
    first_within: int = 14,
    least: Money | None = None,
) -> tuple[AgreedInstalment, ...]:
    """A schedule of monthly instalments that come to a sum.

    Each falls on the pay day, or on the next banking day. When the first pay day comes too late, the first instalment
    falls on the last day on which it may.

    Args:
        total: The sum, above zero.
        on: Day of agreeing.
        instalments: How many, of equal amounts but for cents; or
        per_month: how much each, and the last one what is left.
        pay_day: Day of the month, 1 to 31; left out that of the first instalment.
        start: Day from which the first one may fall; left out the day after agreeing.
        first_within: Days in which the first one falls due.
        least: Least amount of one.

    Raises:
        NotFeasible: there is none.
    """
    if (instalments is None) == (per_month is None):
        raise NotFeasible("say how many instalments, or how much a month; one of the two")
    if not total.is_positive:
        raise NotFeasible(f"{total.text} is owed: there is nothing to pay in instalments")
    if per_month is not None:
        amounts = _of_each(total, per_month)
    else:
        assert instalments is not None
        if not 1 <= instalments <= min(MOST, total.minor):
            raise NotFeasible(f"{instalments} instalments of {total.text}: give 1 to {MOST}, of a cent at least each")
        amounts = [*total.split([1] * instalments)]
    if least is not None and len(amounts) > 1 and min(amounts[:-1]) < least:
        most = max(1, total.minor // max(1, least.minor))
        raise NotFeasible(f"an instalment is {least.text} at least: that makes {most} instalments at most")
    first = _first(on, pay_day, start, first_within)
    days = [_banking_day(first)]
    months = 0
    while len(days) < len(amounts):
        day = _banking_day(months_after(first, months, pay_day or first.day))
        if day >= days[-1] + _APART:
            days.append(day)
        months += 1
    return tuple(AgreedInstalment(due=day, amount=amount) for day, amount in zip(days, amounts, strict=True))


def _of_each(total: Money, per_month: Money) -> list[Money]:
    if not per_month.is_positive:
        raise NotFeasible(f"{per_month.text} a month pays nothing; give an amount above zero")
    whole, rest = divmod(total.minor, per_month.minor)
    if whole + bool(rest) > MOST:
        raise NotFeasible(f"{per_month.text} a month takes more than {MOST} months; ask for more a month")
    return [*([per_month] * whole), *([Money.from_minor(rest, total.currency)] if rest else [])]


def _first(on: date, pay_day: int | None, start: date | None, first_within: int) -> date:
    earliest = max(start or on + timedelta(days=1), on)
    latest = on + timedelta(days=first_within)
    if earliest > latest:
        raise NotFeasible(f"the first instalment falls due in {first_within} days, by {latest}; start by then")
    if pay_day is None:
        return earliest
    first = months_after(earliest, 0, pay_day)
    if first < earliest:
        first = months_after(earliest, 1, pay_day)
    return min(first, latest)


def _banking_day(day: date) -> date:
    return day if is_banking_day(day) else banking_day_after(day, 1)
