"""What arrangements do to a claim: no interest in the time for which none was agreed, and what a lower sum gives up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from domain.arrangements import Arrangement
from domain.law.dated import Dated, DatedTable
from domain.law.interest import InterestRule
from domain.money import Money
from domain.replacing import replace

_DAY = timedelta(days=1)


def as_agreed(rule: InterestRule, arrangements: Sequence[Arrangement]) -> InterestRule:
    """How interest runs with the arrangements of a case: none while one stands in which it is frozen.

    That includes the day on which such an arrangement ended; from the next day on it runs again (BW 6:119).
    """
    frozen = tuple(
        (each.since + _DAY, each.ended_on)
        for each in arrangements
        if each.interest == "frozen" and (each.ended_on is None or each.ended_on > each.since)
    )
    return replace(rule, rates=_without(rule.rates, frozen)) if frozen else rule


@lru_cache(maxsize=4096)
def _without(rates: DatedTable[Decimal], frozen: tuple[tuple[date, date | None], ...]) -> DatedTable[Decimal]:
    """A table of rates that is zero in some periods."""
    rows = list(rates.rows)
    for first, last in frozen:
        after = [] if last is None else [Dated(last + _DAY, rates.at(last + _DAY), rates.row_at(last + _DAY).source)]
        rows = [
            *(row for row in rows if row.since < first),
            Dated(first, Decimal(0), "agreed with the debtor"),
            *after,
            *(row for row in rows if last is not None and row.since > last + _DAY),
        ]
    name = f"{rates.name}, and of what was agreed"
    return DatedTable(name, tuple(rows), rates.checked_until, rates.wording)


def released(
    arrangements: Sequence[Arrangement], on: date, interest: Money, costs: Money, principal: Money
) -> tuple[Money, Money, Money]:
    """Interest, costs and principal without what the debtor need not pay, since a lower sum was agreed.

    Args:
        arrangements: Those of the case.
        on: Day of the claim.
        interest: Interest owed without that.
        costs: Costs owed without that.
        principal: Principal owed without that.
    """
    last = arrangements[-1] if arrangements else None
    if last is None or on < last.since or not last.released.is_positive:
        return interest, costs, principal
    left = last.released
    off_interest = min(left, interest, last.interest_due)
    left -= off_interest
    off_costs = min(left, costs, last.costs)
    left -= off_costs
    # Payments may have gone to those first (BW 6:44): then so much less of the principal is owed.
    return interest - off_interest, costs - off_costs, principal - min(left, principal)
