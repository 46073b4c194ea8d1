"""What GoCardless's events say of money, once their payments and refunds were looked up.

Source: developer.gocardless.com, "Event types". A payment may fail after it was confirmed, be collected again, be
charged back, and that be cancelled: what counts is what was said of it last.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from domain.calendar import any_day
from domain.provider_money import Movement, PaymentReport, PaymentState
from gateways.told import Told, designation_of, minor_money, whole_text
from services.ports import Unreadable

__all__ = ["GoCardlessReader"]

_STANDS: dict[str, bool] = {
    "confirmed": True,
    "paid_out": True,
    "chargeback_cancelled": True,
    "failed": False,
    "cancelled": False,
    "charged_back": False,
}
"""Whether the money of a payment is there after what happened to it."""

_PENDING = frozenset({"created", "submitted", "resubmission_requested", "customer_approval_granted"})
_GIVEN_BACK = frozenset({"paid", "refund_settled"})
_NOT_GIVEN_BACK = frozenset({"failed", "bounced", "funds_returned"})

_CAUSES = {
    "insufficient_funds": "no_funds",
    "refer_to_payer": "refused",
    "authorisation_disputed": "refused",
    "mandate_cancelled": "refused",
    "direct_debit_not_enabled": "other",
}
"""Source: developer.gocardless.com, "Payment failure reasons"; a code of SEPA says more."""


class GoCardlessReader:
    """Reads the webhooks of GoCardless."""

    def __init__(self, get: Callable[[str, str], Told], zone: str = "Europe/Amsterdam") -> None:
        """Read them for creditors on this clock.

        Args:
            get: Looks up a payment or a refund by `payments` or `refunds` and its id.
            zone: The clock.
        """
        self._get = get
        self._calendar = any_day(zone)

    def read(self, body: bytes, about: str = "") -> tuple[PaymentReport, ...]:
        """The payments that a request is about; none where it says nothing of money that debtors pay.

        Raises:
            Unreadable: it is no request of GoCardless.
            CannotReadNow: GoCardless does not answer.
        """
        try:
            events = Told.of_body(body).subs("events")
        except ValueError as problem:
            raise Unreadable(str(problem)) from None
        known: dict[tuple[str, str], Told] = {}

        def look_up(kind: str, own: str) -> Told:
            if (kind, own) not in known:
                known[kind, own] = self._get(kind, own)
            return known[kind, own]

        reports = [self._event(event, look_up) for event in events]
        return tuple(report for report in reports if report is not None)

    def _event(self, event: Told, look_up: Callable[[str, str], Told]) -> PaymentReport | None:
        kind, action = event.text("resource_type"), event.text("action")
        if kind == "payments" and (action in _STANDS or action in _PENDING):
            own = event.sub("links").text("payment")
            return self._payment(event, action, look_up("payments", own)) if own else None
        if kind == "refunds" and (action in _GIVEN_BACK or action in _NOT_GIVEN_BACK):
            own = event.sub("links").text("refund")
            return self._refund(event, action, look_up("refunds", own)) if own else None
        return None

    def _payment(self, event: Told, action: str, told: Told) -> PaymentReport:
        own, at = event.text("id"), event.moment("created_at")
        amount = minor_money(told.whole("amount"), told.text("currency"))
        if not own or at is None or amount is None or not told.text("id"):
            raise Unreadable("a payment without id, day or amount")
        payment = f"gocardless:{told.text('id')}"
        state: PaymentState = "pending"
        moved: tuple[Movement, ...] = ()
        if action in _STANDS:
            there = _STANDS[action]
            state = "paid" if there else "failed"
            on = self._collected_on(told, at) if there else self._calendar.local_date(at)
            stands = amount if there else amount - amount
            reason = "" if there else _reason(event.sub("details"), action)
            moved = (Movement(f"gocardless:{own}", "stands", stands, on, at, reason=reason),)
        return PaymentReport(
            payment,
            at,
            state,
            moved,
            expected_on=_day(told.text("charge_date")),
            method=event.sub("details").text("scheme") or "direct_debit",
            designation=designation_of(
                told.mapping("metadata"), whole_text(told.text("description"), told.text("reference"))
            ),
        )

    def _refund(self, event: Told, action: str, told: Told) -> PaymentReport:
        at, own = event.moment("created_at"), told.text("id")
        amount, payment = minor_money(told.whole("amount"), told.text("currency")), told.sub("links").text("payment")
        if at is None or amount is None or not own or not payment:
            raise Unreadable("a refund without id, payment, day or amount")
        on = self._calendar.local_date(at)
        refund = f"gocardless:{own}"
        if action in _GIVEN_BACK:
            moved = Movement(refund, "refund", amount, on, at)
        else:
            moved = Movement(f"{refund}:undone", "undone", amount, on, at, refund)
        return PaymentReport(f"gocardless:{payment}", at, movements=(moved,))

    def _collected_on(self, told: Told, at: datetime) -> date:
        """The day on which it was collected; no later than what was said of it."""
        said = self._calendar.local_date(at)
        collected = _day(told.text("charge_date"))
        return said if collected is None else min(collected, said)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _reason(details: Told, action: str) -> str:
    """Why it came back: the code of SEPA, else the cause in GoCardless's words, else that he charged it back."""
    code = details.text("reason_code")
    if details.text("scheme").startswith("sepa") and code:
        return code
    return _CAUSES.get(details.text("cause"), "refused" if action == "charged_back" else "other")
