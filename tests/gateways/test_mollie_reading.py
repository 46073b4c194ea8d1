"""Mollie: an id is posted, and everything is read back with its own library, now or later."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.provider_money import PaymentReport, net_of
from gateways.mollie.account import MollieAccount, NotThere
from gateways.mollie.reading import MollieEventsReader, MollieReader
from services.ports import CannotReadNow, Unreadable
from tests.gateways.mollie_fake import KEY, Mollie, amount, mollie


@pytest.fixture
def fake() -> Iterator[Mollie]:
    with mollie() as found:
        yield found


def account(fake: Mollie) -> MollieAccount:
    return MollieAccount(KEY, url=fake.url, timeout=5)


def read(fake: Mollie, own: str = "tr_7UhSN1zuXS") -> PaymentReport:
    (report,) = MollieReader(account(fake)).read(f"id={own}".encode())
    return report


def test_a_paid_payment_is_money_on_the_day_on_which_it_was_paid(fake: Mollie) -> None:
    fake.pay("tr_7UhSN1zuXS", "121.00", metadata={"case_id": "case:a:1"}, description="Invoice 17", method="wero")
    report = read(fake)
    assert (report.payment, report.state, report.method) == ("mollie:tr_7UhSN1zuXS", "paid", "wero")
    assert [(m.id, m.amount.text, m.on) for m in report.movements] == [
        ("mollie:tr_7UhSN1zuXS", "121.00", date(2026, 3, 18))
    ]
    assert (report.designation.case_id, report.designation.texts) == ("case:a:1", ("Invoice 17",))
    assert fake.keys == [f"Bearer {KEY}"]
    assert fake.asked == ["/v2/payments/tr_7UhSN1zuXS"]


@pytest.mark.parametrize("status", ["open", "pending", "authorized", "canceled", "expired", "failed"])
def test_nothing_but_paid_is_money(fake: Mollie, status: str) -> None:
    fake.pay("tr_7UhSN1zuXS", "121.00", status)
    report = read(fake)
    assert report.movements == ()
    assert report.state == {"pending": "pending", "open": "", "authorized": ""}.get(status, "failed")


def test_a_paid_payment_stays_paid_and_what_went_back_is_read_with_it(fake: Mollie) -> None:
    fake.pay("tr_7UhSN1zuXS", "100.00")
    fake.refund("tr_7UhSN1zuXS", "re_1", "10.00")
    fake.refund("tr_7UhSN1zuXS", "re_2", "10.00")
    fake.refund("tr_7UhSN1zuXS", "re_3", "5.00", "pending")
    fake.refund("tr_7UhSN1zuXS", "re_4", "5.00", "failed")
    lost = fake.charge_back("tr_7UhSN1zuXS", "chb_1", "80.00")
    report = read(fake)
    assert net_of(report.movements) == 0
    assert next(m.reason for m in report.movements if m.kind == "chargeback") == "AM04"
    lost["reversedAt"] = "2026-04-01T09:00:00+00:00"
    assert net_of(read(fake).movements) == 8000


def test_a_chargeback_without_a_reason_was_the_payers(fake: Mollie) -> None:
    fake.pay("tr_7UhSN1zuXS", "100.00")
    fake.charge_back("tr_7UhSN1zuXS", "chb_1", "100.00", None)
    assert [m.reason for m in read(fake).movements] == ["", "refused"]


def test_an_id_that_mollie_does_not_know_tells_nothing(fake: Mollie) -> None:
    assert MollieReader(account(fake)).read(b"id=tr_nobody") == ()
    with pytest.raises(NotThere):
        account(fake).payment("tr_nobody")


@pytest.mark.parametrize("body", [b"", b"id=", b"id=re_1", b"id=tr_1/../../x", b"\xff\xfe", b"{}", b"id=tr_1%00"])
def test_what_names_no_payment_is_unreadable(fake: Mollie, body: bytes) -> None:
    with pytest.raises(Unreadable):
        MollieReader(account(fake)).read(body)
    assert fake.asked == []


@pytest.mark.parametrize(("status", "wait"), [(500, None), (503, None), (429, timedelta(minutes=2)), (401, None)])
def test_an_answer_that_passes_is_asked_for_again_and_not_by_the_library(
    fake: Mollie, status: int, wait: timedelta | None
) -> None:
    fake.pay("tr_7UhSN1zuXS", "100.00")
    fake.fails = [status]
    with pytest.raises(CannotReadNow) as raised:
        read(fake)
    assert raised.value.retry_after == wait
    assert len(fake.asked) == 1
    assert KEY not in str(raised.value)
    assert read(fake).state == "paid"


def test_a_connection_that_breaks_is_asked_for_again(fake: Mollie) -> None:
    fake.pay("tr_7UhSN1zuXS", "100.00")
    fake.fails = [0]
    with pytest.raises(CannotReadNow, match="Mollie does not answer"):
        read(fake)


def test_a_word_that_the_library_does_not_know_is_read_all_the_same(fake: Mollie) -> None:
    told = fake.pay("tr_7UhSN1zuXS", "100.00", method="paybyfingerprint")
    del told["profileId"]
    assert (read(fake).method, read(fake).movements[0].amount.text) == ("paybyfingerprint", "100.00")


# Next generation -------------------------------------------------------------------------------------------


def event(kind: str, entity: str, embedded: dict[str, Any] | None = None) -> bytes:
    told: dict[str, Any] = {
        "resource": "event",
        "id": "whe_1",
        "type": kind,
        "entityId": entity,
        "createdAt": "2026-03-20T10:00:00+00:00",
        "_links": {},
    }
    if embedded is not None:
        told["_embedded"] = {"entity": embedded}
    return json.dumps(told).encode()


def test_a_paid_link_tells_of_its_payments(fake: Mollie) -> None:
    fake.pay("tr_7UhSN1zuXS", "10.00")
    fake.links["pl_4Y0eZitmBnQ5jsBYZIBw"] = ["tr_7UhSN1zuXS"]
    told = event("payment-link.paid", "pl_4Y0eZitmBnQ5jsBYZIBw", {"id": "pl_4Y0eZitmBnQ5jsBYZIBw"})
    (report,) = MollieEventsReader(account(fake)).read(told)
    assert (report.payment, report.aliases) == ("mollie:tr_7UhSN1zuXS", ("mollie:pl_4Y0eZitmBnQ5jsBYZIBw",))
    assert net_of(report.movements) == 1000


def test_a_chargeback_is_read_with_its_payment(fake: Mollie) -> None:
    fake.pay("tr_7UhSN1zuXS", "10.00")
    fake.charge_back("tr_7UhSN1zuXS", "chb_1", "10.00")
    told = event("chargeback.received", "chb_1", {"id": "chb_1", "paymentId": "tr_7UhSN1zuXS"})
    (report,) = MollieEventsReader(account(fake)).read(told)
    assert net_of(report.movements) == 0


def test_a_transfer_that_mollie_could_not_match_counts_until_it_is_matched_there(fake: Mollie) -> None:
    transfer = {
        "id": "uct_1",
        "amount": amount("250.00"),
        "source": {"accountHolderName": "Bakkerij Ochtend"},
        "remittanceInformation": {"unstructured": "F-1", "references": {"creditorReference": "RF18539007547034"}},
    }
    reader = MollieEventsReader(account(fake))
    (report,) = reader.read(event("unmatched-credit-transfer.received", "uct_1", transfer))
    assert net_of(report.movements) == 25_000
    assert report.designation.texts == ("RF18539007547034", "F-1")
    assert report.designation.payer == "Bakkerij Ochtend"
    (report,) = reader.read(event("unmatched-credit-transfer.matched", "uct_1", transfer))
    assert net_of(report.movements) == 0


@pytest.mark.parametrize("kind", ["payout.completed", "balance-transaction.created", "sales-invoice.paid"])
def test_no_payout_is_a_debtors_payment(fake: Mollie, kind: str) -> None:
    told = event(kind, "x_1", {"id": "x_1", "amount": amount("250.00")})
    assert MollieEventsReader(account(fake)).read(told) == ()
    assert fake.asked == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"type":"payment.paid"}', b"{" * 5000, b"\xff"])
def test_what_is_no_event_is_unreadable(fake: Mollie, body: bytes) -> None:
    with pytest.raises(Unreadable):
        MollieEventsReader(account(fake)).read(body)


# The vendor's own answers ----------------------------------------------------------------------------------


def vendors(name: str) -> dict[str, Any]:
    folder = os.environ.get("CONFORMANCE_DATA")
    if folder is None:
        pytest.skip("CONFORMANCE_DATA is not set: the vendor's answers are not here")
    written = (Path(folder) / "mollie-responses" / name).read_text().replace("{{ RESOURCE_ID }}", "tr_7UhSN1zuXS")
    return dict(json.loads(written))


def test_the_vendors_own_payment_is_read(fake: Mollie) -> None:
    fake.payments["tr_7UhSN1zuXS"] = vendors("payment.json")
    report = read(fake)
    assert (report.state, report.movements, report.designation.texts) == ("", (), ("My first API payment",))


def test_the_vendors_own_refunds_and_chargebacks_are_read(fake: Mollie) -> None:
    paid = {**vendors("payment.json"), "status": "paid", "paidAt": "2018-03-13T14:05:00+00:00"}
    fake.payments["tr_7UhSN1zuXS"] = {**paid, "amount": amount("60.00", "USD"), "amountRefunded": amount("5.95")}
    fake.payments["tr_7UhSN1zuXS"]["amountChargedBack"] = amount("43.38", "USD")
    fake.chargebacks["tr_7UhSN1zuXS"] = [vendors("chargeback.json")]
    fake.refunds["tr_7UhSN1zuXS"] = [{**vendors("refund.json"), "id": "re_1", "status": "refunded"}]
    moved = read(fake).movements
    assert [(m.kind, m.amount.text, m.reason) for m in moved] == [
        ("received", "60.00", ""),
        ("refund", "5.95", ""),
        ("chargeback", "43.38", "AC01"),
    ]


def test_the_vendors_own_event_is_read(fake: Mollie) -> None:
    fake.pay("tr_7UhSN1zuXS", "10.00")
    fake.links["pl_4Y0eZitmBnQ5jsBYZIBw"] = ["tr_7UhSN1zuXS"]
    body = json.dumps(vendors("webhook-event.json")).encode()
    assert [each.payment for each in MollieEventsReader(account(fake)).read(body)] == ["mollie:tr_7UhSN1zuXS"]


def test_the_account_that_it_came_from_is_told_along(fake: Mollie) -> None:
    """`details` of a paid iDEAL payment, as docs.mollie.com/reference/get-payment has them."""
    details = {"consumerName": "T. TEST", "consumerAccount": "NL17RABO0213698412", "consumerBic": "RABONL2U"}
    fake.pay("tr_7UhSN1zuXS", "121.00", details=details)
    said = read(fake).designation
    assert (said.payer, said.account) == ("T. TEST", "NL17RABO0213698412")
