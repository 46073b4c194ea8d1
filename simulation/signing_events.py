"""What people give up in a scenario, and what a second person signs for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from domain.money import Money
from simulation.event_table import Event, WrittenEvent, form
from simulation.written import Amount as WrittenAmount

__all__ = ["BESIDE", "Sign", "WriteOff"]

BESIDE: Mapping[str, Any] = {}
"""Keys that stand beside the word of some forms only: none of their own."""


@form("write_off", WrittenAmount, message="write_off", beside=("actor",))
@dataclass(frozen=True, slots=True)
class WriteOff(Event):
    """A person gives up an amount of the invoice; above the amount of the policy another signs for it."""

    amount: Money
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "WriteOff":
        """In the currency of the invoice."""
        return cls(
            written.on, written.id, written.about.number, written.money("write_off"), written.values["actor"] or ""
        )

    def content(self) -> dict[str, object]:
        """How much, and who."""
        amount = {"amount": self.amount.text, "currency": self.amount.currency}
        return {"id": self.id, **amount, "reason": "goodwill", "actor": self.actor}


@form("sign", Literal["confirmed", "refused"], message="sign_request", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Sign(Event):
    """A second person signs for what waits in the case, or refuses it."""

    outcome: str
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Sign":
        """Whether anything waits is for the case to tell."""
        return cls(written.on, written.id, written.about.number, written.values["sign"], written.values["actor"] or "")

    def content(self) -> dict[str, object]:
        """Whether it is to be done, and who says so."""
        return {"id": self.id, "outcome": self.outcome, "actor": self.actor}
