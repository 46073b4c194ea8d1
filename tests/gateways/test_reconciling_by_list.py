"""A text whose answer never came, through the activities of a case: unknown, found in Twilio's list, sent once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.policy import Policy
from gateways.twilio_account import TwilioAccount
from gateways.twilio_messages import TwilioMessages
from tests.activities.workplace import START, Workplace
from tests.domain.builders import policy, send
from tests.gateways.loopback_vendor import ACCOUNT, TWILIO, Drop, Hang, Vendor, vendor
from tests.gateways.twilio_builders import HOST, HOURS, SENDER, TOKEN
from worker.gateways import sought_in


class Shop:
    """A case with one text message to send, and Twilio beside it on the same clock."""

    def __init__(self, folder: Path, twilio: Vendor) -> None:
        self.work = Workplace(folder, ladder())
        twilio.now = lambda: self.work.now
        account = TwilioAccount(sid=ACCOUNT, token=TOKEN, timeout=1.0, now=lambda: self.work.now, url=twilio.url)
        texts = TwilioMessages(account, sender=SENDER, hours=HOURS, sought=sought_in(self.work.file))
        self.work.equip(gateways={**self.work.activities.gateways, "sms": texts})

    @property
    def status(self) -> str:
        return self.work.deliveries()[0].status


def ladder() -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=["sms"]))


@pytest.fixture
def twilio() -> Iterator[Vendor]:
    with vendor(TWILIO, HOST, lambda: START) as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path, twilio: Vendor) -> Shop:
    return Shop(tmp_path, twilio)


async def test_timed_out_after_it_was_taken_it_is_found_in_the_list_and_sent_once(shop: Shop, twilio: Vendor) -> None:
    twilio.faults = [Hang(taken=True)]
    assert (await shop.work.act()).action == "reconcile"
    assert (shop.status, shop.work.steps()) == ("unknown", [])
    await shop.work.act()
    assert (shop.status, shop.work.steps()) == ("sent", ["reminder sms"])
    (record,) = twilio.taken
    assert shop.work.deliveries()[0].reference == record["sid"]
    assert record["body"].encode() == shop.work.deliveries()[0].content
    assert len(twilio.creations) == 1


async def test_lost_before_it_was_taken_it_is_sent_again_only_when_the_list_proves_it(
    shop: Shop, twilio: Vendor
) -> None:
    twilio.faults = [Drop(taken=False)]
    turn = await shop.work.act()
    waited = []
    while turn.action == "reconcile":
        assert turn.at is not None
        waited.append(turn.at - shop.work.now)
        assert (shop.status, len(twilio.creations)) == ("unknown", 1)
        turn = await shop.work.act()
    assert len(waited) == 2, "two minutes after it the list proves nothing yet; ten minutes later it does"
    await shop.work.act()
    assert (shop.status, shop.work.steps(), len(twilio.taken)) == ("sent", ["reminder sms"], 1)


async def test_a_list_that_shows_it_late_is_still_in_time(shop: Shop, twilio: Vendor) -> None:
    twilio.faults = [Drop(taken=True)]
    await shop.work.act()
    late, twilio.taken = twilio.taken, []
    assert (await shop.work.act()).action == "reconcile"
    twilio.taken = late
    await shop.work.act()
    assert (shop.status, shop.work.steps(), len(twilio.creations)) == ("sent", ["reminder sms"], 1)
