"""What came of promises: for the debtor who makes the next one, and as a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic_core import from_json

from casefile.morning import promises_judged
from casefile.session import Session
from domain.money import Money

__all__ = ["Judged", "judged_promises"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise of which it is known what came of it.

    Attributes:
        creditor: Id of the creditor, and `debtor` of the debtor.
        on: Day of the last judgement.
        kept: Whether the money came; what was replaced or became moot is left out.
        amount: What was promised.
    """

    creditor: str
    debtor: str
    on: date
    kept: bool
    amount: Money


def judged_promises(session: Session) -> tuple[Judged, ...]:
    """All of them, each by its last judgement, in order of its day."""
    # Thousands are looked through: only of what is told an amount is made.
    made: dict[tuple[str, str], Mapping[str, str]] = {}
    last: dict[tuple[str, str], tuple[str, date, str, str]] = {}
    for row in promises_judged(session):
        fact = from_json(row.body)
        promise = (row.case_id, fact["promise"])
        if row.kind == "promise_made":
            made[promise] = fact["amount"]
        else:
            last[promise] = (fact["outcome"], date.fromisoformat(fact["on"]), row.creditor, row.debtor)
    found: Iterable[Judged] = (
        Judged(
            creditor,
            debtor,
            on,
            outcome == "kept",
            Money(Decimal(made[promise]["amount"]), made[promise]["currency"]),
        )
        for promise, (outcome, on, creditor, debtor) in last.items()
        if outcome in ("kept", "broken") and promise in made
    )
    return tuple(sorted(found, key=lambda each: (each.on, each.creditor, each.debtor)))
