"""What a debtor says in a scenario: disputes and what was decided on them, arrangements. A form is a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from domain.facts import ArrangementInterest, DisputeOutcome, DisputeReason
from domain.money import Money
from simulation.event_table import Event, WrittenEvent, form
from simulation.written import Amount, Day, Row, Word

__all__ = ["BESIDE", "Arrangement", "ArrangementProposal", "Dispute", "EndArrangement", "Resolve"]

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


class _InstalmentRow(Row):
    due: Day
    amount: Amount


class _ArrangementRow(Row):
    id: Word | None = None
    instalments: Annotated[tuple[_InstalmentRow, ...], Field(min_length=1, max_length=120)]
    interest: ArrangementInterest | None = None
    signed_off_by: Word | None = None


@dataclass(frozen=True, slots=True)
class WrittenInstalment:
    """One instalment of a scenario."""

    due: date
    amount: Money

    def as_json(self) -> dict[str, str]:
        """As a message has it."""
        return {"due": self.due.isoformat(), "amount": self.amount.text}


@form("arrangement", _ArrangementRow, message="arrangement_agreed", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Arrangement(Event):
    """Instalments are agreed."""

    arrangement: str
    instalments: tuple[WrittenInstalment, ...]
    interest: str | None = None
    signed_off_by: str = ""
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Arrangement":
        """Without an id of its own it has that of the event."""
        row: _ArrangementRow = written.values["arrangement"]
        currency = written.about.invoice.amount.currency
        instalments = tuple(WrittenInstalment(each.due, Money(each.amount, currency)) for each in row.instalments)
        return cls(
            written.on,
            written.id,
            written.about.number,
            row.id or written.id,
            instalments,
            row.interest,
            row.signed_off_by or "",
            written.values["actor"] or "",
        )

    def content(self) -> dict[str, object]:
        """What was agreed, and with whom."""
        interest = {} if self.interest is None else {"interest": self.interest}
        return {
            "id": self.id,
            "arrangement": self.arrangement,
            "instalments": [each.as_json() for each in self.instalments],
            "currency": self.instalments[0].amount.currency,
            "signed_off_by": self.signed_off_by,
            "actor": self.actor,
            **interest,
        }


class _ProposalRow(Row):
    pass


@form("proposes", _ProposalRow, message="arrangement_proposed", beside=("actor",), may_be_empty=True)
@dataclass(frozen=True, slots=True)
class ArrangementProposal(Event):
    """The debtor proposes to pay in instalments; nothing is agreed yet."""

    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "ArrangementProposal":
        """Only who noted it."""
        return cls(written.on, written.id, written.about.number, written.values["actor"] or "")

    def content(self) -> dict[str, object]:
        """Who noted it."""
        return {"id": self.id, "actor": self.actor}


class _EndRow(Row):
    id: Word | None = None


@form("end_arrangement", _EndRow, message="end_arrangement", beside=("actor",), may_be_empty=True)
@dataclass(frozen=True, slots=True)
class EndArrangement(Event):
    """The arrangement that stands ends by agreement; `arrangement` None: whichever that is."""

    arrangement: str | None = None
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "EndArrangement":
        """Which one, if that is said."""
        row: _EndRow | None = written.values["end_arrangement"]
        named = None if row is None else row.id
        return cls(written.on, written.id, written.about.number, named, written.values["actor"] or "")

    def content(self) -> dict[str, object]:
        """Which one."""
        named = {} if self.arrangement is None else {"arrangement": self.arrangement}
        return {"id": self.id, "actor": self.actor, **named}
