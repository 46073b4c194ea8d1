"""Messages about money: payments, credits, what is given up."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from domain.facts.money import ReturnReason, WriteOffReason
from domain.law.payment_methods import METHODS, PaymentMethod
from domain.messages.base import Amount, Day, Reason, WithAmount

_RETURNS: dict[str, ReturnReason] = {
    "AM04": "no_funds",
    "MD06": "refused",
    "MS02": "refused",
    "no_funds": "no_funds",
    "refused": "refused",
    "": "",
}
"""Reasons why a payment came back, by what a bank or provider writes (ISO 20022 external codes), or in our words."""


def _return_reason(value: object) -> object:
    """Any other code is `other`: what comes back must not be lost for a code that nobody here knows."""
    if not isinstance(value, str):
        return value
    written = value.strip()
    return _RETURNS.get(written.upper(), _RETURNS.get(written.lower(), "other"))


_METHODS: dict[str, PaymentMethod] = {
    **{method: method for method in METHODS},
    "banktransfer": "transfer",
    "bank_transfer": "transfer",
    "creditcard": "card",
    "directdebit": "sdd_core",
    "direct_debit": "sdd_core",
    "sepa_debit": "sdd_core",
    "sepadirectdebit": "sdd_core",
    "sepa_core": "sdd_core",
    "sepa_b2b": "sdd_b2b",
    "banktransfer_iban": "transfer",
    "customer_balance": "transfer",
    "visa": "card",
    "mc": "card",
    "amex": "card",
    "maestro": "card",
    "bcmc": "card",
}
"""Ways of paying, in our words or in those of payment providers (Mollie, Stripe, Adyen, GoCardless)."""


def known_method(told: str) -> PaymentMethod | Literal[""]:
    """A way of paying as a provider or a person calls it, by our name for it; empty where we know none."""
    return _METHODS.get(told.strip().lower(), "")


def _method(value: object) -> object:
    """Any other word is none: money must not be lost for a way of paying that nobody here knows."""
    return known_method(value) if isinstance(value, str) else value


Method = Annotated[PaymentMethod | Literal[""], BeforeValidator(_method)]
PaymentId = Annotated[str, Field(min_length=1, max_length=200)]
Reference = Annotated[str, Field(max_length=300)]


class PaymentReceived(WithAmount):
    """Money came in. `id` is the provider's id of the payment: the same payment twice counts once."""

    name: Literal["payment_received"] = "payment_received"
    as_fact = (
        'Money came in: {"id": "tr_1", "amount": "100.00", "credited_on": "2026-03-09"}; with "method" (transfer, '
        "ideal, wero, sdd_core, sdd_b2b, card, cash) it is known until when it can be taken back"
    )
    amount: Amount
    credited_on: Day | None = None
    reference: Reference = ""
    method: Method = ""


class RecordPayment(WithAmount):
    """A person books money that came in; without an id an equal payment of that day is asked about first."""

    name: Literal["record_payment"] = "record_payment"
    as_request = (
        'Book a payment by hand: {"amount": "100.00", "credited_on": "2026-03-09", "reference": "F-1", '
        '"actor": "j.devries"}; with "again" a second equal one of that day; "set_off" names the invoice on which it '
        'was paid too much; "method" is how it was paid'
    )
    amount: Amount
    credited_on: Day | None = None
    reference: Reference = ""
    method: Method = ""
    again: bool = False
    set_off: Annotated[str, Field(max_length=200)] = ""


class RecordRefund(WithAmount):
    """A person books money that we gave back of what was paid too much; `of` names the payment it came out of."""

    name: Literal["record_refund"] = "record_refund"
    as_request = (
        'Book what was given back of an overpayment: {"amount": "20.00", "refunded_on": "2026-03-12", '
        '"actor": "j.devries"}; "of" names the payment, "set_off" the invoice it was set off against'
    )
    amount: Amount
    of: PaymentId = "overpayment"
    refunded_on: Day | None = None
    set_off: Annotated[str, Field(max_length=200)] = ""
    reference: Reference = ""
    again: bool = False


class PaymentReversed(WithAmount):
    """A payment was taken back: `payment` is its id; no amount means all of it."""

    left_out_means_all = ("amount",)
    name: Literal["payment_reversed"] = "payment_reversed"
    as_fact = (
        'A payment was taken back: {"payment": "tr_1"} for all of it, or with "amount"; "reason" if the bank told one: '
        "AM04 or no_funds, MD06 or refused, other"
    )
    payment: PaymentId
    amount: Amount | None = None
    credited_on: Day | None = None
    reason: Annotated[ReturnReason, BeforeValidator(_return_reason)] = ""


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
