"""What Adyen's standard webhooks say of money.

Source: docs.adyen.com, "Webhook types" and "Dispute webhooks". A payment is known by the reference of its
authorisation; what happens to it later names that as `originalReference`. Of the fields, only those that the
signature covers say whose money it is.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from domain.calendar import any_day
from domain.money import Money
from domain.provider_money import Designation, Movement, MovementKind, PaymentReport, PaymentState
from gateways.told import Told, minor_money, whole_text
from services.ports import Unreadable

__all__ = ["AdyenReader", "Capture"]

Capture = Literal["automatic", "manual"]
"""How the merchant account captures: with automatic capture an authorisation is money, and no capture is told of."""

_IN_HUNDREDTHS = frozenset({"CLP", "ISK"})
"""Source: docs.adyen.com, "Currency codes and minor units"."""

_NO_SEPARATE_CAPTURE = ("ideal", "wero", "bcmc", "eps", "trustly", "directEbanking", "bankTransfer", "sepadirectdebit")
"""Methods whose authorisation is the payment, also where others are captured by hand; `bcmc_mobile` and such too."""

_CODE = re.compile(r"\b(?:AC|AG|AM|BE|CNOR|DNOR|DT|FF|MD|MS|RC|RR|SL|TM)\d{2}\b", re.ASCII)
"""ISO 20022 return reasons, as banks write them into the reason of a failed direct debit."""

_ID = re.compile(r"[A-Za-z0-9_.\-]{1,100}", re.ASCII)


class AdyenReader:
    """Reads the webhooks of Adyen."""

    def __init__(self, capture: Capture = "automatic", zone: str = "Europe/Amsterdam") -> None:
        """Read them for a merchant account that captures so, and creditors on this clock."""
        self._capture = capture
        self._calendar = any_day(zone)

    def read(self, body: bytes, about: str = "") -> tuple[PaymentReport, ...]:
        """The payments that a request is about; none where it says nothing of money that debtors pay.

        Raises:
            Unreadable: it is no request of Adyen.
        """
        try:
            told = Told.of_body(body)
        except ValueError as problem:
            raise Unreadable(str(problem)) from None
        items = [each.sub("NotificationRequestItem") for each in told.subs("notificationItems")]
        if not items or not all(items):
            raise Unreadable("it has no items of Adyen")
        reports = [self._item(item) for item in items]
        return tuple(report for report in reports if report is not None)

    def _item(self, item: Told) -> PaymentReport | None:
        code, own, at = item.text("eventCode"), item.text("pspReference"), item.moment("eventDate")
        if code not in _TOLD:
            return None
        if not _ID.fullmatch(own) or at is None:
            raise Unreadable(f"{code} without a reference or its day")
        payment = f"adyen:{item.text('originalReference') or own}"
        done = item.true("success")
        state: PaymentState = ""
        moved: Movement | None = None
        match code:
            case "AUTHORISATION":
                counts = self._capture == "automatic" or item.text("paymentMethod").startswith(_NO_SEPARATE_CAPTURE)
                state = "failed" if not done else "paid" if counts else ""
                moved = self._moved(item, payment, "received", at) if done and counts else None
            case "PENDING":
                state = "pending" if done else ""
            case "OFFER_CLOSED":
                state = "failed"
            case "CAPTURE":
                # With automatic capture it was booked with its authorisation.
                by_hand = self._capture == "manual" and not item.text("paymentMethod").startswith(_NO_SEPARATE_CAPTURE)
                state = "paid" if done and by_hand else ""
                moved = self._moved(item, f"adyen:{own}", "received", at) if done and by_hand else None
            case "CAPTURE_FAILED":
                captured = f"adyen:{own}" if self._capture == "manual" else payment
                moved = self._moved(item, f"{captured}:failed", "undone", at, captured)
                state = "failed"
            case "CANCELLATION" | "TECHNICAL_CANCEL":
                moved = self._moved(item, f"{payment}:cancelled", "undone", at, payment) if done else None
            case "REFUND":
                moved = self._moved(item, f"adyen:{own}", "refund", at) if done else None
            case "CANCEL_OR_REFUND":
                what = item.sub("additionalData").text("modification.action")
                if done and what == "refund":
                    moved = self._moved(item, f"adyen:{own}", "refund", at)
                elif done and what == "cancel":
                    moved = self._moved(item, f"{payment}:cancelled", "undone", at, payment)
            case "REFUND_FAILED" | "REFUNDED_REVERSED":
                moved = self._moved(item, f"adyen:{own}:undone", "undone", at, f"adyen:{own}")
            case "CHARGEBACK":
                moved = self._moved(item, f"adyen:{own}:dispute", "chargeback", at)
            case "CHARGEBACK_REVERSED":
                moved = self._moved(item, f"adyen:{own}:dispute:won", "undone", at, f"adyen:{own}:dispute")
            case "SECOND_CHARGEBACK" | "PREARBITRATION_LOST":
                moved = self._moved(item, f"adyen:{own}:second_dispute", "chargeback", at)
            case "PREARBITRATION_WON":
                of = f"adyen:{own}:second_dispute"
                moved = self._moved(item, f"{of}:won", "undone", at, of)
        if moved is None and not state:
            return None
        return PaymentReport(
            payment,
            at,
            state,
            () if moved is None else (moved,),
            method=item.text("paymentMethod"),
            designation=_designation(item.text("merchantReference")),
        )

    def _moved(self, item: Told, own: str, kind: MovementKind, at: datetime, of: str | None = None) -> Movement:
        amount = item.sub("amount")
        money: Money | None = minor_money(amount.whole("value"), amount.text("currency"), _IN_HUNDREDTHS)
        if money is None:
            raise Unreadable(f"{item.text('eventCode')} without an amount")
        return Movement(own, kind, money, self._calendar.local_date(at), at, of, _reason(item, kind))


_TOLD = frozenset(
    {
        "AUTHORISATION",
        "PENDING",
        "OFFER_CLOSED",
        "CAPTURE",
        "CAPTURE_FAILED",
        "CANCELLATION",
        "TECHNICAL_CANCEL",
        "REFUND",
        "CANCEL_OR_REFUND",
        "REFUND_FAILED",
        "REFUNDED_REVERSED",
        "CHARGEBACK",
        "CHARGEBACK_REVERSED",
        "SECOND_CHARGEBACK",
        "PREARBITRATION_LOST",
        "PREARBITRATION_WON",
    }
)
"""What may move a debtor's money. Of the others (payouts, reports, comments, notices of what may come) none does."""


def _designation(reference: str) -> Designation:
    """What the merchant's reference says: our case, or an invoice number, or any text."""
    if reference.startswith("case:"):
        return Designation(case_id=reference)
    return Designation(invoices=whole_text(reference), texts=whole_text(reference))


def _reason(item: Told, kind: MovementKind) -> str:
    """Why money came back: a bank's code, or that the debtor took it back through his bank."""
    if kind not in ("chargeback", "undone"):
        return ""
    written = item.text("reason")
    code = _CODE.search(written)
    if code is not None:
        return code.group()
    if "insufficient" in written.lower():
        return "no_funds"
    return "refused" if kind == "chargeback" else "other"
