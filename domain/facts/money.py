"""Facts about money: payments, credits, what was given up, and what crossed a message."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.facts.base import BaseFact
from domain.law.payment_methods import PaymentMethod
from domain.money import Money

ReturnReason = Literal["", "no_funds", "refused", "other"]
"""Why a payment came back: too little on the account, refused or called back by the debtor, or something else."""


class PaymentReceived(BaseFact):
    """Money came in. `credited_on` counts for money, `on` for what we could know.

    Attributes:
        reference: What the payer wrote with it; `actor` booked it by hand.
        method: How he paid; empty where nobody said.
        final_on: First day on which nobody can take it back any more; None where the method is not known.
        source: The collection partner to whom it was paid, and who is to remit it; empty where it was paid to us.
    """

    kind: Literal["payment_received"] = "payment_received"
    amount: Money
    credited_on: date
    reference: str = ""
    actor: str = ""
    method: PaymentMethod | Literal[""] = ""
    final_on: date | None = None
    source: str = ""


class PaymentReversed(BaseFact):
    """A payment or credit `of` was undone, wholly (`amount` None) or in part; `reason` if the bank told one."""

    kind: Literal["payment_reversed"] = "payment_reversed"
    of: str
    amount: Money | None = None
    credited_on: date
    reason: ReturnReason = ""


class RefundMade(BaseFact):
    """We gave back money that was paid too much: it lowers what is overpaid, and opens nothing.

    Attributes:
        of: The payment out of which it was given back; None: whatever was paid too much.
        refunded_on: Day on which it left our account, or was set off.
        set_off: Invoice against which it was set off instead (BW 6:127); empty when it was paid back.
        reference: What was written with it.
    """

    kind: Literal["refund_made"] = "refund_made"
    amount: Money
    of: str | None = None
    refunded_on: date
    set_off: str = ""
    reference: str = ""
    actor: str = ""


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
