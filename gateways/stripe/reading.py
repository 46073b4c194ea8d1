"""What Stripe's events say of money. They hold the whole object, so nothing is asked of Stripe.

Source: docs.stripe.com/api/events/types. A payment is known by its payment intent; a charge without one by itself.
"""

from __future__ import annotations

from datetime import datetime

from domain.calendar import any_day
from domain.money import Money
from domain.provider_money import Movement, MovementKind, PaymentReport, PaymentState
from gateways.told import Told, designation_of, minor_money, whole_text
from services.ports import Unreadable

__all__ = ["StripeReader"]

_NO_FUNDS = frozenset({"insufficient_funds"})
_NOT_HIS = frozenset({"bank_cannot_process", "incorrect_account_details"})
"""Reasons of a dispute that are the bank's: all others are the debtor's, who refused."""

_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
"""Source: docs.stripe.com/currencies, "Special cases"."""

_REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
_INTENTS: dict[str, PaymentState] = {
    "payment_intent.succeeded": "paid",
    "payment_intent.processing": "pending",
    "payment_intent.payment_failed": "failed",
    "payment_intent.canceled": "failed",
}
_CHARGES: dict[str, PaymentState] = {
    "charge.succeeded": "paid",
    "charge.captured": "paid",
    "charge.pending": "pending",
    "charge.failed": "failed",
    "charge.refunded": "",
}
_SESSIONS: dict[str, PaymentState] = {
    "checkout.session.completed": "",
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.async_payment_failed": "failed",
}


class StripeReader:
    """Reads events of Stripe."""

    def __init__(self, zone: str = "Europe/Amsterdam") -> None:
        """Read them for creditors on this clock."""
        self._calendar = any_day(zone)

    def read(self, body: bytes, about: str = "") -> tuple[PaymentReport, ...]:
        """The payments that an event is about; none where it says nothing of money that debtors pay.

        Raises:
            Unreadable: it is no event of Stripe.
        """
        try:
            event = Told.of_body(body)
        except ValueError as problem:
            raise Unreadable(str(problem)) from None
        kind, at = event.text("type"), event.moment("created")
        told = event.sub("data").sub("object")
        if not kind or at is None:
            raise Unreadable("it is no event of Stripe: without type or moment")
        report: PaymentReport | None
        if kind in _INTENTS:
            report = self._intent(told, _INTENTS[kind], at)
        elif kind in _CHARGES:
            report = self._charge(told, _CHARGES[kind], at, event.text("id"))
        elif kind in _SESSIONS:
            report = self._session(told, _SESSIONS[kind], at)
        elif kind in _REFUNDS:
            report = self._refund(told, at)
        elif kind.startswith("charge.dispute."):
            report = self._dispute(told, kind.rpartition(".")[2], at)
        else:
            return ()
        return () if report is None else (report,)

    def _intent(self, told: Told, state: PaymentState, at: datetime) -> PaymentReport:
        payment = _named("pi", told.text("id"))
        amount = _money(told.whole("amount_received"), told.text("currency"))
        received: tuple[Movement, ...] = ()
        if state == "paid":
            if amount is None:
                raise Unreadable(f"{payment} has no amount that was received")
            received = (self._movement(payment, "received", amount, at),)
        return PaymentReport(
            payment,
            at,
            state,
            received,
            designation=designation_of(
                told.mapping("metadata"), whole_text(told.text("description"), told.text("statement_descriptor"))
            ),
        )

    def _charge(self, told: Told, state: PaymentState, at: datetime, event: str) -> PaymentReport | None:
        payment, currency = _payment_of(told), told.text("currency")
        movements: tuple[Movement, ...] = ()
        if state == "paid":
            if not (told.true("paid") and told.true("captured")):
                # Authorised only: the money is still the payer's.
                return None
            amount = _money(told.whole("amount_captured"), currency)
            if amount is None:
                raise Unreadable(f"{payment} has no amount that was captured")
            movements = (self._movement(payment, "received", amount, at),)
        elif not state:
            total = _money(told.whole("amount_refunded"), currency)
            if total is None:
                raise Unreadable(f"{payment} has no amount that was refunded")
            movements = (self._movement(f"stripe:{event}", "refunded_total", total, at),)
        return PaymentReport(
            payment,
            at,
            state,
            movements,
            method=told.sub("payment_method_details").text("type"),
            designation=designation_of(
                told.mapping("metadata"),
                whole_text(told.text("description")),
                told.sub("billing_details").text("name"),
            ),
        )

    def _session(self, told: Told, state: PaymentState, at: datetime) -> PaymentReport | None:
        if told.text("mode") != "payment" or not told.text("payment_intent"):
            return None
        payment = _named("pi", told.text("payment_intent"))
        movements: tuple[Movement, ...] = ()
        if told.text("payment_status") == "paid":
            amount = _money(told.whole("amount_total"), told.text("currency"))
            if amount is None:
                raise Unreadable(f"{payment} has no amount in its session")
            state, movements = "paid", (self._movement(payment, "received", amount, at),)
        aliases = [f"stripe:{told.text(name)}" for name in ("payment_link", "id") if told.text(name)]
        return PaymentReport(
            payment,
            at,
            state,
            movements,
            designation=designation_of(
                told.mapping("metadata"),
                whole_text(told.text("client_reference_id")),
                told.sub("customer_details").text("name"),
            ),
            aliases=tuple(aliases),
        )

    def _refund(self, told: Told, at: datetime) -> PaymentReport | None:
        own, status = f"stripe:{told.text('id')}", told.text("status")
        amount = _money(told.whole("amount"), told.text("currency"))
        if not told.text("id") or amount is None:
            raise Unreadable("a refund without id or amount")
        if status == "succeeded":
            moved = self._movement(own, "refund", amount, at)
        elif status in ("failed", "canceled"):
            moved = self._undone(own, amount, at)
        else:
            return None
        return PaymentReport(_payment_of(told, charge="charge"), at, movements=(moved,))

    def _dispute(self, told: Told, what: str, at: datetime) -> PaymentReport | None:
        own, amount = f"stripe:{told.text('id')}", _money(told.whole("amount"), told.text("currency"))
        if not told.text("id") or amount is None:
            raise Unreadable("a dispute without id or amount")
        status = told.text("status")
        if what == "funds_withdrawn" or (what == "closed" and status == "lost"):
            moved = self._movement(own, "chargeback", amount, at, _reason(told.text("reason")))
        elif what == "funds_reinstated" or (what == "closed" and status == "won"):
            moved = self._undone(own, amount, at)
        else:
            # Raised, or an inquiry: the money has not moved.
            return None
        return PaymentReport(_payment_of(told, charge="charge"), at, movements=(moved,))

    def _movement(self, own: str, kind: MovementKind, amount: Money, at: datetime, reason: str = "") -> Movement:
        return Movement(own, kind, amount, self._calendar.local_date(at), at, reason=reason)

    def _undone(self, of: str, amount: Money, at: datetime) -> Movement:
        on = self._calendar.local_date(at)
        return Movement(f"{of}:undone", "undone", amount, on, at, of)


def _named(kind: str, own: str) -> str:
    if not own:
        raise Unreadable(f"an object without its id ({kind})")
    return f"stripe:{own}"


def _payment_of(told: Told, charge: str = "id") -> str:
    """The payment of a charge, or of what happened to one."""
    return _named("payment", told.text("payment_intent") or told.text(charge))


def _reason(written: str) -> str:
    if written in _NO_FUNDS:
        return "no_funds"
    return "other" if written in _NOT_HIS else "refused"


def _money(minor: int | None, currency: str) -> Money | None:
    return minor_money(minor, currency, _IN_HUNDREDTHS)
