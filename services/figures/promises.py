"""What came of promises: for the debtor who makes the next one, and as a figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from pydantic_core import from_json

from casefile.morning import promises_judged
from casefile.session import Session
from domain.money import Money

__all__ = ["Judged", "judged_promises"]


class Judged(NamedTuple):
    """A promise of which it is known what came of it; there are thousands, and of few the amount is told.

    Attributes:
        creditor: Id of the creditor, and `debtor` of the debtor.
        on: Day of the last judgement.
        kept: Whether the money came; what was replaced or became moot is left out.
        promised: What was promised, as it is stored, in `currency`.
    """

    creditor: str
    debtor: str
    on: date
    kept: bool
    promised: str
    currency: str

    @property
    def minor(self) -> int:
        """What was promised, in minor units."""
        return Money(Decimal(self.promised), self.currency).minor


def judged_promises(session: Session) -> tuple[Judged, ...]:
    """All of them, each by its last judgement, in order of its day."""
    made: dict[tuple[str, str], Mapping[str, str]] = {}
    last: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for case, kind, body, creditor, debtor in promises_judged(session):
        fact = from_json(body)
        promise = (case, fact["promise"])
        if kind == "promise_made":
            made[promise] = fact["amount"]
        else:
            last[promise] = (fact["outcome"], fact["on"], creditor, debtor)
    days = {on: date.fromisoformat(on) for on in {each[1] for each in last.values()}}
    found = [
        Judged(creditor, debtor, days[on], outcome == "kept", amount["amount"], amount["currency"])
        for promise, (outcome, on, creditor, debtor) in last.items()
        if outcome in ("kept", "broken") and (amount := made.get(promise))
    ]
    return tuple(sorted(found, key=itemgetter(2, 0, 1)))
