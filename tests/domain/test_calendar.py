from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import (
    Country,
    SendingCalendar,
    any_day,
    banking_day_after,
    delivery_day_after,
    easter,
    end_of_month,
    holidays,
    is_banking_day,
    last_banking_day_before,
    roll_forward,
)
from tests.rows import in_rows

AMSTERDAM = "Europe/Amsterdam"


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(year: int, *texts: str) -> set[date]:
    return {day(f"{year}-{text}") for text in texts}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def office(**changes: Any) -> SendingCalendar:
    """Tuesday to Thursday, nine to four, as in the policies we ship."""
    values: dict[str, Any] = {
        "zone": AMSTERDAM,
        "holidays": "NL",
        "days": (1, 2, 3),
        "opens": time(9),
        "closes": time(16),
    }
    return SendingCalendar(**(values | changes))


@pytest.mark.parametrize(
    "sunday",
    [
        "1818-03-22",
        "1943-04-25",
        "2000-04-23",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
    ],
)
def test_easter_falls_on_its_published_sunday(sunday: str) -> None:
    assert easter(day(sunday).year) == day(sunday)


def test_easter_is_a_sunday_between_22_march_and_25_april() -> None:
    for year in range(1583, 2500):
        assert easter(year).weekday() == 6
        assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_dutch_holidays_of_2026_and_2027() -> None:
    assert holidays("NL", 2026) == days(
        2026, "01-01", "04-03", "04-06", "04-27", "05-05", "05-14", "05-25", "12-25", "12-26"
    )
    assert holidays("NL", 2027) == days(
        2027, "01-01", "03-26", "03-29", "04-27", "05-05", "05-06", "05-17", "12-25", "12-26"
    )


def test_kings_day_moves_to_saturday_when_it_is_a_sunday() -> None:
    assert day("2025-04-26") in holidays("NL", 2025)
    assert day("2025-04-27") not in holidays("NL", 2025)
    assert day("2026-04-27") in holidays("NL", 2026)


def test_the_fifth_of_may_is_a_holiday_every_year() -> None:
    assert all(date(year, 5, 5) in holidays("NL", year) for year in range(2020, 2031))


def test_belgian_holidays_of_2026() -> None:
    assert holidays("BE", 2026) == days(
        2026, "01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"
    )
    assert day("2026-04-03") not in holidays("BE", 2026)


def test_another_country_has_no_holidays_to_give() -> None:
    country: Any = "DE"
    with pytest.raises(ValueError, match="NL and BE"):
        holidays(country, 2026)


@pytest.mark.parametrize(
    "closed",
    [
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-01",
        "2026-12-25",
        "2026-12-26",
        "2026-11-21",
        "2026-11-22",
    ],
)
def test_banks_are_closed_on_the_days_of_target2(closed: str) -> None:
    assert not is_banking_day(day(closed))


@pytest.mark.parametrize("open_", ["2026-04-27", "2026-05-05", "2026-05-14", "2026-05-25", "2026-11-11"])
def test_banks_are_open_on_other_dutch_and_belgian_holidays(open_: str) -> None:
    assert is_banking_day(day(open_))


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        # G, the second banking day after E, in the worked cases S1, S4 and S2 over New Year.
        ("2026-10-17", 2, "2026-10-20"),
        ("2026-10-16", 2, "2026-10-20"),
        ("2026-11-02", 2, "2026-11-04"),
        ("2027-01-04", 2, "2027-01-06"),
        ("2026-12-31", 2, "2027-01-05"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-11-20", 5, "2026-11-27"),
    ],
)
def test_banking_days_are_counted_after_the_day(start: str, n: int, expected: str) -> None:
    assert banking_day_after(day(start), n) == day(expected)


def test_the_last_banking_day_before() -> None:
    assert last_banking_day_before(day("2026-11-23")) == day("2026-11-20")
    assert last_banking_day_before(day("2026-04-07")) == day("2026-04-02")
    assert last_banking_day_before(day("2026-11-20")) == day("2026-11-19")
    assert last_banking_day_before(day("2027-01-01")) == day("2026-12-31")


@pytest.mark.parametrize(
    ("posted", "third", "second"),
    [
        ("2026-11-20", "2026-11-25", "2026-11-24"),  # worked case E12
        ("2026-09-30", "2026-10-03", "2026-10-02"),  # S1
        ("2026-11-13", "2026-11-18", "2026-11-17"),  # S2
        ("2026-12-15", "2026-12-18", "2026-12-17"),  # S2, variant
        ("2026-10-14", "2026-10-17", "2026-10-16"),  # S4
        ("2026-10-30", "2026-11-04", "2026-11-03"),  # S6
        ("2026-10-06", "2026-10-09", "2026-10-08"),  # S8
        # Christmas on Friday and Saturday: the next delivery is Tuesday 29 December.
        ("2026-12-23", "2026-12-30", "2026-12-29"),
    ],
)
def test_a_letter_is_received_on_the_nth_delivery_day_after_posting(posted: str, third: str, second: str) -> None:
    assert delivery_day_after(day(posted), 3) == day(third)
    assert delivery_day_after(day(posted), 2) == day(second)


@pytest.mark.parametrize("n", [0, -1])
def test_counting_starts_at_one(n: int) -> None:
    for count in (banking_day_after, delivery_day_after):
        with pytest.raises(ValueError, match="1 or more"):
            count(day("2026-11-20"), n)


@pytest.mark.parametrize(
    ("some", "last"),
    [
        ("2026-01-01", "2026-01-31"),
        ("2026-02-28", "2026-02-28"),
        ("2028-02-01", "2028-02-29"),
        ("2026-12-05", "2026-12-31"),
    ],
)
def test_the_end_of_the_month(some: str, last: str) -> None:
    assert end_of_month(day(some)) == day(last)


@pytest.mark.parametrize(
    ("last", "country", "expected"),
    [
        ("2026-10-31", "NL", "2026-11-02"),  # worked case S4: Saturday
        ("2027-01-01", "NL", "2027-01-04"),  # S2, variant: New Year on Friday
        ("2026-12-02", "NL", "2026-12-02"),
        ("2026-04-03", "NL", "2026-04-07"),  # Good Friday to the Tuesday after Easter
        ("2026-04-03", "BE", "2026-04-03"),  # no holiday in Belgium
        ("2026-05-01", "BE", "2026-05-04"),
        ("2026-05-05", "NL", "2026-05-06"),
    ],
)
def test_a_term_ends_on_a_day_that_is_no_weekend_or_holiday(last: str, country: Country, expected: str) -> None:
    assert roll_forward(day(last), country) == day(expected)


def test_nothing_is_sent_on_good_friday() -> None:
    assert not office(days=(1, 2, 3, 4)).is_sending_day(day("2026-04-03"))
    assert office(days=(1, 2, 3, 4), holidays="BE").is_sending_day(day("2026-04-03"))
    assert office(days=(1, 2, 3, 4), holidays=None).is_sending_day(day("2026-04-03"))


def test_the_first_opening_is_on_the_first_sending_day_at_or_after() -> None:
    assert office().first_opening(day("2026-11-19")) == utc("2026-11-19T08:00")  # Thursday, winter time
    assert office().first_opening(day("2026-11-20")) == utc("2026-11-24T08:00")  # Friday
    assert office().first_opening(day("2026-07-01")) == utc("2026-07-01T07:00")  # summer time
    # Tuesday 5 May is Liberation Day.
    assert office().first_opening(day("2026-05-05")) == utc("2026-05-06T07:00")


def test_a_moment_is_kept_inside_the_window_and_moved_to_the_next_opening_outside() -> None:
    assert office().fit(utc("2026-11-19T10:30")) == utc("2026-11-19T10:30")
    assert office().fit(utc("2026-11-19T08:00")) == utc("2026-11-19T08:00")
    assert office().fit(utc("2026-11-19T07:59:59")) == utc("2026-11-19T08:00")
    assert office().fit(utc("2026-11-19T14:59:59")) == utc("2026-11-19T14:59:59")
    assert office().fit(utc("2026-11-19T15:00")) == utc("2026-11-24T08:00")
    # 23:30 UTC on Monday is half past midnight on Tuesday in Amsterdam.
    assert office().fit(utc("2026-11-23T23:30")) == utc("2026-11-24T08:00")


def test_without_a_calendar_any_day_will_do_from_noon() -> None:
    calendar = any_day(AMSTERDAM)
    assert calendar.first_opening(day("2026-12-25")) == utc("2026-12-25T11:00")
    assert calendar.fit(utc("2026-12-25T22:59:59")) == utc("2026-12-25T22:59:59")
    assert calendar.fit(utc("2026-12-25T23:00")) == utc("2026-12-26T11:00")
    assert all(calendar.is_sending_day(date(2026, 1, 1) + timedelta(n)) for n in range(365))


def test_days_of_23_and_25_hours() -> None:
    calendar = any_day(AMSTERDAM)
    assert calendar.day_start(day("2026-03-29")) == utc("2026-03-28T23:00")
    assert calendar.day_start(day("2026-03-30")) == utc("2026-03-29T22:00")
    assert calendar.day_start(day("2026-10-25")) == utc("2026-10-24T22:00")
    assert calendar.day_start(day("2026-10-26")) == utc("2026-10-25T23:00")
    assert calendar.first_opening(day("2026-03-29")) == utc("2026-03-29T10:00")
    assert calendar.first_opening(day("2026-10-25")) == utc("2026-10-25T11:00")


@pytest.mark.parametrize("at", [time(2), time(2, 0, 1), time(2, 30), time(2, 59, 59, 999999)])
def test_a_time_that_does_not_exist_is_the_moment_of_the_change(at: time) -> None:
    assert any_day(AMSTERDAM).moment(day("2026-03-29"), at) == utc("2026-03-29T01:00")


def test_around_the_change_the_clock_is_followed() -> None:
    calendar = any_day(AMSTERDAM)
    assert calendar.moment(day("2026-03-29"), time(1, 59)) == utc("2026-03-29T00:59")
    assert calendar.moment(day("2026-03-29"), time(3)) == utc("2026-03-29T01:00")
    # 02:30 comes twice on 25 October: at 00:30 and at 01:30 UTC.
    assert calendar.moment(day("2026-10-25"), time(2, 30)) == utc("2026-10-25T00:30")
    assert calendar.moment(day("2026-10-25"), time(2, 30, fold=1)) == utc("2026-10-25T00:30")
    assert calendar.moment(day("2026-10-25"), time(3)) == utc("2026-10-25T02:00")


def test_a_window_inside_the_skipped_hour_is_no_window() -> None:
    calendar = office(days=tuple(range(7)), holidays=None, opens=time(2, 10), closes=time(2, 50))
    assert not calendar.is_sending_day(day("2026-03-29"))
    assert calendar.first_opening(day("2026-03-29")) == utc("2026-03-30T00:10")


def test_a_day_that_a_place_never_had_is_no_sending_day() -> None:
    # Samoa went from 29 to 31 December 2011.
    calendar = any_day("Pacific/Apia")
    assert not calendar.is_sending_day(day("2011-12-30"))
    assert calendar.first_opening(day("2011-12-30")) == calendar.first_opening(day("2011-12-31"))


def test_the_local_day_of_a_moment() -> None:
    calendar = any_day(AMSTERDAM)
    assert calendar.local_date(utc("2026-07-01T21:59:59")) == day("2026-07-01")
    assert calendar.local_date(utc("2026-07-01T22:00")) == day("2026-07-02")
    assert calendar.local_date(utc("2026-12-31T23:00")) == day("2027-01-01")
    assert calendar.local_date(datetime(2026, 7, 1, 23, tzinfo=timezone(timedelta(hours=-3)))) == day("2026-07-02")


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 7, 1)  # noqa: DTZ001 - the very thing that is refused
    for method in (office().local_date, office().fit):
        with pytest.raises(ValueError, match="no time zone"):
            method(naive)
    with pytest.raises(ValueError, match="time zone"):
        office().moment(day("2026-07-01"), time(9, tzinfo=UTC))
    with pytest.raises(ValueError, match="calendar day"):
        office().day_start(utc("2026-07-01"))


def test_every_moment_given_is_in_utc() -> None:
    local = datetime(2026, 11, 19, 11, tzinfo=ZoneInfo(AMSTERDAM))
    calendar = office()
    given_moments = [
        calendar.fit(local),
        calendar.day_start(day("2026-03-29")),
        calendar.moment(day("2026-03-29"), time(2, 30)),
        calendar.first_opening(day("2026-11-20")),
    ]
    assert [moment.tzinfo for moment in given_moments] == [UTC] * 4
    assert given_moments[0] == local


@in_rows(
    ("changes", "message"),
    [
        ({"days": ()}, "at least one day"),
        ({"days": (7,)}, "0 .Monday. to 6"),
        ({"days": (-1,)}, "0 .Monday. to 6"),
        ({"zone": "Europe/Utrecht"}, "IANA"),
        ({"zone": "Europe"}, "IANA"),
        ({"zone": "../etc"}, "IANA"),
        ({"zone": ""}, "IANA"),
        ({"holidays": "DE"}, "NL and BE"),
        ({"opens": time(16), "closes": time(9)}, "cannot close"),
        ({"opens": time(9), "closes": time(9)}, "cannot close"),
        ({"opens": time(9, tzinfo=UTC)}, "without a time zone"),
    ],
)
def test_an_impossible_calendar_is_refused_at_once(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        office(**changes)


def test_days_are_kept_in_order_so_equal_calendars_are_equal() -> None:
    assert office(days=(3, 1, 2, 1)) == office(days=(1, 2, 3))


moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
hours = st.integers(0, 24 * 4 - 1).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@st.composite
def calendars(draw: st.DrawFn) -> SendingCalendar:
    opens, closes = draw(hours), draw(st.none() | hours)
    if closes is not None and closes <= opens:
        opens, closes = (closes, opens) if closes < opens else (opens, None)
    return SendingCalendar(
        zone=draw(st.sampled_from([AMSTERDAM, "UTC", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"])),
        holidays=draw(st.sampled_from(["NL", "BE", None])),
        days=tuple(draw(st.sets(st.integers(0, 6), min_size=1))),
        opens=opens,
        closes=closes,
    )


@given(calendars(), moments)
def test_fitting_is_never_early_and_always_lands_in_a_window(calendar: SendingCalendar, at: datetime) -> None:
    fitted = calendar.fit(at)
    assert fitted >= at
    assert calendar.fit(fitted) == fitted
    local = calendar.local_date(fitted)
    assert calendar.is_sending_day(local)
    assert calendar.moment(local, calendar.opens) <= fitted < calendar.day_start(local + timedelta(1))
    if calendar.closes is not None:
        assert fitted < calendar.moment(local, calendar.closes)


@given(calendars(), moments)
def test_nothing_that_fits_lies_between_a_moment_and_its_fit(calendar: SendingCalendar, at: datetime) -> None:
    fitted = calendar.fit(at)
    steps = min(int((fitted - at) / timedelta(minutes=37)), 50)
    for step in range(1, steps + 1):
        assert calendar.fit(at + step * timedelta(minutes=37)) == fitted


@given(calendars(), moments)
def test_a_later_moment_never_fits_earlier(calendar: SendingCalendar, at: datetime) -> None:
    fits = [calendar.fit(at + timedelta(hours=5 * n)) for n in range(12)]
    assert all(one <= next_ for one, next_ in pairwise(fits))


@given(moments.map(datetime.date), st.integers(1, 20))
def test_counted_days_are_the_right_number_of_the_right_kind(start: date, n: int) -> None:
    end = banking_day_after(start, n)
    between = [start + timedelta(k) for k in range(1, (end - start).days + 1)]
    assert sum(map(is_banking_day, between)) == n
    assert is_banking_day(end)
    assert banking_day_after(last_banking_day_before(start), 1) >= start
