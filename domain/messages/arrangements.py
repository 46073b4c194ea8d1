"""Messages about arrangements to pay in instalments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.facts.arrangements import ArrangementInterest
from domain.messages.base import Amount, BaseMessage, Day
from domain.messages.disputes import Words

ArrangementId = Annotated[str, Field(min_length=1, max_length=60)]


class WrittenInstalment(BaseModel):
    """One instalment as it is written: how much, and by which day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    due: Day
    amount: Amount

    @model_validator(mode="before")
    @classmethod
    def _plain_amount(cls, data: Any) -> Any:
        """Accept `{"amount": {"amount": "1.00", "currency": "EUR"}}`, as facts have it, beside the plain form."""
        if isinstance(data, dict) and isinstance(data.get("amount"), dict):
            return {**data, "amount": data["amount"].get("amount")}
        return data


Instalments = Annotated[tuple[WrittenInstalment, ...], Field(min_length=1, max_length=120)]


class WithInstalments(BaseMessage):
    """What an arrangement says.

    Attributes:
        instalments: In the order in which they fall due; together the claim of the day, or the principal alone.
        interest: `frozen`, `reserved` or `runs`; left out: as the policy says.
        others: Numbers of the debtor's other invoices in it.
        whole: The instalments of all of them together, of which `instalments` is the share of this one: least amount,
            first day and authority are judged on it.
        signed_off_by: Who signs for what the policy or the law does not allow otherwise.
    """

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    arrangement: ArrangementId | None = None
    instalments: Instalments
    interest: ArrangementInterest | None = None
    acknowledges: bool = True
    others: Annotated[tuple[str, ...], Field(max_length=500)] = ()
    whole: Annotated[tuple[WrittenInstalment, ...], Field(max_length=120)] = ()
    signed_off_by: Annotated[str, Field(max_length=200)] = ""
    note: Words = ""


class ProposeArrangement(BaseMessage):
    """The debtor proposes to pay in instalments: for a week nothing is sent, and a person answers him."""

    name: Literal["arrangement_proposed"] = "arrangement_proposed"
    as_fact = (
        "The debtor proposes to pay in instalments; it holds a week: "
        '{"instalments": [{"due": "2026-04-20", "amount": "250.00"}], "note": "250 a month"}'
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    instalments: Annotated[tuple[WrittenInstalment, ...], Field(max_length=120)] = ()
    note: Words = ""


class AgreeArrangement(WithInstalments):
    """Instalments were agreed; `arrangement` is its own id, else that of the message."""

    name: Literal["arrangement_agreed"] = "arrangement_agreed"
    as_fact = (
        'Instalments were agreed: {"arrangement": "a1", "instalments": [{"due": "2026-04-20", "amount": "250.00"}, '
        '{"due": "2026-05-20", "amount": "250.00"}], "interest": "frozen"} (frozen, reserved, runs)'
    )
    as_request = (
        'Agree instalments, with an answer: {"instalments": [{"due": "2026-04-20", "amount": "250.00"}], '
        '"interest": "reserved", "actor": "j.devries"}'
    )
    asked_as = "agree_arrangement"


class ChangeArrangement(WithInstalments):
    """Other instalments take the place of those that were agreed, for what is owed now."""

    name: Literal["change_arrangement"] = "change_arrangement"
    as_request = (
        "Agree other instalments in the place of those that stand: "
        '{"instalments": [{"due": "2026-05-20", "amount": "250.00"}], "actor": "j.devries"}'
    )


class EndArrangement(BaseMessage):
    """The arrangement ends by agreement; `arrangement` names it, else the one that stands."""

    name: Literal["end_arrangement"] = "end_arrangement"
    as_request = (
        'End an arrangement by agreement; the ladder goes on: {"actor": "j.devries", "note": "he pays at once"}'
    )
    arrangement: ArrangementId | None = None
    note: Words = ""
