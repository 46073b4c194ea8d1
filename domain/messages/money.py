"""Messages about money: payments, credits, what is given up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import Amount, Day, Reason, WithAmount


class PaymentReceived(WithAmount):
    """Money came in. `id` is the provider's id of the payment: the same payment twice counts once."""

    name: Literal["payment_received"] = "payment_received"
    amount: Amount
    credited_on: Day | None = None


class PaymentReversed(WithAmount):
    """A payment was taken back: `payment` is its id; no amount means all of it."""

    left_out_means_all = ("amount",)
    name: Literal["payment_reversed"] = "payment_reversed"
    payment: Annotated[str, Field(min_length=1, max_length=200)]
    amount: Amount | None = None
    credited_on: Day | None = None


class InvoiceCredited(WithAmount):
    """The creditor credited (part of) the invoice."""

    name: Literal["invoice_credited"] = "invoice_credited"
    amount: Amount
    kind: Literal["correction", "return", "rebate"] = "correction"


class WriteOff(WithAmount):
    """Give up the claim, or an amount of it."""

    left_out_means_all = ("amount",)
    name: Literal["write_off"] = "write_off"
    amount: Amount | None = None
    reason: Reason = ""
