"""Days that count: holidays, banking and postal days, and the hours in which we may reach a debtor.

All wall-clock arithmetic of the program is here. Calendar days are `date`; moments are aware and in UTC.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

__all__ = [
    "Country",
    "SendingCalendar",
    "any_day",
    "banking_day_after",
    "delivery_day_after",
    "easter",
    "end_of_month",
    "holidays",
    "is_banking_day",
    "last_banking_day_before",
    "roll_forward",
]

Country: TypeAlias = Literal["NL", "BE"]
"""Whose legal holidays count."""

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_SUNDAY: Final = 6
_NOON: Final = time(12)


@lru_cache(maxsize=1024)
def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar.

    Source: the algorithm of Meeus, Jones and Butcher ("anonymous Gregorian").
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century + 8) // 25
    moon = (19 * golden + century - leap_centuries - (century - correction + 1) // 3 + 15) % 30
    leaps, leap_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - moon - leap_rest) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=1024)
def holidays(country: Country, year: int) -> frozenset[date]:
    """Legal holidays of one year.

    NL: the general holidays of art. 3 Algemene termijnenwet, with Good Friday, which is treated alike, and
    5 May of every year. King's Day is 27 April, or the 26th when that is a Sunday. Easter Sunday and Whit
    Sunday are left out: they are Sundays. BE: the ten holidays of the law of 4 January 1974 and its decree.

    Raises:
        ValueError: another country.
    """
    sunday = easter(year)
    easter_monday = sunday + _DAY
    ascension = sunday + 39 * _DAY
    whit_monday = sunday + 50 * _DAY
    fixed: tuple[tuple[int, int], ...]
    moving: tuple[date, ...]
    match country:
        case "NL":
            kings_day = date(year, 4, 27)
            if kings_day.weekday() == _SUNDAY:
                kings_day -= _DAY
            good_friday = sunday - 2 * _DAY
            fixed = ((1, 1), (5, 5), (12, 25), (12, 26))
            moving = (good_friday, easter_monday, kings_day, ascension, whit_monday)
        case "BE":
            fixed = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
            moving = (easter_monday, ascension, whit_monday)
        case _ as never:
            raise ValueError(f"no holidays are known for country {never!r}; known are NL and BE")
    return frozenset((*moving, *(date(year, month, day) for month, day in fixed)))


@lru_cache(maxsize=1024)
def _closing_days(year: int) -> frozenset[date]:
    """Days besides Saturdays and Sundays on which TARGET2 is closed, by the long-term calendar of the ECB."""
    sunday = easter(year)
    return frozenset(
        (
            date(year, 1, 1),
            sunday - 2 * _DAY,
            sunday + _DAY,
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        )
    )


def is_banking_day(day: date) -> bool:
    """Whether euro payments settle that day: Monday to Friday, without the six closing days of TARGET2.

    King's Day and 5 May are banking days; 1 May and Good Friday are not.
    """
    return day.weekday() < _SATURDAY and day not in _closing_days(day.year)


@lru_cache(maxsize=8192)
def banking_day_after(day: date, n: int) -> date:
    """The n-th banking day after a day, which itself does not count.

    Args:
        day: any day.
        n: 1 or more.

    Raises:
        ValueError: n is less than 1.
    """
    _check_count(n)
    while n:
        day += _DAY
        n -= is_banking_day(day)
    return day


@lru_cache(maxsize=8192)
def day_after_collection(collected_on: date) -> date:
    """The day after a direct debit: banks collect on banking days only, and the statement of that day must tell."""
    day = collected_on
    while not is_banking_day(day):
        day += _DAY
    return day + _DAY


def last_banking_day_before(day: date) -> date:
    """The latest banking day before a day, which itself does not count."""
    day -= _DAY
    while not is_banking_day(day):
        day -= _DAY
    return day


@lru_cache(maxsize=8192)
def delivery_day_after(posted: date, n: int) -> date:
    """The n-th day of Dutch postal delivery after posting: Tuesday to Saturday, no holidays.

    A letter counts as received that day, with n a property of the mail product (the legal norm and one day).
    Source: HR 25-11-2016 ECLI:NL:HR:2016:2704 for the day of receipt.

    Args:
        posted: the day of posting, which does not count.
        n: 1 or more.

    Raises:
        ValueError: n is less than 1.
    """
    _check_count(n)
    day = posted
    while n:
        day += _DAY
        n -= 1 <= day.weekday() <= _SATURDAY and day not in holidays("NL", day.year)
    return day


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of its month where that has none."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return min(end_of_month(first), first + timedelta(days=day.day - 1))


def end_of_month(day: date) -> date:
    """The last day of the month of a day."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - _DAY


@lru_cache(maxsize=8192)
def roll_forward(day: date, country: Country) -> date:
    """The day itself, or the next that is no Saturday, Sunday or holiday when it is one.

    Source, NL: art. 1 Algemene termijnenwet, for the last day of a term.
    """
    while day.weekday() >= _SATURDAY or day in holidays(country, day.year):
        day += _DAY
    return day


def _check_count(n: int) -> None:
    if n < 1:
        raise ValueError(f"cannot count {n} days after a day: give 1 or more")


_EARLY = time(0, 10)


@dataclass(frozen=True, slots=True)
class SendingCalendar:
    """The days and hours, on the clock of one place, at which a debtor may be reached.

    A window is the half-open time from `opens` to `closes` on a sending day. Where the clock is put forward,
    a time that does not exist means the moment of the change; where it is put back, a time that comes twice
    means the first.

    Raises:
        ValueError: unknown zone or country, no days or no hours left, a day outside 0 to 6, or a time with a
            zone of its own.
    """

    zone: str
    """IANA name, like Europe/Amsterdam."""
    holidays: Country | None
    """Whose holidays are skipped; None: no holidays."""
    days: tuple[int, ...]
    """Days of the week, 0 is Monday; kept in order."""
    opens: time
    """First time of the day at which we may send, on the local clock."""
    closes: time | None
    """First time at which we may no longer; None: the end of the day."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check that the calendar is possible at all."""
        _zone(self.zone)
        if self.holidays is not None:
            holidays(self.holidays, 2000)
        if not self.days:
            raise ValueError("a sending calendar needs at least one day of the week")
        for day in self.days:
            if not 0 <= day <= _SUNDAY:
                raise ValueError(f"day of the week {day!r} is not one of 0 (Monday) to 6 (Sunday)")
        object.__setattr__(self, "days", tuple(sorted(set(self.days))))
        if self.opens.tzinfo is not None or (self.closes is not None and self.closes.tzinfo is not None):
            raise ValueError("the hours of a sending calendar are local: give them without a time zone")
        if self.closes is not None and self.closes <= self.opens:
            raise ValueError(f"a sending day that opens at {self.opens} cannot close at {self.closes}: nothing is left")
        object.__setattr__(self, "_hash", hash((self.zone, self.holidays, self.days, self.opens, self.closes)))

    def __hash__(self) -> int:
        """Worked out once: what is remembered of a calendar is asked for several times a decision."""
        return self._hash

    def __reduce__(self) -> "tuple[Callable[..., SendingCalendar], tuple[object, ...]]":
        """Made anew in another process, where texts have other hashes: once, so that it is quickly found again."""
        return _one_calendar, (self.zone, self.holidays, self.days, self.opens, self.closes)

    def local_date(self, at: datetime) -> date:
        """The calendar day of a moment, on the local clock.

        Raises:
            ValueError: the moment has no time zone.
        """
        return _local_date(self.zone, at)

    def local_time(self, at: datetime) -> time:
        """The time of a moment on the local clock.

        Raises:
            ValueError: the moment has no time zone.
        """
        return _local(self.zone, at).time()

    def local(self, at: datetime) -> datetime:
        """The same moment on the local clock, for showing.

        Raises:
            ValueError: the moment has no time zone.
        """
        return _aware(at).astimezone(_zone(self.zone))

    def day_start(self, day: date) -> datetime:
        """The moment (UTC) at which a local day begins."""
        return _moment(self.zone, day, time())

    def early(self, day: date) -> datetime:
        """When what a day brings by the clock alone is looked at: some minutes after midnight.

        What is told of a day comes at its first moment; a timer that ran out at that very moment would cross it.
        """
        return self.moment(day, _EARLY)

    def moment(self, day: date, at: time) -> datetime:
        """The moment (UTC) of a time on the local clock.

        Raises:
            ValueError: the time has a time zone of its own.
        """
        if at.tzinfo is not None:
            raise ValueError(f"{at} has a time zone; give a time on the clock of {self.zone}")
        return _moment(self.zone, day, at)

    def is_sending_day(self, day: date) -> bool:
        """Whether there is a window on that day."""
        return _window(self, day) is not None

    def first_opening(self, day: date) -> datetime:
        """The moment (UTC) at which the first sending day at or after `day` opens."""
        return _first_window(self, day).opening

    def fit(self, at: datetime) -> datetime:
        """The moment itself (in UTC) when it is inside a window, else the next opening.

        Raises:
            ValueError: the moment has no time zone.
        """
        moment = at if at.tzinfo is UTC else _aware(at).astimezone(UTC)
        window = _first_window(self, self.local_date(moment))
        while window.closing <= moment:
            window = _first_window(self, window.day + _DAY)
        return max(moment, window.opening)


@lru_cache(maxsize=256)
def _one_calendar(
    zone: str, holidays: Country | None, days: tuple[int, ...], opens: time, closes: time | None
) -> SendingCalendar:
    return SendingCalendar(zone, holidays, days, opens, closes)


@lru_cache(maxsize=64)
def any_day(zone: str) -> SendingCalendar:
    """The calendar of a policy without one: every day, holidays too, from 12:00 to the end of the day."""
    return SendingCalendar(zone=zone, holidays=None, days=tuple(range(7)), opens=_NOON, closes=None)


class _Window(NamedTuple):
    day: date
    opening: datetime
    closing: datetime


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"time zone {name!r} is not known; use an IANA name, like Europe/Amsterdam") from error


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"moment {at.isoformat()} has no time zone")
    return at


@lru_cache(maxsize=16384)
def _local(zone: str, at: datetime) -> datetime:
    # Kept, for cases are asked at the same few moments of a day over and over.
    return _aware(at).astimezone(_zone(zone))


@lru_cache(maxsize=16384)
def _local_date(zone: str, at: datetime) -> date:
    return _local(zone, at).date()


@lru_cache(maxsize=16384)
def _moment(zone: str, day: date, at: time) -> datetime:
    if isinstance(day, datetime):
        raise ValueError(f"{day.isoformat()} is a moment where a calendar day is needed")
    local = datetime.combine(day, at.replace(fold=0), tzinfo=_zone(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(_zone(zone)).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # The time does not exist. With fold 0 it is read with the offset before the change, so after it; with
    # fold 1 the other way round (PEP 495): the change lies between the two, and falls on a whole second.
    after = int(moment.timestamp()) + 1
    before = int(local.replace(fold=1).timestamp())
    offset = moment.astimezone(_zone(zone)).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, _zone(zone)).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return datetime.fromtimestamp(after, UTC)


@lru_cache(maxsize=16384)
def _window(calendar: SendingCalendar, day: date) -> _Window | None:
    if day.weekday() not in calendar.days:
        return None
    if calendar.holidays is not None and day in holidays(calendar.holidays, day.year):
        return None
    opening = _moment(calendar.zone, day, calendar.opens)
    if calendar.closes is None:
        closing = _moment(calendar.zone, day + _DAY, time())
    else:
        closing = _moment(calendar.zone, day, calendar.closes)
    # Nothing is left of a window that lies inside the hour the clock skips.
    return _Window(day, opening, closing) if opening < closing else None


@lru_cache(maxsize=16384)
def _first_window(calendar: SendingCalendar, day: date) -> _Window:
    while (window := _window(calendar, day)) is None:
        day += _DAY
    return window
