"""Messages that stop the ladder and let it go on."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from domain.blockers import HOLDS_OF_INTAKE, HoldKind
from domain.messages.base import BaseMessage, Day, Reason


def _by_intake(value: object) -> object:
    """A hold that has no messages of its own, by its exact name."""
    names = [kind.value for kind in HOLDS_OF_INTAKE]
    if value not in names:
        *most, last = (repr(name) for name in names)
        raise ValueError(f"Input should be {', '.join(most)} or {last}")
    return value


HoldOfIntake = Annotated[HoldKind, BeforeValidator(_by_intake)]


class Pause(BaseMessage):
    """Stop the ladder, until a first free day or until resumed. `notes` tells what could not be read."""

    name: Literal["pause"] = "pause"
    as_fact = (
        'Stop the ladder. Nothing to fill in; or a reason "on holiday"; or {"until": "2026-04-12"} (first free day)'
    )
    as_request = 'Pause, with an answer: {"until": "2026-04-12", "reason": "on holiday", "actor": "j.devries"}'
    until: Day | None = None
    reason: Reason = ""
    notes: tuple[str, ...] = ()


class Resume(BaseMessage):
    """End all pauses."""

    name: Literal["resume"] = "resume"
    as_fact = "End all pauses. Nothing to fill in."
    as_request = 'End all pauses, with an answer: {"actor": "j.devries"}'


Changed = Literal["email", "address", "iban", "phone"]
"""Which data of the debtor somebody wants changed."""


class PlaceHold(BaseMessage):
    """Keep the case on hold for a reason.

    `about` says of `contact_changed` which data are to be changed, `day` of `payment_run` on which day of the month he
    pays (29 to 31: or the last one).
    """

    name: Literal["place_hold"] = "place_hold"
    as_fact = (
        'There is a reason to wait: {"hold": "payment_claimed", "note": "paid yesterday, he says"}; '
        'with "until" its first free day; of payment_run "day" of the month. Each kind has its own end: docs/holds.md'
    )
    as_request = 'The same, with an answer: {"hold": "set_off", "note": "for F-9", "actor": "j.devries"}'
    asked_as = "hold_case"
    hold: HoldOfIntake
    until: Day | None = None
    note: Annotated[str, Field(max_length=4000)] = ""
    about: Changed | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None

    @model_validator(mode="after")
    def _day_of_a_payment_run(self) -> Self:
        if (self.hold is HoldKind.PAYMENT_RUN) != (self.day is not None):
            raise ValueError("day is the day of the month on which he pays: payment_run needs it, nothing else has it")
        return self


class LiftHold(BaseMessage):
    """End the holds of one kind."""

    name: Literal["lift_hold"] = "lift_hold"
    as_fact = 'That reason is gone: {"hold": "missing_from_list"}'
    as_request = 'The same, with an answer: {"hold": "set_off", "actor": "j.devries"}'
    asked_as = "unhold_case"
    hold: HoldOfIntake
    note: Annotated[str, Field(max_length=4000)] = ""
