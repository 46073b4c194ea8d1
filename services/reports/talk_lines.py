"""What a debtor said of a case, and what was agreed with him, as lines of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.case import Case
from domain.money import Money
from domain.promises import paid_of

__all__ = ["AgreedLine", "DisputeLine", "agreed_with", "disputes_of"]


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One dispute; `amount` None is all that is open, `outcome` None that it waits for an answer by `answer_by`."""

    id: str
    amount: str | None
    reason: str
    since: str
    answer_by: str
    outcome: str | None
    not_owed: str | None


def disputes_of(case: Case) -> tuple[DisputeLine, ...]:
    """The disputes of a case, the oldest first."""

    def text(minor: int | None) -> str | None:
        return None if minor is None else Money.from_minor(minor, case.ledger.currency).text

    return tuple(
        DisputeLine(
            id=each.id,
            amount=text(each.minor),
            reason=each.reason,
            since=each.since.isoformat(),
            answer_by=each.answer_by.isoformat(),
            outcome=each.outcome,
            not_owed=text(each.upheld_minor) if each.upheld_minor else None,
        )
        for each in case.disputes
    )


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
