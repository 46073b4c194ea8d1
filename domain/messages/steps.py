"""Messages about what was sent: reports of providers, and what people say of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import BaseMessage, Day, Number


class DeliveryReported(BaseMessage):
    """A provider reported on a message after sending it.

    Attributes:
        status: What became of it; `unreached`: it did not get through, though the address is good;
            `sender_refused`: nor did it, for our sender is set up wrong.
        received_on: Proven day of receipt.
        reason: What the provider says of it, without personal data.
    """

    name: Literal["delivery_reported"] = "delivery_reported"
    as_fact = 'A provider reported on a message: {"key": "…", "status": "bounced"}'
    key: Annotated[str, Field(min_length=1, max_length=500)]
    status: Literal[
        "delivered", "confirmed", "bounced", "failed", "returned", "deferred", "unreached", "sender_refused"
    ]
    received_on: Day | None = None
    reason: Annotated[str, Field(max_length=200)] = ""


class SettleSend(BaseMessage):
    """Say what became of a step whose sending is unknown or unproven."""

    name: Literal["settle_send"] = "settle_send"
    as_request = 'Say what became of an unknown sending: {"step": "notice", "outcome": "sent"}'
    step: Annotated[str, Field(min_length=1, max_length=100)]
    outcome: Literal["sent", "not_sent"]
    issue: Number | None = None
    received_on: Day | None = None


class ReissueNotice(BaseMessage):
    """Void the notice in force and give a new one with a full new term, for a reason that the person answers for.

    Attributes:
        step: The step that sent it; the one in force without it.
        reason: Why, for the case file.
    """

    name: Literal["reissue_notice"] = "reissue_notice"
    as_request = 'Void the notice in force and give a new one with a full new term: {"reason": "wrong address"}'
    step: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=1000)]
