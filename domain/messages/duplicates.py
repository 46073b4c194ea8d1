"""The message that settles whether two payments are two, or one that was told by two sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import BaseMessage
from domain.messages.money import PaymentId


class SettleDuplicate(BaseMessage):
    """A person says whether they are two payments, or one: then `payment`, else the later of them, is taken back."""

    name: Literal["settle_duplicate"] = "settle_duplicate"
    as_request = (
        'Say whether two payments of one amount are `two`, or `one` that was told twice: {"outcome": "one", '
        '"payment": "mollie:tr_1", "actor": "j.devries"}; that one is then taken back'
    )
    outcome: Literal["one", "two"]
    payment: PaymentId | None = None
    note: Annotated[str, Field(max_length=4000)] = ""
