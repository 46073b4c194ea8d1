"""What a letter beside the ladder asks, where that is not what the ladder would ask."""

from __future__ import annotations

from domain.arrangements import Arrangement, Instalment, named
from domain.case import Case
from domain.money import Money
from domain.owed_letters import OwedLetter
from domain.policy import Policy, Step
from domain.promises import paid_of
from domain.shared_arrangements import parts_of, schedule_of_all, share_of
from domain.surroundings import NOTHING_SPECIAL, Surroundings


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


def instalment_of(case: Case, policy: Policy, surroundings: Surroundings, owed: OwedLetter) -> Instalment | None:
    """The instalment that a letter is about."""
    arrangement, number = arrangement_of(case, owed), owed.of.rpartition("/")[2]
    if arrangement is None or not number.isdigit():
        return None
    schedule = schedule_of_all(parts_of(case, policy, arrangement, surroundings))
    return next((each for each in schedule if each.number == int(number)), None)


def warned_instalments(
    case: Case, policy: Policy, surroundings: Surroundings, owed: OwedLetter
) -> tuple[Instalment, ...]:
    """The instalments of a warning that are still open; none of a letter that is no warning."""
    arrangement, number = arrangement_of(case, owed), owed.of.rpartition("/")[2]
    if arrangement is None or arrangement.id == owed.of or not number.isdigit():
        return ()
    missed = arrangement.warnings[int(number) - 1].missed
    schedule = schedule_of_all(parts_of(case, policy, arrangement, surroundings))
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


def asked_beside(
    case: Case, policy: Policy, step: Step, total: Money, surroundings: Surroundings = NOTHING_SPECIAL
) -> Money | None:
    """What such a letter asks; None when it asks what its step says.

    Args:
        case: The case.
        policy: Its policy.
        step: The letter.
        total: All that is owed on its day.
        surroundings: Its surroundings.
    """
    owed = letter_to_write(case, step) if step.answers else None
    if owed is None:
        return None
    match owed.letter:
        case "instalment_reminder" | "instalment_missed":
            instalment = instalment_of(case, policy, surroundings, owed)
            return None if instalment is None else _share(case, policy, surroundings, owed, instalment.open)
        case "arrangement_default":
            missed = warned_instalments(case, policy, surroundings, owed)
            if not missed:
                return None
            amount = sum((each.open for each in missed[1:]), start=missed[0].open)
            return _share(case, policy, surroundings, owed, amount)
        case "promise_confirmation":
            promise = next(each for each in case.promises if each.id == owed.of)
            missing = promise.minor - paid_of(case.promises, case.ledger).get(promise.id, 0)
            return Money.from_minor(min(missing, total.minor), total.currency)
        case "settlement_confirmation":
            settlement = next(each for each in case.settlements if each.id == owed.of)
            return Money.from_minor(settlement.minor - settlement.paid_minor(case.ledger), total.currency)
        case _:
            return None


def _share(case: Case, policy: Policy, surroundings: Surroundings, owed: OwedLetter, amount: Money) -> Money:
    """What of a sum that is asked for all of an arrangement is asked of this invoice."""
    arrangement = arrangement_of(case, owed)
    if arrangement is None or not arrangement.others:
        return amount
    return share_of(case, parts_of(case, policy, arrangement, surroundings), amount)
