"""Settlements of a case: what the debtor pays, against which the rest is released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.facts import SettlementAgreed, SettlementJudged, SettlementOutcome
from domain.ledger import Ledger
from domain.promises import paid_since
from domain.replacing import replace


@dataclass(frozen=True, slots=True)
class Settlement:
    """One settlement.

    Attributes:
        minor: What is to be paid, in minor units.
        by: Day on which it is on our account at the latest.
        since: Day of the agreement, and `entries` how many entries the ledger had by then.
        grace_until: Last day on which it still is in time.
        judgements: How often it was judged.
    """

    id: str
    minor: int
    by: date
    since: date
    entries: int
    grace_until: date
    outcome: SettlementOutcome | None = None
    judgements: int = 0

    @property
    def stands(self) -> bool:
        """Whether nothing came of it yet."""
        return self.outcome is None

    def paid_minor(self, ledger: Ledger) -> int:
        """What was paid of it in time, in minor units."""
        return sum(paid_since(ledger, self.entries, self.since, self.grace_until).values())

    @property
    def write_off(self) -> str:
        """Id under which the rest is written off."""
        return f"released:{self.id}"


def agreed(fact: SettlementAgreed, ledger: Ledger) -> Settlement:
    """The settlement that a fact begins."""
    return Settlement(
        id=fact.settlement,
        minor=fact.amount.minor,
        by=fact.by,
        since=fact.on,
        entries=len(ledger.entries),
        grace_until=fact.grace_until,
    )


def judged(settlements: tuple[Settlement, ...], fact: SettlementJudged) -> tuple[Settlement, ...]:
    """The settlements, one of which came to an end."""
    return tuple(
        replace(each, outcome=fact.outcome, judgements=each.judgements + 1) if each.id == fact.settlement else each
        for each in settlements
    )
