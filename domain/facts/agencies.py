"""Facts about a case that a collection partner has: what he reported of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.facts.base import BaseFact
from domain.money import Money

AgencyStatus = Literal[
    "accepted",
    "refused",
    "more_wanted",
    "payment",
    "payment_reversed",
    "costs",
    "arrangement",
    "paused",
    "resumed",
    "summons",
    "judgment",
    "seizure",
    "closed",
    "recalled",
]
"""What a partner reports: what he does with the file, or what money moved there."""

ClosingCode = Literal["paid", "uncollectable", "withdrawn", "insolvent", "limitation", "settled", "other"]
"""Why a partner closed the file."""


ReturnedFor = Literal["refused", "recalled", "closed"]
"""Why a partner has a file no more: he refused it, gave it back as we asked, or closed it."""


class AgencyReported(BaseFact):
    """A collection partner reported something. Money that moved there is a fact of its own beside it.

    Attributes:
        issue: Which hand-off of the case it is about.
        report: His own id of the report: told twice it counts once.
        partner: Id of the partner; empty where nobody said it.
        reference: His name for the file.
        reported_on: Day of which he says it.
        amount: What was paid to him, or what he says that something cost.
        payment: Of a payment that was taken back: his report of that payment.
        reason: Why, in his words.
        code: Why he closed the file.
        until: Until when it rests there.
    """

    kind: Literal["agency_reported"] = "agency_reported"
    issue: int = 1
    report: str
    partner: str = ""
    reference: str = ""
    status: AgencyStatus
    reported_on: date
    amount: Money | None = None
    payment: str = ""
    reason: str = ""
    code: ClosingCode | Literal[""] = ""
    until: date | None = None
    actor: str = ""


class RecallAsked(BaseFact):
    """We ask the partner for the file back; he has it until he says that he gave it back."""

    kind: Literal["recall_asked"] = "recall_asked"
    issue: int = 1
    reason: str
    actor: str = ""
    note: str = ""


class FileReturned(BaseFact):
    """A partner has the file no more: the case is back with us. `step` and `issue` are of the hand-off that it ends."""

    kind: Literal["file_returned"] = "file_returned"
    step: str
    issue: int
    partner: str = ""
    reason: ReturnedFor
    code: ClosingCode | Literal[""] = ""
