"""What a debtor said of a case, and what was agreed with him, as lines of a report."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Case
from domain.money import Money

__all__ = ["DisputeLine", "disputes_of"]


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
