"""Days and hours as one writes them while on the telephone."""

from __future__ import annotations

from datetime import date

import pytest

from api.desk.short_days import whole_day, whole_hour

WEDNESDAY = date(2026, 5, 13)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("+3", "nl", "2026-05-16"),
        ("vr", "nl", "2026-05-15"),
        ("vrijdag", "nl", "2026-05-15"),
        ("wo", "nl", "2026-05-20"),  # never today
        ("fri", "en", "2026-05-15"),
        ("mar", "fr", "2026-05-19"),
        ("mi", "de", "2026-05-20"),
        ("20/5", "nl", "2026-05-20"),
        ("13-5", "nl", "2026-05-13"),
        ("4.1", "de", "2027-01-04"),
        ("2026-06-01", "nl", "2026-06-01"),
        ("31/2", "nl", "31/2"),
        ("ooit", "nl", "ooit"),
        ("v", "nl", "v"),
    ],
)
def test_a_day_is_the_next_one(text: str, language: str, day: str) -> None:
    assert whole_day(text, WEDNESDAY, language) == day


@pytest.mark.parametrize(
    ("text", "day"), [("12/5", "2026-05-12"), ("20/5", "2025-05-20"), ("wo", "2026-05-13"), ("di", "2026-05-12")]
)
def test_of_a_day_that_has_come_it_is_the_last_one(text: str, day: str) -> None:
    assert whole_day(text, WEDNESDAY, "nl", past=True) == day


@pytest.mark.parametrize(
    ("text", "hour"),
    [("10", "10:00"), ("9u", "09:00"), ("930", "09:30"), ("1030", "10:30"), ("10.30", "10:30"), ("16u15", "16:15"),
     ("10:30", "10:30"), ("25", "25"), ("half elf", "half elf")],
)  # fmt: skip
def test_an_hour_is_whole(text: str, hour: str) -> None:
    assert whole_hour(text) == hour
