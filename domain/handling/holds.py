"""Handling messages about pauses."""

from __future__ import annotations

from datetime import date, datetime

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.handling.refusal import Refused


def paused(case: Case, message: m.Pause, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The ladder stands still, until a first free day or until resumed.

    Raises:
        Refused: when that day has passed.
    """
    until = message.until
    if until is not None and until <= on:
        raise Refused(f"until {until} is the first free day and must lie after {on}; leave it out for no end")
    pause = f.HoldPlaced(
        id=f"pause:{own}",
        at=at,
        on=on,
        hold=f.HoldKind.PAUSE,
        until=until,
        actor=message.actor,
        note=message.reason,
    )
    return (pause,)


def not_paused(case: Case, on: date) -> str:
    """Why there is no pause to end."""
    others = [hold.kind.value for hold in case.holds_on(on)]
    if not others:
        return "the case is not paused"
    return f"the case is not paused but on hold: {', '.join(others)}; resume ends pauses only, finish that task"
