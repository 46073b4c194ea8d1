"""The message by which a second person signs for what another asks, or refuses."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import BaseMessage


class SignRequest(BaseMessage):
    """Sign for what a colleague asks that takes two people, or refuse it.

    Attributes:
        of: Its id, where several wait.
        outcome: Whether it is to be done.
        note: Why, for the case file.
    """

    name: Literal["sign_request"] = "sign_request"
    as_request = (
        'Sign for what a colleague asks above an amount, or refuse it: {"outcome": "confirmed", "actor": "j.devries"}; '
        '"of" names one of several'
    )
    of: Annotated[str, Field(min_length=1, max_length=700)] | None = None
    outcome: Literal["confirmed", "refused"]
    note: Annotated[str, Field(max_length=1000)] = ""
