"""What a debtor promised, and what was agreed with him: how much, by when, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.case import Case
from domain.money import Money
from domain.promises import paid_of

__all__ = ["AgreedLine", "agreed_with"]


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """A promise or a settlement.

    Attributes:
        kind: `promise` or `settlement`.
        by: Day on which it is to be paid at the latest.
        paid: What of it came in.
        outcome: What came of it; None while that is open.
        holds: Whether the case stands still for it while that is open.
    """

    kind: str
    id: str
    amount: str
    by: str
    paid: str
    outcome: str | None
    holds: bool


def agreed_with(case: Case) -> tuple[AgreedLine, ...]:
    """All that was promised or agreed of a case."""
    return tuple(_lines(case))


def _lines(case: Case) -> Iterator[AgreedLine]:
    def text(minor: int) -> str:
        return Money.from_minor(minor, case.ledger.currency).text

    paid = paid_of(case.promises, case.ledger)
    for each in case.promises:
        came = text(paid.get(each.id, 0))
        yield AgreedLine("promise", each.id, text(each.minor), each.by.isoformat(), came, each.outcome, each.holds)
    for other in case.settlements:
        came = text(other.paid_minor(case.ledger))
        yield AgreedLine("settlement", other.id, text(other.minor), other.by.isoformat(), came, other.outcome, True)
