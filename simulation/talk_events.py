"""What a debtor says in a scenario: disputes and what was decided on them, promises, settlements.

Adding a form is adding a class.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.facts import DisputeOutcome, DisputeReason
from domain.money import Money
from simulation.event_table import Event, WrittenEvent, form
from simulation.written import Amount, Day, Row, Word

__all__ = ["BESIDE", "Dispute", "Promise", "Resolve", "Settlement"]

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


class _PromiseRow(Row):
    id: Word | None = None
    amount: Amount | None = None
    by: Day
    extends_term: bool = False


@form("promise", _PromiseRow, message="promise_made", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Promise(Event):
    """The debtor promises to pay all that is open (`amount` None), or a part of it, by a day."""

    promise: str
    by: date
    amount: Money | None = None
    extends_term: bool = False
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Promise":
        """Without an id of its own it has that of the event."""
        row: _PromiseRow = written.values["promise"]
        amount = None if row.amount is None else Money(row.amount, written.about.invoice.amount.currency)
        promise, actor = row.id or written.id, written.values["actor"] or ""
        return cls(written.on, written.id, written.about.number, promise, row.by, amount, row.extends_term, actor)

    def content(self) -> dict[str, object]:
        """How much, by when, and whether a term moves with it."""
        part = {} if self.amount is None else {"amount": self.amount.text, "currency": self.amount.currency}
        moves = {"extends_term": True} if self.extends_term else {}
        named = {"id": self.id, "promise": self.promise, "by": self.by.isoformat(), "actor": self.actor}
        return {**named, **moves, **part}


class _SettlementRow(Row):
    id: Word | None = None
    amount: Amount
    by: Day
    approved_by: Word | None = None


@form("settlement", _SettlementRow, message="settlement_agreed", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Settlement(Event):
    """A lower amount is agreed: paid by a day, the rest is released."""

    settlement: str
    by: date
    amount: Money
    approved_by: str = ""
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Settlement":
        """Without an id of its own it has that of the event."""
        row: _SettlementRow = written.values["settlement"]
        amount = Money(row.amount, written.about.invoice.amount.currency)
        settlement, actor = row.id or written.id, written.values["actor"] or ""
        number = written.about.number
        return cls(written.on, written.id, number, settlement, row.by, amount, row.approved_by or "", actor)

    def content(self) -> dict[str, object]:
        """How much, by when, and who approved it."""
        return {
            "id": self.id,
            "settlement": self.settlement,
            "amount": self.amount.text,
            "currency": self.amount.currency,
            "by": self.by.isoformat(),
            "approved_by": self.approved_by,
            "actor": self.actor,
        }
