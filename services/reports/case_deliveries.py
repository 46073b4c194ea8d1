"""What went out for a case, by its own steps."""

from dataclasses import dataclass

from casefile.case_file import Transaction
from casefile.deliveries import StoredDelivery
from domain.facts import StepIntended

__all__ = ["OwnDelivery", "own_deliveries"]


@dataclass(frozen=True, slots=True)
class OwnDelivery:
    """A delivery by the step and issue that it took in one case; in a joint message each case has its own."""

    step: str
    issue: int
    stored: StoredDelivery


def own_deliveries(transaction: Transaction, case_id: str) -> tuple[OwnDelivery, ...]:
    """What went out for a case, in the order in which it was intended."""
    own = {
        key: (fact.step, fact.issue)
        for fact in transaction.cases.facts(case_id)
        if isinstance(fact, StepIntended)
        for _, key in fact.deliveries
    }
    return tuple(
        OwnDelivery(*own.get(each.key, (each.step, each.issue)), each)
        for each in transaction.deliveries.of_case(case_id)
    )
