"""Where a file stands with the partner who has it, by all that he reported.

Reports come late, twice, and in any order, so the state follows from the set of them: the last day counts, and on one
day what comes later in the life of a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from domain.facts.agencies import AgencyReported, AgencyStatus

__all__ = ["PartnerState", "last_of_state", "state_of"]

PartnerState = Literal[
    "submitted",
    "accepted",
    "more_wanted",
    "arrangement",
    "paused",
    "summons",
    "judgment",
    "seizure",
    "refused",
    "recalled",
    "closed",
    "recall_asked",
]
"""How a file stands with a partner; `submitted` until he says anything."""

_RANK: dict[AgencyStatus, int] = {
    "accepted": 0,
    "more_wanted": 1,
    "arrangement": 2,
    "paused": 3,
    "resumed": 4,
    "summons": 5,
    "judgment": 6,
    "seizure": 7,
    "refused": 8,
    "recalled": 9,
    "closed": 10,
}
"""What says how the file stands, in the order of its life; money that moved says nothing of it."""

_STATES: dict[AgencyStatus, PartnerState] = {
    "accepted": "accepted",
    "more_wanted": "more_wanted",
    "arrangement": "arrangement",
    "paused": "paused",
    "resumed": "accepted",
    "summons": "summons",
    "judgment": "judgment",
    "seizure": "seizure",
    "refused": "refused",
    "recalled": "recalled",
    "closed": "closed",
}


def last_of_state(reports: Iterable[AgencyReported]) -> AgencyReported | None:
    """The report that says how the file stands; None where none does."""
    telling = [each for each in reports if each.status in _RANK]
    return max(telling, key=lambda each: (each.reported_on, _RANK[each.status], each.report), default=None)


def state_of(reports: Iterable[AgencyReported]) -> PartnerState:
    """How a file stands with the partner who has it."""
    last = last_of_state(reports)
    return "submitted" if last is None else _STATES[last.status]
