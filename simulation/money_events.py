"""What people do with money in a scenario: give it back, put it on an invoice, say whether it came once or twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from domain.law.payment_methods import PaymentMethod
from domain.money import Money
from simulation.event_table import Event, WrittenEvent, form
from simulation.written import Amount as WrittenAmount
from simulation.written import Word

__all__ = ["BESIDE", "Allocate", "Duplicate", "Refund"]

BESIDE: Mapping[str, Any] = {"reference": Word, "of": Word, "reason": Word, "method": PaymentMethod}
"""Keys that stand beside the word of some forms only, and what is written there."""


@form("refund", WrittenAmount, message="record_refund", beside=("debtor", "of", "currency"))
@dataclass(frozen=True, slots=True)
class Refund(Event):
    """We give money back: what was paid too much on an invoice, or (`invoice` None) what is on none of a debtor's.

    Attributes:
        of: The payment out of which; None: whatever was paid too much, of a debtor the oldest that is left.
    """

    amount: Money
    debtor: str | None = None
    of: str | None = None

    @classmethod
    def read(cls, written: WrittenEvent) -> "Refund":
        """Money without a currency of its own is in that of the invoice."""
        values, about = written.values, written.about
        amount = Money(values["refund"], values["currency"] or about.invoice.amount.currency)
        invoice = None if values["debtor"] is not None else about.number
        return cls(written.on, written.id, invoice, amount, values["debtor"], values["of"])

    def content(self) -> dict[str, object]:
        """How much, when, and out of which payment."""
        named = {} if self.of is None else {"of": self.of}
        amount = {"amount": self.amount.text, "currency": self.amount.currency}
        return {"id": self.id, **amount, "refunded_on": self.on.isoformat(), **named}


@form("allocate", Word, message="record_payment", beside=("amount",))
@dataclass(frozen=True, slots=True)
class Allocate(Event):
    """A person puts a payment of the debtor that is on no invoice on this one: all that is left of it, or `amount`."""

    payment: str
    amount: Money | None = None

    @classmethod
    def read(cls, written: WrittenEvent) -> "Allocate":
        """The payment may come later, or never have been kept: then nothing is there to be put on the invoice."""
        part = None if written.values["amount"] is None else written.money("amount")
        return cls(written.on, written.id, written.about.number, written.values["allocate"], part)


@form("duplicate", Literal["one", "two"], message="settle_duplicate", beside=("of",))
@dataclass(frozen=True, slots=True)
class Duplicate(Event):
    """A person says whether two payments are two, or one: then `of`, else the later of them, is taken back."""

    outcome: str
    of: str | None = None

    @classmethod
    def read(cls, written: WrittenEvent) -> "Duplicate":
        """Whether there is anything to say is for the case to tell."""
        values = written.values
        return cls(written.on, written.id, written.about.number, values["duplicate"], values["of"])

    def content(self) -> dict[str, object]:
        """One or two, and which is taken back."""
        named = {} if self.of is None else {"payment": self.of}
        return {"id": self.id, "outcome": self.outcome, **named}
