"""Facts about decisions that take two people: what one asks, and whether another signs for it."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import BaseFact
from domain.money import Money

Signs = Literal["confirmed", "refused", "lapsed"]
"""What became of it: another person signs, another (or he himself) refuses, or the case is not what it was."""


class SignatureAsked(BaseFact):
    """Somebody asks for what takes a second person; nothing of it is done yet.

    Attributes:
        request: Name of the message.
        content: The message, as JSON.
        amount: What it is about: above the amount that the policy names.
        by: Who is known to ask, a line for each way of naming him (`Envelope.by`).
    """

    kind: Literal["signature_asked"] = "signature_asked"
    request: str
    content: str
    amount: Money
    actor: str = ""
    by: str = ""


class SignatureSettled(BaseFact):
    """What became of it. `of` is the id of what was asked; `by` who is known to say so."""

    kind: Literal["signature_settled"] = "signature_settled"
    of: str
    request: str
    outcome: Signs
    actor: str = ""
    by: str = ""
    note: str = ""
