"""Messages that stop the ladder and let it go on."""

from __future__ import annotations

from typing import Literal

from domain.messages.base import BaseMessage, Day, Reason


class Pause(BaseMessage):
    """Stop the ladder, until a first free day or until resumed. `notes` tells what could not be read."""

    name: Literal["pause"] = "pause"
    until: Day | None = None
    reason: Reason = ""
    notes: tuple[str, ...] = ()


class Resume(BaseMessage):
    """End all pauses."""

    name: Literal["resume"] = "resume"


class PlaceHold(BaseMessage):
    """Keep the case on hold for a reason found by intake."""

    name: Literal["place_hold"] = "place_hold"
    hold: Literal["onboarding_review", "missing_from_list", "promise", "imported"]
    until: Day | None = None


class LiftHold(BaseMessage):
    """End the holds of one kind."""

    name: Literal["lift_hold"] = "lift_hold"
    hold: Literal["onboarding_review", "missing_from_list", "promise", "imported"]
