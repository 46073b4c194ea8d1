"""A message waits while a payment provider told something that is not read yet and that may be its payment."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casefile.provider_events import ProviderEvent, keep_events, mark_read, next_unread
from casefile.provider_payments import ProviderPayment, save_payment
from services.provider_money.unread import UNPROVEN_HOLDS
from tests.activities.ladders import one
from tests.activities.workplace import Workplace


def posted(work: Workplace, provider: str = "stripe", about: str = "", at: datetime | None = None) -> None:
    keep_events(work.file, (ProviderEvent(provider, "evt_1", b"{}", at or work.now, about),))


def owned_by(work: Workplace, debtor: str) -> None:
    with work.file.write() as transaction:
        payment = ProviderPayment("mollie:tr_1", "booked", work.now, creditor="devaart", debtor=debtor)
        save_payment(transaction, payment, work.now)


async def test_a_message_waits_a_minute_and_says_why(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    await work.advance()
    posted(work)
    declined = await work.act()
    assert (work.taken(), work.deliveries(), declined.action) == ((), (), "send")
    assert declined.at == work.now + timedelta(minutes=1)
    assert declined.view is not None and declined.view.why[0].code == "money_unread"


async def test_once_it_is_read_the_message_leaves(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    await work.advance()
    posted(work)
    await work.act()
    with work.file.write() as transaction:
        (event,) = next_unread(transaction.session, work.now, ["stripe"], 10)
        assert mark_read(transaction, event, "nothing", work.now)
    await work.act()
    assert len(work.taken()) == 1


@pytest.mark.parametrize(("debtor", "left"), [("bakker", 0), ("smid", 1)])
async def test_what_is_of_a_known_payment_concerns_its_debtor_alone(tmp_path: Path, debtor: str, left: int) -> None:
    work = Workplace(tmp_path, one("email"))
    await work.advance()
    owned_by(work, debtor)
    posted(work, "mollie", "mollie:tr_1")
    await work.act()
    assert len(work.taken()) == left


@pytest.mark.parametrize(("age", "left"), [(UNPROVEN_HOLDS - timedelta(minutes=1), 0), (UNPROVEN_HOLDS, 1)])
async def test_what_anybody_can_post_keeps_messages_back_for_a_while_only(
    tmp_path: Path, age: timedelta, left: int
) -> None:
    work = Workplace(tmp_path, one("email"))
    turn = await work.advance()
    assert turn.at is not None
    work.now = turn.at
    posted(work, "mollie", "mollie:tr_9", work.now - age)
    await work.act()
    assert len(work.taken()) == left
