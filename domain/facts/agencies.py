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


class AgencyReported(BaseFact):
    """A collection partner reported something. Money that moved there is a fact of its own beside it.

    Attributes:
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
