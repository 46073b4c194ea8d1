"""What providers tell of messages in a scenario: that they arrived, came back, or did not get through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from domain.case import Case
from policies.finding import did_you_mean
from simulation.event_table import Event, WrittenEvent, WrongEvent, form
from simulation.written import Day, Row, Word

__all__ = ["BESIDE", "Delivery"]

BESIDE: Mapping[str, Any] = {}
"""Keys that stand beside the word of some forms only: none."""

_Status = Literal["delivered", "confirmed", "bounced", "failed", "returned", "deferred", "unreached", "sender_refused"]
_Channel = Literal["email", "sms", "call", "post", "registered"]


class _DeliveryRow(Row):
    step: Word
    status: _Status
    channel: _Channel | None = None
    issue: int | None = Field(default=None, ge=1)
    received_on: Day | None = None
    reason: Word | None = None


@form("delivery", _DeliveryRow, message="delivery_reported")
@dataclass(frozen=True, slots=True)
class Delivery(Event):
    """A provider tells what became of the message of a step; `issue` None: its last, `channel` None: its first.

    Attributes:
        key: Send key of what went out; only a case that sent it knows it.
    """

    step: str
    status: str
    channel: str | None = None
    issue: int | None = None
    received_on: date | None = None
    reason: str = ""
    key: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Delivery":
        """It names a step of the policy that sends something."""
        row: _DeliveryRow = written.values["delivery"]
        policy = written.about.policy
        steps = [each.id for each in policy.steps if each.send]
        if row.step not in steps:
            message = f"policy {policy.policy} sends nothing under {row.step!r}{did_you_mean(row.step, steps)}"
            raise WrongEvent(message, "delivery", "step")
        own = written.on, written.id, written.about.number
        return cls(*own, row.step, row.status, row.channel, row.issue, row.received_on, row.reason or "")

    def key_in(self, case: Case) -> str | None:
        """The send key of what it is about; None where no such message left."""
        for taken in reversed(case.taken):
            if taken.step != self.step or taken.attempt is None or self.issue not in (None, taken.issue):
                continue
            found = [each.key for each in taken.attempt.deliveries if self.channel in (None, each.channel)]
            return found[0] if found else None
        return None

    def content(self) -> dict[str, object]:
        """Which message, and what became of it."""
        received = {} if self.received_on is None else {"received_on": self.received_on.isoformat()}
        told = {"reason": self.reason} if self.reason else {}
        return {"id": self.id, "key": self.key, "status": self.status, **received, **told}
