"""Sending nothing today: a person stops all sending, and ends the stop."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from casefile.case_file import CaseFile
from casefile.narrowed import sees_all
from casefile.sending_stops import PlacedStop, resume_sending, standing_stop, stop_sending
from services.today.day import office_day

__all__ = ["MOST_DAYS", "CannotStop", "resume", "stop"]

MOST_DAYS = 31
"""Longest stop, in days: who wants to send nothing for longer changes the policy."""


class CannotStop(ValueError):
    """Sending can't be stopped so; the text says why and what would be accepted."""


def stop(
    file: CaseFile, reason: str, until: date | None, actor: str, now: datetime, stop_id: str
) -> tuple[PlacedStop, bool]:
    """Let nothing leave from today on.

    Args:
        file: The case file.
        reason: Why.
        until: First free day; None for tomorrow.
        actor: Who says so.
        now: The real clock.
        stop_id: Under which it is placed once.

    Returns:
        The stop that stands, and whether sending is stopped for longer by this than it was before.

    Raises:
        CannotStop: it has no reason, or no day that it can end on; or who asks sees some creditors only.
    """
    _must_see_all(file)
    today = office_day(now)
    ends = until or today + timedelta(days=1)
    if not reason.strip():
        raise CannotStop("say why nothing is to be sent")
    if not today < ends <= today + timedelta(days=MOST_DAYS):
        last = today + timedelta(days=MOST_DAYS)
        first = today + timedelta(days=1)
        raise CannotStop(f"until {ends} can't be the first free day: give one from {first} to {last}")
    before = standing_stop(file, today)
    if before is not None and before.until >= ends:
        return before, False
    placed = PlacedStop(today, ends, reason.strip(), actor, now)
    stop_sending(file, placed, stop_id)
    return standing_stop(file, today) or placed, True


def resume(file: CaseFile, actor: str, now: datetime) -> bool:
    """Let everything leave again that may; False when nothing was stopped.

    Raises:
        CannotStop: who asks sees some creditors only.
    """
    _must_see_all(file)
    return resume_sending(file, office_day(now), actor, now) > 0


def _must_see_all(file: CaseFile) -> None:
    if not sees_all(file):
        raise CannotStop("this is for all creditors at once: ask somebody who sees all of them")
