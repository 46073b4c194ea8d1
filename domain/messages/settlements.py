"""Messages about settlements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import Amount, Day, WithAmount

SettlementId = Annotated[str, Field(min_length=1, max_length=60)]


class AgreeSettlement(WithAmount):
    """A lower amount is agreed: paid in full by a day, the rest is released."""

    name: Literal["settlement_agreed"] = "settlement_agreed"
    as_fact = 'A lower amount was agreed: {"amount": "800.00", "by": "2026-04-20", "actor": "j.devries"}'
    as_request = (
        'Agree on a lower amount, with an answer: {"amount": "800.00", "by": "2026-04-20", "actor": "j.devries"}; '
        'a large release needs "approved_by"'
    )
    asked_as = "agree_settlement"
    settlement: SettlementId | None = None
    amount: Amount
    by: Day
    approved_by: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=4000)] = ""
