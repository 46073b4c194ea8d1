"""Dutch law on receipt and terms; the expected days are counted by hand on the calendars of 2026 and 2027."""

from __future__ import annotations

import pytest

from domain.law import nl
from tests.domain.builders import day


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("2026-09-30", "2026-10-03"),  # S1: Wednesday; Thursday, Friday, Saturday
        ("2026-11-13", "2026-11-18"),  # S2: Friday; Saturday, (Sunday, Monday), Tuesday, Wednesday
        ("2026-12-15", "2026-12-18"),  # S2, Christmas variant
        ("2026-10-14", "2026-10-17"),  # S4
        ("2026-12-23", "2026-12-30"),  # 24 Dec; no post on 25-28 Dec; 29, 30
        ("2027-06-30", "2027-07-03"),  # last day of the norm of two delivery days
        ("2027-07-01", "2027-07-07"),  # norm of three: Friday, Saturday, Tuesday, Wednesday
    ],
)
def test_a_letter_is_presumed_received_one_day_after_the_postal_norm(sent: str, received: str) -> None:
    assert nl.presumed_receipt(day(sent)) == day(received)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-11-18", "2026-12-02"),  # S2
        ("2026-12-18", "2027-01-04"),  # S2, variant: the 14th day is New Year's Day, then a weekend
        ("2026-10-17", "2026-11-02"),  # S4: the 14th day is a Saturday
    ],
)
def test_the_term_of_a_consumer_never_ends_on_a_weekend_or_holiday(received: str, last: str) -> None:
    assert nl.last_day_of_term(day(received), 14, consumer=True) == day(last)


def test_the_term_of_a_business_may_end_on_a_saturday() -> None:
    assert nl.last_day_of_term(day("2026-10-03"), 14, consumer=False) == day("2026-10-17")


@pytest.mark.parametrize(
    ("last", "act"),
    [
        ("2026-10-17", "2026-10-20"),  # S1: Monday, Tuesday
        ("2026-12-02", "2026-12-04"),  # S2
        ("2027-01-04", "2027-01-06"),  # S2, variant
        ("2026-12-24", "2026-12-29"),  # 25 and 26 Dec are no banking days: Monday 28, Tuesday 29
    ],
)
def test_the_end_of_a_term_is_acted_on_two_banking_days_later(last: str, act: str) -> None:
    assert nl.first_day_to_act(day(last)) == day(act)
