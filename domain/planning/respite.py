"""Respite: the days after an arrangement in which the debtor can pay before the ladder goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.case import Case
from domain.policy import Policy

_TELL_OF_ITS_END = ("arrangement_default", "arrangement_ended")


def respite_until(policy: Policy, on: date) -> date:
    """First day on which the ladder goes on when the debtor is written to on a day."""
    return on + timedelta(days=policy.arrangements.respite + 1)


def asked_again_from(case: Case, policy: Policy) -> Iterator[date]:
    """First days on which the ladder goes on after arrangements, counted from the letter that tells of their end."""
    for arrangement in case.arrangements:
        if arrangement.respite_until is None:
            continue
        yield arrangement.respite_until
        for owed in case.owing:
            if owed.of == arrangement.id and owed.letter in _TELL_OF_ITS_END and owed.sent_on is not None:
                yield respite_until(policy, owed.sent_on)
