"""What a debtor says in a scenario: disputes and what was decided on them. Adding a form is adding a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.facts import DisputeOutcome, DisputeReason
from domain.money import Money
from simulation.event_table import Event, WrittenEvent, form
from simulation.written import Amount, Row, Word

__all__ = ["BESIDE", "Dispute", "Resolve"]

BESIDE: Mapping[str, Any] = {"actor": Word}
"""Keys that stand beside the word of some forms only, and what is written there."""


class _DisputeRow(Row):
    id: Word | None = None
    amount: Amount | None = None
    reason: DisputeReason = "other"


@form("dispute", _DisputeRow, message="dispute_raised", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Dispute(Event):
    """The debtor disputes all of the invoice (`amount` None), or a part of it; `actor` is who noted it."""

    dispute: str
    reason: str
    amount: Money | None = None
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Dispute":
        """Without an id of its own it has that of the event."""
        row: _DisputeRow = written.values["dispute"]
        amount = None if row.amount is None else Money(row.amount, written.about.invoice.amount.currency)
        dispute = row.id or written.id
        actor = written.values["actor"] or ""
        return cls(written.on, written.id, written.about.number, dispute, row.reason, amount, actor)

    def content(self) -> dict[str, object]:
        """Which dispute, what of, and why."""
        part = {} if self.amount is None else {"amount": self.amount.text, "currency": self.amount.currency}
        return {"id": self.id, "dispute": self.dispute, "reason": self.reason, "actor": self.actor, **part}


class _ResolveRow(Row):
    id: Word | None = None
    outcome: DisputeOutcome
    amount: Amount | None = None


@form("resolve", _ResolveRow, message="dispute_resolved", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Resolve(Event):
    """A dispute is decided; `dispute` None: the only one that is open."""

    dispute: str | None
    outcome: str
    amount: Money | None = None
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Resolve":
        """What it decides may have been refused: then the case says so."""
        row: _ResolveRow = written.values["resolve"]
        amount = None if row.amount is None else Money(row.amount, written.about.invoice.amount.currency)
        actor = written.values["actor"] or ""
        return cls(written.on, written.id, written.about.number, row.id, row.outcome, amount, actor)

    def content(self) -> dict[str, object]:
        """Which dispute, and how it ended."""
        part = {} if self.amount is None else {"amount": self.amount.text, "currency": self.amount.currency}
        named = {} if self.dispute is None else {"dispute": self.dispute}
        return {"id": self.id, **named, "outcome": self.outcome, "actor": self.actor, **part}
