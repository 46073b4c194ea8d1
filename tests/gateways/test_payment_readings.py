"""What Stripe, Adyen and GoCardless say of money, by their documents: what is money, what came back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.provider_money import PaymentReport, net_of
from gateways.adyen.reading import AdyenReader, Capture
from gateways.gocardless.reading import GoCardlessReader
from gateways.stripe.reading import StripeReader
from gateways.told import Told
from services.ports import Unreadable
from tests.worker.paying import dispute, intent, later, refund, stripe_event

NO_EVENTS = [b"", b"null", b"[]", b'"x"', b"{}", b"{" * 100_000, b'{"events":', b"\xff\xfe{}", b'{"a":1}garbage']


def folder(name: str) -> Path:
    found = os.environ.get("CONFORMANCE_DATA")
    if found is None:
        pytest.skip("CONFORMANCE_DATA is not set: the vendors' files are not here")
    return Path(found) / name


# Stripe ----------------------------------------------------------------------------------------------------


def stripe(kind: str, told: Mapping[str, Any], number: int = 1, at: datetime | None = None) -> PaymentReport | None:
    event = stripe_event(kind, told, number, at or later(0))
    reports = StripeReader().read(json.dumps(event).encode())
    return reports[0] if reports else None


def charge(**more: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "amount": 1000,
        "amount_captured": 1000,
        "amount_refunded": 0,
        "currency": "eur",
        "paid": True,
        "captured": True,
        "payment_intent": "pi_1",
        "payment_method_details": {"type": "ideal"},
        **more,
    }


def stands(*reports: PaymentReport | None) -> int:
    moved = {m.id: m for each in reports if each is not None for m in each.movements}
    return net_of(moved.values())


def test_intent_charge_and_session_of_one_payment_are_one_payment() -> None:
    told = [
        stripe("payment_intent.succeeded", intent(1000)),
        stripe("charge.succeeded", charge()),
        stripe(
            "checkout.session.completed",
            {
                "id": "cs_1",
                "mode": "payment",
                "payment_intent": "pi_1",
                "payment_status": "paid",
                "amount_total": 1000,
                "currency": "eur",
                "payment_link": "plink_1",
                "metadata": {"invoice": "F-1"},
            },
        ),
    ]
    assert {each.payment for each in told if each} == {"stripe:pi_1"}
    assert stands(*told) == 1000
    assert told[1] is not None and told[1].method == "ideal"
    assert told[2] is not None and told[2].aliases == ("stripe:plink_1", "stripe:cs_1")
    assert told[2].designation.invoices == ("F-1",)


def test_what_is_authorised_or_under_way_is_no_money() -> None:
    assert stripe("charge.succeeded", charge(captured=False)) is None
    pending = stripe("payment_intent.processing", intent(1000, status="processing"))
    assert pending is not None and (pending.state, pending.movements) == ("pending", ())
    failed = stripe("payment_intent.payment_failed", intent(1000))
    assert failed is not None and (failed.state, failed.movements) == ("failed", ())


def test_the_total_of_refunds_and_the_refunds_themselves_count_once() -> None:
    paid = stripe("payment_intent.succeeded", intent(1000))
    total = stripe("charge.refunded", charge(amount_refunded=300), at=later(2))
    one = stripe("refund.created", refund(300), at=later(1))
    assert stands(paid, total) == stands(paid, one) == stands(paid, total, one) == 700


def test_a_dispute_takes_the_money_when_it_is_withdrawn_and_not_when_it_is_raised() -> None:
    paid = stripe("payment_intent.succeeded", intent(1000))
    assert stripe("charge.dispute.created", dispute(1000, "needs_response")) is None
    taken = stripe("charge.dispute.funds_withdrawn", dispute(1000, "needs_response"))
    lost = stripe("charge.dispute.closed", dispute(1000, "lost"), 2)
    won = stripe("charge.dispute.closed", dispute(1000, "won"), 3)
    assert (stands(paid, taken), stands(paid, taken, lost), stands(paid, taken, won)) == (0, 0, 1000)


@pytest.mark.parametrize(
    ("written", "reason"),
    [("insufficient_funds", "no_funds"), ("bank_cannot_process", "other"), ("debit_not_authorized", "refused")],
)
def test_the_reason_of_a_dispute_is_the_banks_or_the_debtors(written: str, reason: str) -> None:
    told = stripe("charge.dispute.funds_withdrawn", dispute(1000, "lost", reason=written))
    assert told is not None and told.movements[0].reason == reason


def test_amounts_are_in_the_minor_unit_of_the_currency() -> None:
    amounts = []
    for amount, currency in ((1000, "jpy"), (1000, "eur"), (1000, "kwd"), (1000, "isk")):
        told = stripe("payment_intent.succeeded", intent(amount, currency=currency))
        assert told is not None
        amounts.append(told.movements[0].amount.text)
    assert amounts == ["1000", "10.00", "1.000", "10"]


def test_the_day_is_that_of_amsterdam() -> None:
    told = stripe("payment_intent.succeeded", intent(1000), at=datetime(2026, 6, 1, 22, 30, tzinfo=UTC))
    assert told is not None and told.movements[0].on == date(2026, 6, 2)


@pytest.mark.parametrize("kind", ["payout.paid", "transfer.created", "balance.available", "customer.created"])
def test_no_payout_of_stripe_is_a_debtors_payment(kind: str) -> None:
    assert stripe(kind, {"id": "po_1", "amount": 1000, "currency": "eur"}) is None


@pytest.mark.parametrize("body", NO_EVENTS)
def test_what_is_no_event_of_stripe_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        StripeReader().read(body)


def test_the_vendors_own_objects_are_read() -> None:
    objects = json.loads((folder("stripe") / "objects.json").read_text())
    found = objects.get("resources", objects)
    assert StripeReader().read(json.dumps(found["event"]).encode()) == ()
    paid = {**found["payment_intent"], "amount_received": 1099}
    told = stripe("payment_intent.succeeded", paid)
    assert told is not None and (told.payment, stands(told)) == (f"stripe:{paid['id']}", 1099)
    captured = {**found["charge"], "captured": True, "amount_captured": 100}
    assert stands(stripe("charge.captured", captured)) == 100
    given = stripe("refund.created", found["refund"])
    assert given is not None and given.payment == f"stripe:{found['charge']['id']}"
    assert stands(stripe("charge.captured", captured), given) == 0
    taken = stripe("charge.dispute.funds_withdrawn", found["dispute"])
    assert taken is not None and taken.movements[0].amount.text == "10.00"
    assert stripe("checkout.session.completed", found["checkout.session"]) is not None


# Adyen -----------------------------------------------------------------------------------------------------


def adyen(code: str, *, capture: Capture = "automatic", **more: Any) -> PaymentReport | None:
    told = {
        "eventCode": code,
        "pspReference": more.pop("psp", "PSP1"),
        "merchantReference": "F-1",
        "amount": {"value": more.pop("value", 1000), "currency": "EUR"},
        "eventDate": "2026-03-18T09:00:00+01:00",
        "success": "true",
        "paymentMethod": "visa",
        **more,
    }
    body = {"live": "false", "notificationItems": [{"NotificationRequestItem": told}]}
    reports = AdyenReader(capture).read(json.dumps(body).encode())
    return reports[0] if reports else None


def later_on(code: str, psp: str = "PSP2", **more: Any) -> PaymentReport | None:
    return adyen(code, psp=psp, originalReference="PSP1", **more)


def test_an_authorisation_is_money_where_capture_is_automatic() -> None:
    told = adyen("AUTHORISATION")
    assert told is not None and (told.payment, told.state, stands(told)) == ("adyen:PSP1", "paid", 1000)
    assert told.designation.invoices == ("F-1",)
    refused = adyen("AUTHORISATION", success="false")
    assert refused is not None and (refused.state, refused.movements) == ("failed", ())
    assert stands(told, later_on("CAPTURE")) == 1000, "a capture is told of besides where that is switched on"


def test_with_manual_capture_only_what_is_captured_is_money_but_for_methods_without_it() -> None:
    assert stands(adyen("AUTHORISATION", capture="manual")) == 0
    assert stands(adyen("AUTHORISATION", capture="manual", paymentMethod="ideal")) == 1000
    part = later_on("CAPTURE", "PSP2", capture="manual", value=600)
    rest = later_on("CAPTURE", "PSP3", capture="manual", value=400)
    assert part is not None and part.payment == "adyen:PSP1"
    assert stands(part, rest) == 1000
    assert stands(part, rest, later_on("CAPTURE_FAILED", "PSP3", capture="manual", value=400)) == 600


def test_a_capture_that_failed_says_why() -> None:
    told = later_on("CAPTURE_FAILED", reason="AM04:InsufficientFunds", paymentMethod="sepadirectdebit")
    assert stands(adyen("AUTHORISATION"), told) == 0
    assert told is not None and told.movements[0].reason == "AM04"


def test_refunds_of_adyen_and_what_became_of_them() -> None:
    paid = adyen("AUTHORISATION")
    assert stands(paid, later_on("REFUND", value=300), later_on("REFUND", "PSP3", value=300)) == 400
    assert stands(paid, later_on("REFUND", success="false")) == 1000
    assert stands(paid, later_on("REFUND"), later_on("REFUND_FAILED")) == 1000
    assert stands(paid, later_on("REFUNDED_REVERSED"), later_on("REFUND")) == 1000
    assert stands(paid, later_on("CANCEL_OR_REFUND", additionalData={"modification.action": "refund"})) == 0
    assert stands(paid, later_on("CANCELLATION")) == 0


def test_a_dispute_at_adyen_is_lost_won_and_lost_again() -> None:
    paid, taken = adyen("AUTHORISATION"), later_on("CHARGEBACK", "D1")
    won, again = later_on("CHARGEBACK_REVERSED", "D1"), later_on("SECOND_CHARGEBACK", "D1")
    assert [stands(paid, taken), stands(paid, taken, won), stands(paid, taken, won, again)] == [0, 1000, 0]
    assert taken is not None and taken.movements[0].reason == "refused"


NO_MONEY = (
    *("NOTIFICATION_OF_CHARGEBACK", "PAYOUT_THIRDPARTY", "PAYOUT_DECLINE", "PAIDOUT_REVERSED", "REPORT_AVAILABLE"),
    *("POSTPONED_REFUND", "REQUEST_FOR_INFORMATION", "RECURRING_CONTRACT", "ISSUER_COMMENTS", "MADE_UP_TOMORROW"),
)


@pytest.mark.parametrize("code", NO_MONEY)
def test_neither_payouts_nor_notices_of_adyen_move_a_debtors_money(code: str) -> None:
    assert later_on(code) is None


@pytest.mark.parametrize("body", NO_EVENTS)
def test_what_is_no_request_of_adyen_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        AdyenReader().read(body)


def test_all_the_vendors_own_requests_are_read() -> None:
    moves = {}
    for file in sorted(folder("adyen-webhooks").glob("*.json")):
        body = file.read_bytes()
        if "notificationItems" not in json.loads(body):
            # Of another kind of webhook, signed as a whole: nothing of it is about payments.
            with pytest.raises(Unreadable):
                AdyenReader().read(body)
            continue
        for report in AdyenReader().read(body):
            moves[file.name.split("-")[1]] = [m.kind for m in report.movements]
    assert moves == {
        "CANCELLATION": ["undone"],
        "CANCEL_OR_REFUND": ["undone"],
        "CAPTURE_FAILED": ["undone"],
        "CHARGEBACK_REVERSED": ["undone"],
        "OFFER_CLOSED": [],
        "PREARBITRATION_LOST": ["chargeback"],
        "REFUNDED_REVERSED": ["undone"],
        "TECHNICAL_CANCEL": ["undone"],
    }


# GoCardless ------------------------------------------------------------------------------------------------

DEBIT = {
    "id": "PM1",
    "amount": 12_100,
    "currency": "EUR",
    "charge_date": "2026-03-17",
    "description": "Invoice F-1",
    "reference": None,
    "metadata": {"case_id": "case:a:1"},
    "links": {"mandate": "MD1"},
}
GIVEN = {"id": "RF1", "amount": 2100, "currency": "EUR", "links": {"payment": "PM1"}}


def debit(*actions: str, details: Mapping[str, str] | None = None, kind: str = "payments") -> list[PaymentReport]:
    """The actions, one an hour."""
    events = [
        {
            "id": f"EV{number}",
            "created_at": f"2026-03-18T{8 + number:02}:00:00.000Z",
            "resource_type": kind,
            "action": action,
            "links": {"payment": "PM1", "refund": "RF1"},
            "details": dict(details or {}),
        }
        for number, action in enumerate(actions)
    ]
    known = {("payments", "PM1"): Told(DEBIT), ("refunds", "RF1"): Told(GIVEN)}
    reader = GoCardlessReader(lambda resource, own: known[resource, own])
    return list(reader.read(json.dumps({"events": events}).encode()))


def test_a_debit_is_money_once_it_is_confirmed_whatever_comes_after() -> None:
    assert [stands(*debit(*each)) for each in (("submitted",), ("confirmed",), ("confirmed", "paid_out"))] == [
        0,
        12_100,
        12_100,
    ]
    assert stands(*debit("confirmed", "failed")) == 0
    assert stands(*debit("confirmed", "failed", "resubmission_requested", "confirmed")) == 12_100
    assert stands(*debit("confirmed", "charged_back")) == 0
    assert stands(*debit("confirmed", "charged_back", "chargeback_cancelled")) == 12_100


def test_a_debit_under_way_says_when_it_is_collected_and_for_what() -> None:
    (told,) = debit("submitted")
    assert (told.payment, told.state, told.expected_on) == ("gocardless:PM1", "pending", date(2026, 3, 17))
    assert (told.designation.case_id, told.designation.texts) == ("case:a:1", ("Invoice F-1",))


def test_the_reason_of_a_debit_that_came_back_is_the_schemes_else_gocardlesss() -> None:
    sepa = {"scheme": "sepa_core", "reason_code": "MD06", "cause": "authorisation_disputed"}
    assert debit("charged_back", details=sepa)[0].movements[0].reason == "MD06"
    assert debit("failed", details={"cause": "insufficient_funds"})[0].movements[0].reason == "no_funds"
    assert debit("failed", details={"scheme": "bacs", "reason_code": "ADDACS-1"})[0].movements[0].reason == "other"


def test_a_refund_counts_when_it_was_paid_and_not_when_it_bounced() -> None:
    paid = debit("confirmed")
    assert stands(*paid, *debit("created", kind="refunds")) == 12_100
    assert stands(*paid, *debit("paid", kind="refunds")) == 10_000
    assert stands(*paid, *debit("paid", "bounced", kind="refunds")) == 12_100


def test_payouts_mandates_and_subscriptions_of_gocardless_are_no_money() -> None:
    for kind in ("payouts", "mandates", "subscriptions", "billing_requests"):
        assert debit("paid", "created", kind=kind) == []
    body = (folder("gocardless") / "webhook_body.json").read_bytes()
    assert GoCardlessReader(lambda *_: Told(None)).read(body) == ()


@pytest.mark.parametrize("body", [body for body in NO_EVENTS if body not in (b"{}", b'{"a":1}')])
def test_what_is_no_request_of_gocardless_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        GoCardlessReader(lambda *_: Told(None)).read(body)
