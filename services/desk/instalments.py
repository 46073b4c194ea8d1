"""Instalments that a person wants to agree on one case, worked out as `maanwerk case arrange` does."""

from __future__ import annotations

from datetime import date, datetime

from casefile.case_file import Transaction
from domain.instalment_plan import NotFeasible, instalment_plan
from domain.money import Money
from services.arranging import arrangeable

__all__ = ["NoPlan", "instalments_of"]


class NoPlan(ValueError):
    """There is no such schedule; the text says why."""


def instalments_of(
    transaction: Transaction,
    case_id: str,
    now: datetime,
    number: int,
    *,
    start: date | None = None,
    principal_only: bool = False,
) -> tuple[dict[str, str], ...]:
    """The instalments, as the message that agrees them has them.

    Args:
        transaction: On the case file.
        case_id: The case.
        now: Moment of agreeing.
        number: How many.
        start: Day from which the first may fall; its day of the month is that of all.
        principal_only: Of the principal alone.

    Raises:
        NoPlan: there is no such schedule.
    """
    case = arrangeable(transaction, case_id, now, principal_only=principal_only)
    rules = case.policy.arrangements
    try:
        plan = instalment_plan(
            case.claim.open,
            case.on,
            instalments=number,
            start=start,
            pay_day=None if start is None else start.day,
            first_within=rules.first_within,
            least=Money(rules.least, case.claim.open.currency),
        )
    except NotFeasible as problem:
        raise NoPlan(str(problem)) from None
    return tuple({"due": each.due.isoformat(), "amount": each.amount.text} for each in plan)
