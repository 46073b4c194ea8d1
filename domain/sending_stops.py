"""Days on which nothing is sent, because a person said so: a stop of everything, not a hold of one case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.replacing import replace

__all__ = ["SendingStop", "ended_on", "free_from"]


@dataclass(frozen=True, slots=True)
class SendingStop:
    """Days on which nothing leaves, over whatever channel; calls and other tasks go on.

    Attributes:
        since: First day of it.
        until: First free day; not after `since` where it was ended on its first day, so that it stops nothing.
    """

    since: date
    until: date


def free_from(stops: Sequence[SendingStop], day: date) -> date:
    """The first day, this one or later, on which something may leave."""
    while (until := max((stop.until for stop in stops if stop.since <= day < stop.until), default=None)) is not None:
        day = until
    return day


def ended_on(stops: Sequence[SendingStop], today: date) -> tuple[SendingStop, ...]:
    """The stops, when a person ends them: from this day on they stop nothing."""
    return tuple(replace(stop, until=max(stop.since, min(stop.until, today))) for stop in stops)
