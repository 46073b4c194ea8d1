"""The day of the office: that of the morning screen, and of a stop of all sending."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

__all__ = ["OFFICE", "office_day"]

OFFICE = ZoneInfo("Europe/Amsterdam")
"""Where our users work: the Netherlands and Belgium, which keep one time."""


def office_day(now: datetime) -> date:
    """The day that it is in the office."""
    return now.astimezone(OFFICE).date()
