"""What providers told of an address or a channel decides what leaves; mails ask to be answered where it is read."""

from __future__ import annotations

import email
from datetime import datetime, timedelta
from pathlib import Path

from casefile.channel_stops import resume_channel, stop_channel, stopped_channels
from casefile.replies import cases_of_token
from gateways.sendgrid.mail import _request
from services.correspondence.proving import compare
from services.ports import Finding, NotTaken, NotThere, Outgoing, Refused, Sent
from tests.activities.workplace import START, Workplace
from tests.casefile.builders import CASE
from tests.domain.builders import policy, send
from worker.standing import Standing, standing

DOMAIN = "reply.devaart.example"


def workplace(folder: Path, *channels: str) -> Workplace:
    return Workplace(folder, policy(send("reminder", {"after_due": "5d"}, send=list(channels))))


async def test_a_blocked_number_is_not_used_and_the_other_channel_goes(tmp_path: Path) -> None:
    work = workplace(tmp_path, "sms", "email")
    with work.file.write() as transaction:
        transaction.blocked.block("sms", "+31 6 12345678", "twilio 21610: the receiver opted out", START, "twilio:SM1")
    await work.act()
    assert (work.steps(), work.tasks()) == (["reminder email"], ["fix_contact", "decide_next"])
    assert [each.channel for each in work.taken()] == ["email"]


async def test_an_address_that_is_allowed_again_is_used(tmp_path: Path) -> None:
    work = workplace(tmp_path, "sms")
    with work.file.write() as transaction:
        assert transaction.blocked.block("sms", "+31612345678", "blocked", START, "x")
        assert not transaction.blocked.block("sms", "+31 6 1234 5678", "again", START, "y"), "it is one number"
        assert transaction.blocked.allow("sms", "+31612345678")
        assert not transaction.blocked.allow("sms", "+31612345678")
    await work.act()
    assert work.steps() == ["reminder sms"]


async def test_nothing_leaves_by_a_channel_that_stands_still_until_a_person_lets_it_go_on(tmp_path: Path) -> None:
    work = workplace(tmp_path, "email")
    work.equip(gateways=standing(work.activities.gateways, work.file))
    with work.file.write() as transaction:
        assert stop_channel(transaction.session, "email", "receivers refuse our sender", "sendgrid:1", START, START)
    await work.act()
    assert (work.steps(), work.taken()) == ([], ())
    ((delivery,),) = (work.deliveries(),)
    assert delivery.status == "not_sent" and "stands still: receivers refuse our sender" in (delivery.reason or "")
    assert resume_channel(work.file, "email", "els", work.now) and not resume_channel(work.file, "email", "els", START)
    assert stopped_channels(work.file) == ()
    work.later(hours=1)
    await work.act()
    assert work.steps() == ["reminder email"]


async def test_other_channels_go_on_while_one_stands_still(tmp_path: Path) -> None:
    work = workplace(tmp_path, "post")
    work.equip(gateways=standing(work.activities.gateways, work.file))
    with work.file.write() as transaction:
        stop_channel(transaction.session, "email", "x", "sendgrid:1", START, START)
    await work.act()
    assert work.steps() == ["reminder post"]


class WrongSender:
    """A provider that can't use our number."""

    def __init__(self) -> None:
        self.asked = 0
        self.mended = False

    async def send(self, message: Outgoing) -> Sent:
        self.asked += 1
        if self.mended:
            return Sent("SM1")
        raise NotTaken("twilio 21606: the sender can't be used for this number", timedelta(hours=1), stops=True)

    async def find(self, key: str, *, since: datetime) -> Finding:
        return NotThere()


async def test_a_provider_that_refuses_our_sender_is_asked_no_more_until_a_person_lets_the_channel_go_on(
    tmp_path: Path,
) -> None:
    provider = WrongSender()
    work = Workplace(tmp_path, policy(send("reminder", {"after_due": "5d"}, send=["sms"])), gateways={"sms": provider})
    work.equip(gateways={"sms": Standing(provider, "sms", work.file, lambda: work.now)})
    await work.act()
    assert [(stop.channel, "21606" in stop.reason) for stop in stopped_channels(work.file)] == [("sms", True)]
    for _ in range(3):
        work.later(hours=1)
        await work.act()
    assert (provider.asked, work.steps()) == (1, [])
    # Let go on too soon it stands still again; then it was mended.
    assert resume_channel(work.file, "sms", "els", work.now)
    work.later(hours=1)
    await work.act()
    assert (provider.asked, len(stopped_channels(work.file))) == (2, 1)
    provider.mended = True
    assert resume_channel(work.file, "sms", "els", work.now)
    work.later(hours=1)
    await work.act()
    assert work.steps() == ["reminder sms"]


async def test_a_mail_asks_to_be_answered_to_an_address_that_names_its_case(tmp_path: Path) -> None:
    work = workplace(tmp_path, "email")
    work.equip(reply_domain=DOMAIN)
    await work.act()
    (delivery,) = work.deliveries()
    asked = str(email.message_from_bytes(delivery.content)["Reply-To"])
    local, _, domain = asked.partition("@")
    assert (domain, local[:5], len(local)) == (DOMAIN, "case+", 37)
    assert cases_of_token(work.file, local.removeprefix("case+")) == (CASE,)
    assert cases_of_token(work.file, "0" * 32) == ()
    assert "F-1" not in asked, "the address tells nothing"
    with work.file.read() as transaction:
        assert compare(transaction, delivery).same is True, "and can be made again, address and all"
    request = _request(delivery.content, "a" * 64)
    assert request is not None and request["reply_to"] == {"email": asked}


async def test_without_a_domain_for_answers_the_sender_gets_them(tmp_path: Path) -> None:
    work = workplace(tmp_path, "email")
    await work.act()
    (delivery,) = work.deliveries()
    assert email.message_from_bytes(delivery.content)["Reply-To"] is None
    assert "reply_to" not in (_request(delivery.content, "a" * 64) or {"reply_to": 1})


class OptedOut:
    """A provider whose receiver answered STOP."""

    asked = 0

    async def send(self, message: Outgoing) -> Sent:
        self.asked += 1
        raise Refused("twilio 21610: the receiver opted out", ("sms",))

    async def find(self, key: str, *, since: datetime) -> Finding:
        return NotThere()


async def test_what_a_provider_says_of_a_number_at_once_is_kept_too(tmp_path: Path) -> None:
    steps = [send("reminder", {"after_due": "5d"}, send=["sms"]), send("second", {"after_due": "5d"}, send=["sms"])]
    provider = OptedOut()
    work = Workplace(tmp_path, policy(*steps), gateways={"sms": provider})
    await work.act()
    with work.file.read() as transaction:
        assert transaction.blocked.why("sms", "+31612345678") == "twilio 21610: the receiver opted out"
        assert transaction.blocked.why("call", "+31612345678") is None
    assert (provider.asked, work.tasks()) == (1, ["fix_contact"])
    await work.tell("complete_task", {"task": "fix_contact"})
    await work.act()
    assert provider.asked == 1, "nobody is asked about that number again"
