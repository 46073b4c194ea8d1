"""What a debtor said of a case, and what was agreed with him, as lines of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.arrangements import schedule_of
from domain.case import Case
from domain.facts import ArrangementInterest, ArrangementOutcome
from domain.money import Money
from domain.promises import paid_of

__all__ = [
    "AgreedLine",
    "ArrangementLine",
    "DisputeLine",
    "InstalmentLine",
    "agreed_with",
    "arrangements_of",
    "disputes_of",
]


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


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """One instalment: what was agreed, and what of it came in."""

    number: int
    due: str
    amount: str
    paid: str
    open: str


@dataclass(frozen=True, slots=True)
class ArrangementLine:
    """One arrangement; `outcome` None that it stands, `others` the other invoices in it."""

    id: str
    since: str
    total: str
    paid: str
    interest: ArrangementInterest
    outcome: ArrangementOutcome | None
    ended_on: str | None
    instalments: tuple[InstalmentLine, ...]
    others: tuple[str, ...] = ()


def arrangements_of(case: Case) -> tuple[ArrangementLine, ...]:
    """The arrangements of a case with their instalments, the oldest first."""
    found = []
    for each in case.arrangements:
        rows = schedule_of(each, case.ledger)
        zero = Money.zero(case.ledger.currency)
        found.append(
            ArrangementLine(
                id=each.id,
                since=each.since.isoformat(),
                total=each.total.text,
                paid=sum((row.paid for row in rows), start=zero).text,
                interest=each.interest,
                outcome=each.outcome,
                ended_on=None if each.ended_on is None else each.ended_on.isoformat(),
                instalments=tuple(
                    InstalmentLine(row.number, row.due.isoformat(), row.amount.text, row.paid.text, row.open.text)
                    for row in rows
                ),
                others=each.others,
            )
        )
    return tuple(found)
