"""What a payment provider posts over HTTP comes into the ledger of a case, once, whatever dies on the way."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from api.webhooks.taking import PROVIDER_EVENTS
from casefile.case_file import CaseFile
from casefile.metrics import case_metrics
from casefile.pay_tokens import make_pay_token
from casefile.payment_links import PaymentLink, end_link, keep_link
from casefile.provider_events import unread_events, unreadable_events
from domain.money import Money
from domain.opening import open_case
from domain.provider_money import PaymentReport
from gateways.mollie.account import MollieAccount
from gateways.mollie.reading import MollieReader
from gateways.stripe.reading import StripeReader
from services.ports import PaymentReader
from tests.casefile.builders import CASE, CREDITOR, NOW, furnish, opened, reminders
from tests.conftest import DATABASES
from tests.domain.builders import invoice
from tests.gateways.mollie_fake import KEY, mollie
from tests.worker.paying import KEYS, Desk, dispute, intent, later, refund, signed, stripe_event
from worker.provider_reading import ProviderReading

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


# Mollie, over HTTP both ways -------------------------------------------------------------------------------


@BOTH
async def test_an_id_that_mollie_posts_is_read_back_and_booked_each_time_it_comes(file: CaseFile) -> None:
    with mollie() as fake:
        reader = MollieReader(MollieAccount(KEY, url=fake.url, timeout=5))
        desk = Desk(file, {"mollie": reader}, KEYS.model_copy(update={"mollie": True}))
        fake.pay("tr_7UhSN1zuXS", "400.00", description="F-1")
        for balance in ("600.00", "600.00"):
            assert (await desk.post("mollie", b"id=tr_7UhSN1zuXS")).status_code == 200
            await desk.read()
            assert desk.open() == balance
        fake.refund("tr_7UhSN1zuXS", "re_1", "100.00")
        await desk.post("mollie", b"id=tr_7UhSN1zuXS")
        await desk.read()
        assert desk.open() == "700.00"
        assert (await desk.post("mollie", b"id=tr_nobody")).status_code == 200
        await desk.read()
        assert (desk.open(), desk.unread()) == ("700.00", 0)


async def test_what_is_asked_of_a_provider_comes_into_no_log(file: CaseFile, caplog: pytest.LogCaptureFixture) -> None:
    with mollie() as fake, caplog.at_level(logging.DEBUG):
        desk = Desk(
            file,
            {"mollie": MollieReader(MollieAccount(KEY, url=fake.url, timeout=5))},
            KEYS.model_copy(update={"mollie": True}),
        )
        fake.pay("tr_7UhSN1zuXS", "400.00", description="F-1")
        await desk.post("mollie", b"id=tr_7UhSN1zuXS")
        await desk.read()
        assert (desk.open(), "tr_7UhSN1zuXS" in caplog.text) == ("600.00", False)


@BOTH
async def test_a_provider_that_is_away_is_asked_again_later_and_later_and_seen(file: CaseFile) -> None:
    with mollie() as fake:
        reader = MollieReader(MollieAccount(KEY, url=fake.url, timeout=5))
        desk = Desk(file, {"mollie": reader}, KEYS.model_copy(update={"mollie": True}))
        fake.pay("tr_7UhSN1zuXS", "400.00", description="F-1")
        fake.fails = [503, 0, 429]
        await desk.post("mollie", b"id=tr_7UhSN1zuXS")
        for minutes in (0, 1, 3):
            desk.now = later(minutes)
            await desk.reading.look()
        assert (desk.unread(), desk.open(), len(fake.asked)) == (1, "1000.00", 3)
        await desk.reading.look()
        assert len(fake.asked) == 3, "not before its time"
        with file.read() as transaction:
            (event,) = unread_events(transaction.session)
        assert (event.tries, event.problem) == (3, "Mollie answers 429")
        assert case_metrics(file, later(62)).provider_overdue == 1
        desk.now = later(62)
        await desk.read()
        assert (desk.unread(), desk.open()) == (0, "600.00")
        assert case_metrics(file, later(62)).provider_overdue == 0


@BOTH
async def test_a_payment_on_a_link_that_asked_the_old_amount_is_found_by_what_mollie_alone_knows(
    file: CaseFile,
) -> None:
    proof = "d2c1f6e84d4f4d3ca1b21d2a3b4c5d6e"
    with file.write() as transaction:
        token = make_pay_token(transaction.session, CREDITOR.id, "bakker", by="t", at=NOW).token
        asked, ends = Money.parse("500.00", "EUR"), later(24 * 60)
        kept = sha256(proof.encode()).hexdigest()
        keep_link(transaction, PaymentLink("mollie", "pl_1", token.id, (TWO,), asked, "", NOW, ends, proof=kept))
        end_link(transaction, "mollie", "pl_1", later(0))
    with mollie() as fake:
        reader = MollieReader(MollieAccount(KEY, url=fake.url, timeout=5))
        desk = Desk(file, {"mollie": reader}, KEYS.model_copy(update={"mollie": True}))
        # Nothing in its text says whose it is, and another invoice asks this amount.
        fake.pay("tr_7UhSN1zuXS", "500.00", description="thank you")
        await desk.post(f"mollie?link={proof}", b"id=tr_7UhSN1zuXS")
        await desk.read()
        assert (desk.open(TWO), desk.open(), desk.unread()) == ("0.00", "1000.00", 0)
        # Posted without it, the id of another payment of ours leads nowhere else.
        fake.pay("tr_other", "10.00", description="thank you")
        await desk.post("mollie?link=guessed", b"id=tr_other")
        await desk.read()
        payment = desk.payment("mollie:tr_other")
        assert payment is not None
        assert (payment.status, desk.open()) == ("unmatched", "1000.00")


@BOTH
async def test_what_is_signed_is_read_before_any_number_of_ids_that_somebody_made_up(file: CaseFile) -> None:
    with mollie() as fake:
        reader = MollieReader(MollieAccount(KEY, url=fake.url, timeout=5))
        readers: dict[str, PaymentReader] = {"mollie": reader, "stripe": StripeReader()}
        desk = Desk(file, readers, KEYS.model_copy(update={"mollie": True}))
        for number in range(60):
            await desk.post("mollie", f"id=tr_{number}".encode())
        body = json.dumps(stripe_event("payment_intent.succeeded", intent(40_000, description="F-1")))
        await desk.post("stripe", body.encode(), signed(body, desk.now))
        await desk.reading.look()
        assert (desk.open(), len(fake.asked)) == ("600.00", 10)
        await desk.read()
        assert desk.unread() == 0
        # Two hours later nothing of them is kept.
        desk.now = later(121)
        await desk.post("mollie", b"id=tr_60")
        await desk.read()
        with file.read() as transaction:
            kept = transaction.session.connection.exec_driver_sql("SELECT id FROM provider_events ORDER BY id").all()
        assert [row[0] for row in kept] == ["evt_payment_intent_succeeded_1", "tr_60"]


@BOTH
async def test_while_mollie_is_away_it_is_asked_once_a_look_and_the_others_are_read(file: CaseFile) -> None:
    with mollie() as fake:
        reader = MollieReader(MollieAccount(KEY, url=fake.url, timeout=5))
        readers: dict[str, PaymentReader] = {"mollie": reader, "stripe": StripeReader()}
        desk = Desk(file, readers, KEYS.model_copy(update={"mollie": True}))
        fake.fails = [503, 503, 503]
        for number in range(3):
            await desk.post("mollie", f"id=tr_{number}".encode())
        await desk.stripe(stripe_event("payment_intent.succeeded", intent(40_000, description="F-1")))
        assert (desk.open(), len(fake.asked), desk.unread()) == ("600.00", 3, 3)


class Away:
    """A Temporal that does not answer; it counts who asks at once."""

    def __init__(self) -> None:
        self.asked, self.most, self.now = 0, 0, 0

    async def nudge(self, case_id: str) -> None:
        self.asked += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        raise TimeoutError


async def test_while_temporal_is_away_all_is_read_and_it_is_asked_once_in_a_while(file: CaseFile) -> None:
    away = Away()
    desk = Desk(file, {})
    reading = ProviderReading(file, {"stripe": StripeReader()}, away, now=lambda: desk.now)
    for number in (1, 2, 3):
        for invoice_number in ("F-1", "F-2"):
            told = intent(1000, f"pi_{invoice_number}_{number}", description=invoice_number)
            await desk.stripe(
                {**stripe_event("payment_intent.succeeded", told), "id": f"evt_{invoice_number}_{number}"}
            )
        await reading.look()
    assert (desk.unread(), desk.open(), desk.open(TWO)) == (0, "970.00", "470.00")
    assert (away.asked, away.most) == (2, 2), "both cases of the first time, at once; then it is left alone"


# Mistakes, and dying ---------------------------------------------------------------------------------------


class Broken:
    """A reader with a mistake in it."""

    def read(self, body: bytes, about: str = "") -> tuple[PaymentReport, ...]:
        raise KeyError("of a debtor")


@BOTH
async def test_what_can_not_be_read_is_kept_and_shown_and_keeps_nobody_waiting(file: CaseFile) -> None:
    desk = Desk(file, {"stripe": Broken()})
    await desk.stripe(stripe_event("payment_intent.succeeded", intent(40_000)))
    with file.read() as transaction:
        (event,) = unreadable_events(transaction.session)
    assert event.problem == "it could not be read: KeyError"
    assert (desk.unread(), case_metrics(file, desk.now).provider_unreadable) == (0, 1)
    desk = Desk(file, {"stripe": StripeReader()})
    await desk.stripe(stripe_event("payment_intent.succeeded", intent(40_000, description="F-1"), 2))
    assert desk.open() == "600.00"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def killing() -> Iterator[Callable[[str], Callable[[str], None]]]:
    def at(point: str) -> Callable[[str], None]:
        def checkpoint(reached: str) -> None:
            if reached == point:
                raise Killed

        return checkpoint

    yield at


@BOTH
@pytest.mark.parametrize("point", ["before_booking", "after_booking"])
async def test_a_worker_killed_at_any_point_books_each_payment_once(
    desk: Desk, killing: Callable[[str], Callable[[str], None]], point: str
) -> None:
    body = stripe_event("payment_intent.succeeded", intent(40_000, description="F-1"))
    reading = desk.reading
    reading.checkpoint = killing(point)
    desk.readers = {}
    await desk.stripe(body)
    assert desk.unread() == 1
    with pytest.raises(Killed):
        await reading.look()
    assert desk.open() == {"before_booking": "1000.00", "after_booking": "600.00"}[point]
    desk.readers = {"stripe": StripeReader()}
    desk.now += timedelta(minutes=1)
    await desk.read()
    assert (desk.unread(), desk.open()) == (0, "600.00")
