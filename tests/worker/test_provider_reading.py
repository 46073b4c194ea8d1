"""What a payment provider posts over HTTP comes into the ledger of a case, once, whatever dies on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.webhooks.taking import PROVIDER_EVENTS
from casefile.case_file import CaseFile
from domain.opening import open_case
from gateways.stripe.reading import StripeReader
from tests.casefile.builders import CASE, CREDITOR, NOW, furnish, opened, reminders
from tests.conftest import DATABASES
from tests.domain.builders import invoice
from tests.worker.paying import Desk, dispute, intent, later, refund, stripe_event

TWO = "case:devaart:2026-F-2"
BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> CaseFile:
    """F-1 of 1000.00 due 1 March, F-2 of 500.00 due 8 March, both of the baker."""
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        second = invoice(number="F-2", due="2026-03-08", amount="500.00")
        transaction.cases.open(TWO, CREDITOR.id, open_case(second, reminders(), NOW), NOW)
    return file


@pytest.fixture
def desk(file: CaseFile) -> Desk:
    return Desk(file, {"stripe": StripeReader()})


@BOTH
async def test_a_payment_posted_over_http_comes_into_the_ledger_and_wakes_its_case(desk: Desk) -> None:
    event = stripe_event("payment_intent.succeeded", intent(40_000, description="Invoice F-1, thank you"))
    assert await desk.stripe(event) == [200]
    assert desk.open() == "600.00"
    assert (desk.rung, desk.woken, desk.unread()) == ([PROVIDER_EVENTS], [CASE], 0)


@BOTH
async def test_what_goes_back_opens_the_invoice_again_and_what_is_won_back_pays_it(desk: Desk) -> None:
    paid = stripe_event("payment_intent.succeeded", intent(100_000, metadata={"case_id": CASE}))
    await desk.stripe(paid)
    assert desk.open() == "0.00"
    await desk.stripe(stripe_event("refund.created", refund(10_000), 1, later(1)))
    await desk.stripe(stripe_event("refund.created", refund(10_000, "re_2"), 2, later(2)))
    assert desk.open() == "200.00", "two equal refunds of one day are two"
    await desk.stripe(stripe_event("charge.dispute.funds_withdrawn", dispute(80_000, "needs_response"), 1, later(3)))
    assert desk.open() == "1000.00"
    await desk.stripe({**paid, "id": "evt_told_again"})
    assert desk.open() == "1000.00", "paid told again after a chargeback counts once"
    await desk.stripe(stripe_event("charge.dispute.funds_reinstated", dispute(80_000, "won"), 1, later(4)))
    assert desk.open() == "200.00"
