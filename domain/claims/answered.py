"""What a letter beside the ladder asks, where that is not what is open: what was promised, or agreed."""

from __future__ import annotations

from domain.case import Case
from domain.money import Money
from domain.policy import Step
from domain.promises import paid_of


def asked_instead(step: Step, case: Case, total: Money) -> Money | None:
    """What a letter asks by what it answers; None where that is what its `claims` says.

    Args:
        step: The letter.
        case: The case that owes it.
        total: All that is owed on its day.
    """
    if not step.answers:
        return None
    owed = next((each for each in case.owing if each.letter == step.id and not each.settled), None)
    if owed is None:
        return None
    currency = case.ledger.currency
    if step.id == "promise_confirmation":
        promise = next(each for each in case.promises if each.id == owed.of)
        missing = promise.minor - paid_of(case.promises, case.ledger).get(promise.id, 0)
        return Money.from_minor(min(missing, total.minor), currency)
    if step.id == "settlement_confirmation":
        settlement = next(each for each in case.settlements if each.id == owed.of)
        return Money.from_minor(settlement.minor - settlement.paid_minor(case.ledger), currency)
    return None
