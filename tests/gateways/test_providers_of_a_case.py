"""Providers through the activities of a case: a text whose answer never came is found in the list and sent once."""

from __future__ import annotations

import base64
import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.policy import Policy
from gateways.sendgrid.mail import MailEvent, SendgridMail
from gateways.twilio.account import TwilioAccount
from gateways.twilio.messages import TwilioMessages
from tests.activities.workplace import START, Workplace
from tests.casefile.builders import CASE
from tests.domain.builders import policy, send
from tests.gateways.loopback_vendor import ACCOUNT, SENDGRID, TWILIO, Answer, Drop, Hang, Vendor, vendor
from tests.gateways.twilio.builders import HOST, HOURS, SENDER, TOKEN
from worker.gateways import sought_in

PDF = b"%PDF-1.7 the invoice itself"


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


# E-mail -----------------------------------------------------------------------------------------------------


class MailShop:
    """A case with one e-mail to send, and SendGrid beside it on the same clock."""

    def __init__(self, folder: Path, sendgrid: Vendor) -> None:
        self.work = Workplace(folder, policy(send("reminder", {"after_due": "5d"}, send=["email"], attach=["invoice"])))
        self.events: dict[str, MailEvent] = {}
        mails = SendgridMail(
            "SG.key", timeout=1.0, now=lambda: self.work.now, url=sendgrid.url, events=lambda key: self.events.get(key)
        )
        self.work.equip(gateways={**self.work.activities.gateways, "email": mails})
        with self.work.file.write() as transaction:
            transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)


@pytest.fixture
def sendgrid() -> Iterator[Vendor]:
    with vendor(SENDGRID, "https://api.sendgrid.com", lambda: START) as server:
        yield server


async def test_the_stored_mail_of_a_case_is_the_one_that_goes_out(tmp_path: Path, sendgrid: Vendor) -> None:
    shop = MailShop(tmp_path, sendgrid)
    await shop.work.act()
    (stored,), (sent,) = shop.work.deliveries(), sendgrid.taken
    assert (stored.status, stored.reference, shop.work.steps()) == ("sent", "sendgrid-1", ["reminder email"])
    mail = email.message_from_bytes(stored.content, policy=email.policy.default)
    bodies = [mail.get_body((form,)) for form in ("plain", "html")]
    assert [part["value"] for part in sent["content"]] == [body.get_content() for body in bodies if body]
    assert sent["subject"] == mail["Subject"]
    assert [base64.b64decode(attached["content"]) for attached in sent["attachments"]] == [PDF]


async def test_a_mail_whose_answer_never_came_is_found_by_its_event(tmp_path: Path, sendgrid: Vendor) -> None:
    shop = MailShop(tmp_path, sendgrid)
    sendgrid.faults = [Drop(taken=True)]
    assert (await shop.work.act()).action == "reconcile"
    assert (await shop.work.act()).action == "reconcile"
    key = sendgrid.taken[0]["personalizations"][0]["custom_args"]["send_key"]
    shop.events[key] = MailEvent("delivered", "sendgrid-1")
    await shop.work.act()
    assert (shop.work.steps(), shop.work.deliveries()[0].reference) == (["reminder email"], "sendgrid-1")
    assert len(sendgrid.creations) == 1


async def test_a_mail_of_which_no_event_comes_is_never_sent_again(tmp_path: Path, sendgrid: Vendor) -> None:
    shop = MailShop(tmp_path, sendgrid)
    sendgrid.faults = [Answer(502)]
    turn = await shop.work.act()
    while turn.action == "reconcile":
        turn = await shop.work.act()
    assert (shop.work.steps(), shop.work.tasks()[0]) == (["reminder? email"], "settle_send")
    assert len(sendgrid.creations) == 1
