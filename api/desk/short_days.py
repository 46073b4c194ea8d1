"""Days and hours as one writes them while on the telephone: `+3`, `vr`, `20/5`; `10`, `10.30`."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta

from babel.dates import get_day_names

__all__ = ["whole_day", "whole_hour"]

_LATER = re.compile(r"\+\s*([0-9]{1,3})")
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\.?")
_HOUR = re.compile(r"([0-9]{1,2})(?:\s*[:.hu]\s*|(?=[0-9]{2}$)|$)([0-9]{2})?")
_LEAST_LETTERS = 2


def whole_day(text: str, today: date, language: str, *, past: bool = False) -> str:
    """A day that is written short as ISO 8601 has it; what is none of these stays as it is.

    Args:
        text: `+3`: so many days on; `vr`, `vrijdag`: the next one, never today; `20/5`: the next one, maybe today.
        today: The local day.
        language: Of whoever wrote it.
        past: Whether a day that has come is meant, the last one of the name.
    """
    bare = text.strip().lower()
    if found := _LATER.fullmatch(bare):
        return (today + timedelta(days=int(found[1]))).isoformat()
    if len(bare) >= _LEAST_LETTERS and bare.isalpha():
        weekday = next((place for place, name in _weekdays(language).items() if name.startswith(bare)), None)
        if weekday is not None:
            ahead = (weekday - today.weekday() - 1) % 7 + 1
            return (today + timedelta(days=ahead % 7 - 7 if past and ahead != 7 else 0 if past else ahead)).isoformat()
    if found := _DAY_AND_MONTH.fullmatch(bare):
        for year in (today.year, today.year - 1 if past else today.year + 1):
            with suppress(ValueError):
                day = date(year, int(found[2]), int(found[1]))
                if day == today or (day < today) == past:
                    return day.isoformat()
    return text


def whole_hour(text: str) -> str:
    """An hour that is written short as `10:30`; what is none stays as it is."""
    found = _HOUR.fullmatch(text.strip().lower())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return text
    return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"


def _weekdays(language: str) -> dict[int, str]:
    return {place: name.lower() for place, name in get_day_names("wide", locale=language).items()}
