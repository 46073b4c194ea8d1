"""A message waits while a payment provider told something that is not read yet and that may be its payment."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casefile.pay_tokens import make_pay_token
from casefile.payment_links import PaymentLink, keep_link
from casefile.provider_events import ProviderEvent, keep_events, mark_read, next_unread
from casefile.provider_payments import ProviderPayment, save_payment
from domain.money import Money
from services.provider_money.unread import MOST_UNPROVEN, UNPROVEN_HOLDS
from tests.activities.ladders import one
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE


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


def made_up(work: Workplace, number: int, at: datetime | None = None) -> None:
    """Somebody posts ids that Mollie does not know."""
    event = (ProviderEvent("mollie", f"tr_{n}", b"", at or work.now, f"mollie:tr_{n}", True) for n in range(number))
    keep_events(work.file, tuple(event))


async def due(tmp_path: Path) -> Workplace:
    """A case whose message leaves at the next look."""
    work = Workplace(tmp_path, one("email"))
    turn = await work.advance()
    assert turn.at is not None
    work.now = turn.at
    return work


@pytest.mark.parametrize(("number", "left"), [(MOST_UNPROVEN, 0), (MOST_UNPROVEN + 1, 1), (1500, 1)])
async def test_who_posts_many_made_up_ids_keeps_nobody_back(tmp_path: Path, number: int, left: int) -> None:
    work = await due(tmp_path)
    made_up(work, number)
    await work.act()
    assert len(work.taken()) == left


@pytest.mark.parametrize(("minutes", "left"), [(59, 1), (61, 0)])
async def test_ids_that_turned_out_to_be_made_up_count_too_for_an_hour(tmp_path: Path, minutes: int, left: int) -> None:
    work = await due(tmp_path)
    made_up(work, MOST_UNPROVEN, work.now - timedelta(minutes=minutes))
    with work.file.write() as transaction:
        while events := next_unread(transaction.session, work.now, ["mollie"], 10):
            for event in events:
                assert mark_read(transaction, event, "nothing", work.now)
    posted(work, "mollie", "mollie:tr_new")
    await work.act()
    assert len(work.taken()) == left


async def test_who_knocks_again_and_again_does_not_hold_longer(tmp_path: Path) -> None:
    work = await due(tmp_path)
    for minutes in (16, 8, 0):
        made_up(work, 1, work.now - timedelta(minutes=minutes))
    await work.act()
    assert len(work.taken()) == 1


async def test_what_is_signed_holds_behind_any_number_of_made_up_ids(tmp_path: Path) -> None:
    work = await due(tmp_path)
    made_up(work, 1500)
    posted(work, "stripe")
    await work.act()
    assert work.taken() == ()


@pytest.mark.parametrize(("debtor", "left"), [("bakker", 0), ("slager", 1)])
async def test_what_proves_a_payment_link_of_ours_holds_its_debtor_alone_however_old(
    tmp_path: Path, debtor: str, left: int
) -> None:
    work = await due(tmp_path)
    with work.file.write() as transaction:
        token = make_pay_token(transaction.session, "devaart", debtor, by="t", at=work.now).token
        ends, asked = work.now + timedelta(days=1), Money.parse("10.00", "EUR")
        keep_link(
            transaction,
            PaymentLink("mollie", "pl_1", token.id, (CASE,), asked, "https://x.test", work.now, ends, proof="p" * 64),
        )
    before = work.now - timedelta(hours=3)
    about = "mollie:tr_1"
    keep_events(work.file, (ProviderEvent("mollie", "tr_1", b"", before, about, knocks=True, link="p" * 64),))
    await work.act()
    assert len(work.taken()) == left


async def test_a_proof_of_no_link_of_ours_proves_nothing(tmp_path: Path) -> None:
    work = await due(tmp_path)
    before = work.now - timedelta(hours=3)
    keep_events(work.file, (ProviderEvent("mollie", "tr_1", b"", before, "mollie:tr_1", knocks=True, link="q" * 64),))
    await work.act()
    assert len(work.taken()) == 1
