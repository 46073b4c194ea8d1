"""Messages about money: payments, credits, what is given up."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from domain.facts.money import WriteOffReason
from domain.messages.base import Amount, Day, Reason, WithAmount


class PaymentReceived(WithAmount):
    """Money came in. `id` is the provider's id of the payment: the same payment twice counts once."""

    name: Literal["payment_received"] = "payment_received"
    as_fact = 'Money came in: {"id": "tr_1", "amount": "100.00", "credited_on": "2026-03-09"}'
    amount: Amount
    credited_on: Day | None = None


class PaymentReversed(WithAmount):
    """A payment was taken back: `payment` is its id; no amount means all of it."""

    left_out_means_all = ("amount",)
    name: Literal["payment_reversed"] = "payment_reversed"
    as_fact = 'A payment was taken back: {"payment": "tr_1"} for all of it, or with "amount"'
    payment: Annotated[str, Field(min_length=1, max_length=200)]
    amount: Amount | None = None
    credited_on: Day | None = None


class InvoiceCredited(WithAmount):
    """The creditor credited (part of) the invoice."""

    name: Literal["invoice_credited"] = "invoice_credited"
    as_fact = 'The invoice was credited: {"id": "cn-1", "amount": "50.00", "kind": "correction"}'
    amount: Amount
    kind: Literal["correction", "return", "rebate"] = "correction"


class WriteOff(WithAmount):
    """Give up the claim, or an amount of it."""

    left_out_means_all = ("amount",)
    name: Literal["write_off"] = "write_off"
    as_request = (
        'Give up the claim, or "amount" of it: {"reason": "uncollectible", "note": "no assets", "actor": "j.devries"}; '
        "reasons: uncollectible, settlement, goodwill, small, insolvency, other"
    )
    amount: Amount | None = None
    reason: Reason = ""
    note: Annotated[str, Field(max_length=4000)] = ""

    @property
    def code(self) -> WriteOffReason:
        """Why, by its code; what was written there before there were codes is `other`."""
        return _CODES.get(self.reason.lower(), "other")

    @property
    def words(self) -> str:
        """Why, in words; the code alone where nobody gave any."""
        told = "" if self.note and self.reason.lower() in _CODES else self.reason
        return ": ".join(filter(None, (told, self.note)))


_CODES: dict[str, WriteOffReason] = {code: code for code in get_args(WriteOffReason)}
