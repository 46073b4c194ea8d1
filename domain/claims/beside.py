"""What a letter beside the ladder asks, where that is not what the ladder would ask."""

from __future__ import annotations

from domain.arrangements import Arrangement, Instalment, named, schedule_of
from domain.case import Case
from domain.money import Money
from domain.owed_letters import OwedLetter
from domain.policy import Step
from domain.promises import paid_of


def letter_to_write(case: Case, step: Step, issue: int | None = None) -> OwedLetter | None:
    """The letter that is written by such a step: the one of that issue, else the first that has not left."""
    letters = [each for each in case.owing if each.letter == step.id]
    if issue is not None:
        return next((each for each in letters if each.issue == issue), None)
    return next((each for each in letters if not each.settled), None)


def arrangement_of(case: Case, owed: OwedLetter) -> Arrangement | None:
    """The arrangement that a letter is about."""
    return named(case.arrangements, owed.of) or named(
        case.arrangements, owed.of.rpartition("/")[0].removesuffix("/warning")
    )


def instalment_of(case: Case, owed: OwedLetter) -> Instalment | None:
    """The instalment that a letter is about."""
    arrangement, number = arrangement_of(case, owed), owed.of.rpartition("/")[2]
    if arrangement is None or not number.isdigit():
        return None
    return next((each for each in schedule_of(arrangement, case.ledger) if each.number == int(number)), None)


def warned_instalments(case: Case, owed: OwedLetter) -> tuple[Instalment, ...]:
    """The instalments of a warning that are still open; none of a letter that is no warning."""
    arrangement, number = arrangement_of(case, owed), owed.of.rpartition("/")[2]
    if arrangement is None or arrangement.id == owed.of or not number.isdigit():
        return ()
    missed = arrangement.warnings[int(number) - 1].missed
    schedule = schedule_of(arrangement, case.ledger)
    return tuple(each for each in schedule if each.number in missed and each.open.is_positive)


def told_of(case: Case, step: Step) -> tuple[Money, Money, Money] | None:
    """Principal, interest and costs as an arrangement that is confirmed takes them in; None of any other letter."""
    owed = letter_to_write(case, step) if step.id == "arrangement_confirmation" else None
    arrangement = None if owed is None else arrangement_of(case, owed)
    if arrangement is None:
        return None
    zero = Money.zero(arrangement.total.currency)
    if arrangement.total == arrangement.principal:
        return arrangement.principal, zero, zero
    return arrangement.principal, arrangement.interest_due, arrangement.costs


def asked_beside(case: Case, step: Step, total: Money) -> Money | None:
    """What such a letter asks; None when it asks what its step says.

    Args:
        case: The case.
        step: The letter.
        total: All that is owed on its day.
    """
    owed = letter_to_write(case, step) if step.answers else None
    if owed is None:
        return None
    match owed.letter:
        case "instalment_reminder" | "instalment_missed":
            instalment = instalment_of(case, owed)
            return None if instalment is None else instalment.open
        case "arrangement_default":
            missed = warned_instalments(case, owed)
            return sum((each.open for each in missed[1:]), start=missed[0].open) if missed else None
        case "promise_confirmation":
            promise = next(each for each in case.promises if each.id == owed.of)
            missing = promise.minor - paid_of(case.promises, case.ledger).get(promise.id, 0)
            return Money.from_minor(min(missing, total.minor), total.currency)
        case "settlement_confirmation":
            settlement = next(each for each in case.settlements if each.id == owed.of)
            return Money.from_minor(settlement.minor - settlement.paid_minor(case.ledger), total.currency)
        case _:
            return None
