"""What a collection partner reports in a scenario, once a case was handed off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from domain.facts import AgencyStatus, ClosingCode
from domain.money import Money
from simulation.event_table import Event, WrittenEvent, WrongEvent, form
from simulation.written import Amount, Day, Row, Word

__all__ = ["BESIDE", "AgencyReport", "Recall"]

BESIDE: Mapping[str, Any] = {}
"""Keys that stand beside the word of some forms only: none of their own."""

_NEEDS: Mapping[AgencyStatus, str] = {"payment": "amount", "costs": "amount", "payment_reversed": "payment"}
"""What a report can't do without."""


class _ReportRow(Row):
    status: AgencyStatus
    partner: Word | None = None
    reference: Word | None = None
    amount: Amount | None = None
    payment: Word | None = None
    reported: Day | None = None
    until: Day | None = None
    code: ClosingCode | None = None
    reason: Word | None = None


@form("agency_reported", _ReportRow, message="agency_reported", beside=("actor",))
@dataclass(frozen=True, slots=True)
class AgencyReport(Event):
    """A partner reports; `reported` is the day that he says it of, else the day on which it is known."""

    status: AgencyStatus
    partner: str | None = None
    amount: Money | None = None
    payment: str | None = None
    reported: date | None = None
    until: date | None = None
    code: ClosingCode | None = None
    reason: str = ""
    reference: str = ""
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "AgencyReport":
        """It names what its status needs; whether anybody has the case is for the case to tell."""
        row: _ReportRow = written.values["agency_reported"]
        needed = _NEEDS.get(row.status)
        if needed is not None and getattr(row, needed) is None:
            raise WrongEvent(f"{row.status} needs {needed}", "agency_reported", needed)
        amount = None if row.amount is None else Money(row.amount, written.about.invoice.amount.currency)
        return cls(
            written.on,
            written.id,
            written.about.number,
            row.status,
            row.partner,
            amount,
            row.payment,
            row.reported,
            row.until,
            row.code,
            row.reason or "",
            row.reference or "",
            written.values["actor"] or "",
        )

    def content(self) -> dict[str, object]:
        """What he reports, as the message has it."""
        said: dict[str, object] = {"id": self.id, "status": self.status, "actor": self.actor}
        part = {} if self.amount is None else {"amount": self.amount.text, "currency": self.amount.currency}
        told = {
            "partner": self.partner,
            "payment": self.payment,
            "on": None if self.reported is None else self.reported.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
            "code": self.code,
            "reason": self.reason or None,
            "reference": self.reference or None,
        }
        return {**said, **part, **{name: value for name, value in told.items() if value is not None}}


RecallReason = Literal["mistake", "disputed", "settled", "other_partner", "own_hands", "other"]


@form("recall", RecallReason, message="recall_handoff", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Recall(Event):
    """We ask the partner for the file back."""

    reason: RecallReason
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Recall":
        """Whether anybody has the case is for the case to tell."""
        return cls(
            written.on, written.id, written.about.number, written.values["recall"], written.values["actor"] or ""
        )

    def content(self) -> dict[str, object]:
        """Why, and who asks."""
        return {"id": self.id, "reason": self.reason, "actor": self.actor}
