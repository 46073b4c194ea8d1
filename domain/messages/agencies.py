"""Messages about a case that a collection partner has."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from domain.facts.agencies import AgencyStatus, ClosingCode
from domain.messages.base import Amount, BaseMessage, Day, WithAmount

_CODES: dict[str, ClosingCode] = {code: code for code in get_args(ClosingCode)}


def _closing_code(value: object) -> object:
    """Any other code is `other`: that he closed the file must not be lost for a code that nobody here knows."""
    return _CODES.get(value.strip().lower(), "other") if isinstance(value, str) and value.strip() else value


class ReportAgency(WithAmount):
    """A collection partner reports on a file: `id` is his own id of the report, so that told twice it counts once."""

    name: Literal["agency_reported"] = "agency_reported"
    as_fact = (
        'A collection partner reports: {"id": "r-17", "partner": "noordkade", "reference": "NK-204", '
        '"status": "accepted", "on": "2026-04-12"}; status: accepted, refused, more_wanted, payment and costs (with '
        '"amount"), payment_reversed ("payment": id of his report of it), arrangement, paused ("until"), resumed, '
        'summons, judgment, seizure, closed ("code": paid, uncollectable, withdrawn, insolvent, limitation, settled, '
        "other), recalled"
    )
    as_request = (
        'Note what a collection partner says, with an answer: {"id": "r-18", "partner": "noordkade", '
        '"status": "payment", "on": "2026-04-12", "amount": "100.00", "actor": "j.devries"}'
    )
    asked_as = "report_agency"
    partner: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] | None = None
    reference: Annotated[str, Field(max_length=200)] = ""
    status: AgencyStatus
    on: Day | None = None
    amount: Amount | None = None
    payment: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    reason: Annotated[str, Field(max_length=4000)] = ""
    code: Annotated[ClosingCode | Literal[""] | None, BeforeValidator(_closing_code)] = None
    until: Day | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if self.status == "payment" and self.amount is None:
            raise ValueError("amount: say how much was paid")
        if self.status == "costs" and self.amount is None:
            raise ValueError("amount: say how much it cost")
        if self.status == "payment_reversed" and self.payment is None:
            raise ValueError("payment: name the report of the payment that was taken back")
        return self


class RecallHandoff(BaseMessage):
    """We ask the partner who has the case for the file back."""

    name: Literal["recall_handoff"] = "recall_handoff"
    as_request = (
        'Ask the partner for the file back: {"reason": "disputed", "actor": "j.devries"}; reasons: mistake, disputed, '
        "settled, other_partner, own_hands, other. It is back once he reports `recalled`"
    )
    reason: Literal["mistake", "disputed", "settled", "other_partner", "own_hands", "other"] = "other"
    note: Annotated[str, Field(max_length=4000)] = ""
