"""Facts about money: payments, credits, what was given up, and what crossed a message."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.facts.base import BaseFact
from domain.money import Money


class PaymentReceived(BaseFact):
    """Money came in. `credited_on` counts for money, `on` for what we could know."""

    kind: Literal["payment_received"] = "payment_received"
    amount: Money
    credited_on: date


class PaymentReversed(BaseFact):
    """A payment or credit `of` was undone, wholly (`amount` None) or in part."""

    kind: Literal["payment_reversed"] = "payment_reversed"
    of: str
    amount: Money | None = None
    credited_on: date


class InvoiceCredited(BaseFact):
    """The creditor credited (part of) the invoice."""

    kind: Literal["invoice_credited"] = "invoice_credited"
    amount: Money
    credit_kind: Literal["correction", "return", "rebate"] = "correction"


WriteOffReason = Literal["uncollectible", "settlement", "goodwill", "small", "insolvency", "other"]
"""Why a claim is given up."""


class WrittenOff(BaseFact):
    """The creditor gave up (part of) the claim; `note` is why, in the words of who did.

    Attributes:
        reason: Its code; None in facts from before there were codes.
        vat_reclaim_by: Day on which the VAT in it is to be reclaimed at the latest (art. 29 Wet OB).
    """

    kind: Literal["written_off"] = "written_off"
    amount: Money
    actor: str = ""
    note: str = ""
    reason: WriteOffReason | None = None
    vat_reclaim_by: date | None = None


class MessageCrossed(BaseFact):
    """A payment was acknowledged after a message's intent was written; the two crossed."""

    kind: Literal["message_crossed"] = "message_crossed"
    message: str
    payment: str
