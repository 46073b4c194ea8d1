"""Facts about messages that could not be used."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import BaseFact


class MessageQuarantined(BaseFact):
    """A message could not be used; its bytes stand in the quarantine under this id."""

    kind: Literal["message_quarantined"] = "message_quarantined"
    name: str
    sha256: str
    error: str


class QuarantineSettled(BaseFact):
    """A person resubmitted or dismissed a quarantined message `of`."""

    kind: Literal["quarantine_settled"] = "quarantine_settled"
    of: str
    outcome: Literal["resubmitted", "dismissed"]
    actor: str = ""
    note: str = ""
