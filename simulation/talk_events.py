"""What a debtor says in a scenario: disputes, promises, settlements, arrangements, reasons to wait, what he is in.

Adding a form is adding a class.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from domain.blockers import HOLDS_OF_INTAKE
from domain.facts import ArrangementInterest, DisputeOutcome, DisputeReason
from domain.money import Money
from domain.statuses import StatusKind
from policies.finding import did_you_mean
from simulation.event_table import Event, WrittenEvent, WrongEvent, form
from simulation.written import Amount, Day, Row, Word

__all__ = [
    "BESIDE",
    "Arrangement",
    "ArrangementProposal",
    "Dispute",
    "EndArrangement",
    "Hold",
    "Promise",
    "Resolve",
    "Settlement",
    "Status",
    "Unhold",
    "WithdrawPromise",
]

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


class _WithdrawnRow(Row):
    id: Word | None = None
    told: bool = False


@form("withdraw_promise", _WithdrawnRow, message="withdraw_promise", beside=("actor",), may_be_empty=True)
@dataclass(frozen=True, slots=True)
class WithdrawPromise(Event):
    """A promise was noted by mistake; `promise` None: the last one that stands."""

    promise: str | None = None
    told: bool = False
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "WithdrawPromise":
        """Which one, if that is said, and whether the debtor was told."""
        row: _WithdrawnRow = written.values["withdraw_promise"] or _WithdrawnRow()
        actor = written.values["actor"] or ""
        return cls(written.on, written.id, written.about.number, row.id, row.told, actor)

    def content(self) -> dict[str, object]:
        """Which one."""
        named = {} if self.promise is None else {"promise": self.promise}
        return {"id": self.id, "actor": self.actor, "told": self.told, **named}


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


def _hold_kind(written: WrittenEvent, kind: str, *loc: str) -> str:
    """A hold that has no messages of its own."""
    known = [each.value for each in HOLDS_OF_INTAKE]
    if kind not in known:
        raise WrongEvent(f"there is no hold {kind!r}{did_you_mean(kind, known)}", *loc)
    return kind


class _HoldRow(Row):
    kind: Word
    until: Day | None = None
    about: Word | None = None
    day: int | None = None


@form("hold", _HoldRow, message="place_hold", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Hold(Event):
    """There is a reason to wait: he says that he has paid, post came back…; `until` is the first free day."""

    kind: str
    until: date | None = None
    actor: str = ""
    about: str | None = None
    day: int | None = None

    @classmethod
    def read(cls, written: WrittenEvent) -> "Hold":
        """Its end may be one that its kind has not: then the case refuses it."""
        row: _HoldRow = written.values["hold"]
        kind = _hold_kind(written, row.kind, "hold", "kind")
        actor = written.values["actor"] or ""
        return cls(written.on, written.id, written.about.number, kind, row.until, actor, row.about, row.day)

    def content(self) -> dict[str, object]:
        """Which kind, and until when."""
        until = {} if self.until is None else {"until": self.until.isoformat()}
        about = {} if self.about is None else {"about": self.about}
        day = {} if self.day is None else {"day": self.day}
        return {"id": self.id, "hold": self.kind, "actor": self.actor, **until, **about, **day}


@form("unhold", Word, message="lift_hold", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Unhold(Event):
    """That reason is gone."""

    kind: str
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Unhold":
        """It names a kind of hold."""
        kind = _hold_kind(written, written.values["unhold"], "unhold")
        return cls(written.on, written.id, written.about.number, kind, written.values["actor"] or "")

    def content(self) -> dict[str, object]:
        """Which kind."""
        return {"id": self.id, "hold": self.kind, "actor": self.actor}


class _StatusRow(Row):
    kind: StatusKind
    since: Day | None = None
    proven: bool = False
    ended: bool = False


@form("status", _StatusRow, message="debtor_status_reported", beside=("debtor", "actor"), about_debtor=True)
@dataclass(frozen=True, slots=True)
class Status(Event):
    """The debtor is in a status, or is so no more: of all his cases, whichever invoice was named."""

    status: str
    since: date | None = None
    proven: bool = False
    ended: bool = False
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Status":
        """It names the debtor, or any of his invoices."""
        row: _StatusRow = written.values["status"]
        actor = written.values["actor"] or ""
        number = written.about.number
        return cls(written.on, written.id, number, row.kind.value, row.since, row.proven, row.ended, actor)

    def content(self) -> dict[str, object]:
        """Which status, since when, and whether it is over."""
        said: dict[str, object] = {"id": self.id, "status": self.status, "actor": self.actor}
        since = {} if self.since is None else {"since": self.since.isoformat()}
        proven = {"proven": True} if self.proven else {}
        ended = {"ended": True} if self.ended else {}
        return {**said, **since, **proven, **ended}


class _InstalmentRow(Row):
    due: Day
    amount: Amount


class _ArrangementRow(Row):
    id: Word | None = None
    instalments: Annotated[tuple[_InstalmentRow, ...], Field(min_length=1, max_length=120)]
    interest: ArrangementInterest | None = None
    signed_off_by: Word | None = None
    others: Annotated[tuple[Word, ...], Field(max_length=500)] = ()


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
    """Instalments are agreed, over this invoice and perhaps `others` of its debtor: then of all of them together.

    Attributes:
        whole: The instalments of all of them, where this is the share of one.
    """

    arrangement: str
    instalments: tuple[WrittenInstalment, ...]
    interest: str | None = None
    signed_off_by: str = ""
    actor: str = ""
    others: tuple[str, ...] = ()
    whole: tuple[WrittenInstalment, ...] = ()

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
            row.others,
        )

    def content(self) -> dict[str, object]:
        """What was agreed, and with whom."""
        interest = {} if self.interest is None else {"interest": self.interest}
        several = {"others": list(self.others), "whole": [each.as_json() for each in self.whole]} if self.others else {}
        return {
            "id": self.id,
            "arrangement": self.arrangement,
            "instalments": [each.as_json() for each in self.instalments],
            "currency": self.instalments[0].amount.currency,
            "signed_off_by": self.signed_off_by,
            "actor": self.actor,
            **interest,
            **several,
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
