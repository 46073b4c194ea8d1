"""Messages about disputes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.facts.disputes import DisputeOutcome, DisputeReason
from domain.messages.base import Amount, WithAmount

DisputeId = Annotated[str, Field(min_length=1, max_length=60)]
Words = Annotated[str, Field(max_length=4000)]


class RaiseDispute(WithAmount):
    """The debtor disputes all of the invoice, or an amount of it; `dispute` is its own number, else it gets one."""

    left_out_means_all = ("amount",)
    name: Literal["dispute_raised"] = "dispute_raised"
    as_fact = (
        'The debtor disputes all of it, or an amount: {"dispute": "d1", "amount": "200.00", "reason": "damaged"}; '
        "reasons: late, wrong_price, damaged, not_ordered, not_received, already_paid, other"
    )
    as_request = 'Note a dispute, with an answer: {"amount": "200.00", "reason": "damaged", "actor": "j.devries"}'
    asked_as = "raise_dispute"
    dispute: DisputeId | None = None
    amount: Amount | None = None
    reason: DisputeReason = "other"
    note: Words = ""


class ResolveDispute(WithAmount):
    """A dispute is decided; `amount` is the part that is upheld when he is right in part."""

    name: Literal["dispute_resolved"] = "dispute_resolved"
    as_fact = 'A dispute was decided: {"dispute": "d1", "outcome": "rejected"} (upheld, partly, rejected, withdrawn)'
    as_request = 'Decide a dispute: {"dispute": "d1", "outcome": "partly", "amount": "50.00", "actor": "j.devries"}'
    asked_as = "resolve_dispute"
    dispute: DisputeId | None = None
    outcome: DisputeOutcome
    amount: Amount | None = None
    note: Words = ""
