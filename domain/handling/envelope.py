"""What goes into handling a message, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain import facts as f
from domain.case import Case
from domain.policy import Policy
from domain.surroundings import Surroundings


class Lookup(Protocol):
    """What judging a message needs from outside the case."""

    def policy(self, name: str, version: int | None) -> Policy | None:
        """The policy of this name and version (None: the newest), if there is one."""

    def quarantined(self, quarantine_id: str) -> tuple[str, bytes] | None:
        """Name and bytes of a message in quarantine."""

    def surroundings(self, case: Case, policy: Policy) -> Surroundings:
        """What surrounds the case as it stands: for its whole claim of today."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a message before it is opened.

    Attributes:
        id: Idempotency id of the delivery, used where the message brings none of its own.
        at: Moment on which we learned of it, aware.
        on: Local day of that moment in the policy's zone.
        answered: Whether the sender gets a refusal as an answer, and can ask for something else.
        by: Who is known to ask, a line for each way of naming him; empty of what came by no door that knows who comes.
        signed: Whether a second person signs for it.
    """

    id: str
    at: datetime
    on: date
    answered: bool = False
    by: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one raw message.

    Attributes:
        facts: Facts that follow.
        refusal: Why it could not be used, if so. An answered message was refused; any other is in quarantine.
    """

    facts: tuple[f.Fact, ...]
    refusal: str | None = None
