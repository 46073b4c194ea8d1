"""When a natural person may be reached, whatever a policy or its calendar says.

Between 07:00 and 20:00, not on Sundays and not on holidays (Besluit kwaliteit incassodienstverlening art. 4.2;
practice.md, Consumers). That holds for agencies; we keep to it, too, also for whoever may be a natural person.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache
from typing import Final

from domain.calendar import Country, SendingCalendar
from domain.case import Case
from domain.invoice import Kind, YesNoUnknown
from domain.policy import Policy, Step

CONTACT_FROM: Final = time(7, 0)
CONTACT_UNTIL: Final = time(20, 0)

# Asked several times a decision: of an enum itself Python 3.11 looks them up the long way.
_CONSUMER: Final = Kind.CONSUMER
_YES: Final = YesNoUnknown.YES
_SATURDAY: Final = 5
_SUNDAY: Final = 6


def calendar_of(step: Step, case: Case, policy: Policy) -> SendingCalendar:
    """The calendar that a step keeps: only what reaches the debtor is bound to the hours of natural persons."""
    calendar = policy.sending_calendar
    if step.answers:
        # Who asked something is answered on any working day, whatever days the ladder keeps to.
        calendar = _on_working_days(calendar)
    if not step.send or not keeps_hours(case, policy):
        return calendar
    return _within_hours(calendar, _country(policy))


def may_be_reached(case: Case, policy: Policy, at: datetime) -> bool:
    """Whether the debtor of a case may be reached at a moment, his policy's own calendar left aside."""
    if not keeps_hours(case, policy):
        return True
    return _hours(policy.sending_calendar.zone, _country(policy)).fit(at) == at


def next_reachable(case: Case, policy: Policy, at: datetime) -> datetime:
    """The first moment from this one on at which the debtor of a case may be reached."""
    if not keeps_hours(case, policy):
        return at
    return _hours(policy.sending_calendar.zone, _country(policy)).fit(at)


def keeps_hours(case: Case, policy: Policy) -> bool:
    """Whether the debtor is a natural person, or may be one and the policy has a law that asks."""
    status = case.invoice.legal_status
    if not status.may_be_natural_person or policy.kind is _CONSUMER:
        return policy.kind is _CONSUMER
    # Whoever is protected as a consumer may be one.
    return policy.law is not None or status.natural_person is _YES


def _country(policy: Policy) -> Country:
    """Whose holidays are kept where the calendar names none."""
    named = policy.sending_calendar.holidays or policy.law
    return named or ("BE" if policy.sending_calendar.zone == "Europe/Brussels" else "NL")


@lru_cache(maxsize=64)
def _hours(zone: str, holidays: Country) -> SendingCalendar:
    return SendingCalendar(zone, holidays, tuple(range(_SUNDAY)), CONTACT_FROM, CONTACT_UNTIL)


@lru_cache(maxsize=256)
def _on_working_days(calendar: SendingCalendar) -> SendingCalendar:
    days = tuple(sorted({*calendar.days, *range(_SATURDAY)}))
    return SendingCalendar(calendar.zone, calendar.holidays, days, calendar.opens, calendar.closes)


@lru_cache(maxsize=256)
def _within_hours(calendar: SendingCalendar, holidays: Country) -> SendingCalendar:
    """The part of a calendar that lies within the hours; all of those where nothing is left."""
    days = tuple(day for day in calendar.days if day != _SUNDAY) or tuple(range(_SUNDAY))
    opens = max(calendar.opens, CONTACT_FROM)
    closes = CONTACT_UNTIL if calendar.closes is None else min(calendar.closes, CONTACT_UNTIL)
    if opens >= closes:
        opens, closes = CONTACT_FROM, CONTACT_UNTIL
    return SendingCalendar(calendar.zone, holidays, days, opens, closes)
