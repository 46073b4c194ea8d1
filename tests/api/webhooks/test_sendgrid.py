"""SendGrid's event webhook: only what it signed counts, it is durable before the answer, and nobody's address stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from structlog.testing import capture_logs

from api.webhooks.sendgrid import LARGEST_BODY
from casefile.database import Database
from casefile.mail_events import last_report, served_by
from config.settings import Settings
from domain.send_key import opaque_key
from gateways.sendgrid.mail import SendgridMail
from gateways.sendgrid.signature import SendgridSignature
from tests.activities.workplace import START, Workplace
from tests.api.signing import RECEIVER, event, public, signed, told_as, written
from tests.api.webhooks.sendgrid_desk import KEY, OPAQUE, ROUTE, SENT, Desk, stray
from tests.casefile.builders import CASE, NOW, furnish, letter, opened
from tests.conftest import DATABASES
from tests.domain.builders import policy, send
from tests.gateways.loopback_vendor import SENDGRID, Drop, Vendor, vendor
from worker.door import door_app, webhooks
from worker.gateways import events_in

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)

# From the tests of SendGrid's own Python library (MIT), test/unit/test_eventwebhook.py.
VENDORS_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1"
    "flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
)
VENDORS_SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
VENDORS_MOMENT = "1600112502"
VENDORS_BODY = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",'
    b'"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",'
    b'"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",'
    b'"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)


@pytest.fixture
def desk(tmp_path: Path, kept_in: str) -> Iterator[Desk]:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        transaction.deliveries.intend(letter(), (CASE,), NOW, NOW)
    yield Desk(file)
    file.database.close()


# Whose it is ----------------------------------------------------------------------------------------------------


async def test_what_the_vendors_own_vector_signs_is_taken(desk: Desk) -> None:
    at = datetime.fromtimestamp(int(VENDORS_MOMENT), UTC)
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": VENDORS_SIGNATURE,
        "X-Twilio-Email-Event-Webhook-Timestamp": VENDORS_MOMENT,
    }
    theirs = Desk(desk.file, VENDORS_KEY, at)
    assert (await theirs.bring(VENDORS_BODY, headers)).status_code == 204
    assert (await theirs.bring(VENDORS_BODY.rstrip(), headers)).status_code == 403, "the line end is signed"
    assert (await Desk(desk.file, public(), at).bring(VENDORS_BODY, headers)).status_code == 403, "another key"
    assert theirs.rows() == [], "a mail without a send key is none of ours"


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Twilio-Email-Event-Webhook-Signature": None},
        {"X-Twilio-Email-Event-Webhook-Timestamp": None},
        {"X-Twilio-Email-Event-Webhook-Signature": ""},
        {"X-Twilio-Email-Event-Webhook-Signature": "no base64!"},
        {"X-Twilio-Email-Event-Webhook-Signature": "AAAA"},
        {"X-Twilio-Email-Event-Webhook-Timestamp": "yesterday"},
        {"X-Twilio-Email-Event-Webhook-Timestamp": "9" * 400},
        {"X-Twilio-Email-Event-Webhook-Timestamp": str(int(NOW.timestamp()) + 1)},
    ],
)
async def test_without_a_good_signature_nothing_is_kept(desk: Desk, changed: dict[str, str | None]) -> None:
    body = written(event(OPAQUE, "bounce"))
    headers = {name: value for name, value in {**signed(body, NOW), **changed}.items() if value is not None}
    assert (await desk.bring(body, headers)).status_code == 403
    assert (desk.rows(), desk.told) == ([], [])


async def test_a_body_that_was_changed_is_refused(desk: Desk) -> None:
    body = written(event(OPAQUE, "delivered"))
    assert (await desk.bring(body.replace(b"delivered", b"processed"), signed(body, NOW))).status_code == 403
    assert (await desk.bring(b"\xff" + body, signed(body, NOW))).status_code == 403
    assert desk.rows() == []


async def test_a_signature_counts_for_ten_minutes(desk: Desk) -> None:
    body = written(event(OPAQUE, "delivered"))
    headers = signed(body, NOW)
    for off, status in ((10, 204), (11, 403), (-10, 204), (-11, 403)):
        desk.now = NOW + timedelta(minutes=off)
        assert (await desk.bring(body, headers)).status_code == status


async def test_a_body_of_more_than_a_megabyte_is_refused_unread(desk: Desk) -> None:
    largest = b"[" + b" " * (LARGEST_BODY - 2) + b"]"
    assert (await desk.bring(largest)).status_code == 204
    assert (await desk.bring(largest + b" ")).status_code == 413


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"[{]", b"null", b"[" * 100_000, b"[" + b"1" * 5000 + b"]"])
async def test_what_is_no_list_of_events_is_a_bad_request(desk: Desk, body: bytes) -> None:
    assert (await desk.bring(body)).status_code == 400


@pytest.mark.parametrize(
    "key", ["", "MFkw", public(ec.generate_private_key(ec.SECP384R1())), public(rsa.generate_private_key(65537, 2048))]
)
def test_another_key_than_a_p256_one_is_no_verification_key(key: str) -> None:
    with pytest.raises(ValueError, match="no verification key") as raised:
        SendgridSignature(key)
    assert not key or key not in str(raised.value)


# What is kept ---------------------------------------------------------------------------------------------------


@BOTH
async def test_an_event_is_kept_once_and_without_anything_of_a_person(desk: Desk) -> None:
    for _ in range(2):
        assert await desk.status(event(OPAQUE, "delivered")) == 204
    assert await desk.status(event(OPAQUE, "processed", number=2), event(OPAQUE, "processed", number=2)) == 204
    # 1772000000 is 25 February 2026, 06:13:20 UTC (date -u -d @1772000000).
    at = "2026-02-25T06:13:20.000000+00:00"
    assert desk.rows() == [
        ("ZHJvcC0xMDk5-1", OPAQUE, "delivered", "sendgrid-1", at),
        ("ZHJvcC0xMDk5-2", OPAQUE, "processed", "sendgrid-1", at),
    ]
    assert desk.told == [], "that it was delivered is no message to a case"


@BOTH
async def test_in_whatever_order_events_come_the_last_one_is_the_last_that_happened(desk: Desk) -> None:
    for number, (kind, at) in enumerate([("open", 1_772_000_300), ("delivered", 1_772_000_200), ("processed", 1)]):
        await desk.status(event(OPAQUE, kind, number=number, at=at))
    last = last_report(desk.file, OPAQUE)
    assert last is not None and (last.kind, last.reference) == ("open", "sendgrid-1")
    assert last_report(desk.file, opaque_key("another")) is None


@BOTH
async def test_events_of_a_key_that_nobody_knows_are_kept_and_told_to_nobody(desk: Desk) -> None:
    stranger = opaque_key("of another case file")
    assert await desk.status(event(stranger, "bounce")) == 204
    assert [row[1] for row in desk.rows()] == [stranger]
    assert desk.told == []


async def test_events_that_name_no_mail_of_ours_are_left_out_and_the_others_kept(desk: Desk) -> None:
    odd: list[Mapping[str, object]] = [
        {"event": "account_status_change", "type": "compliance_suspend", "timestamp": 1_772_000_000},
        event("F-1/reminder", "bounce"),
        event(OPAQUE, "bounce", sg_event_id=f"{RECEIVER}\0"),
        event(OPAQUE, "Bounce!"),
        event(OPAQUE, "bounce", timestamp="soon"),
        event(OPAQUE, "bounce", timestamp=True),
        event(OPAQUE, "bounce", timestamp=10**30),
    ]
    assert await desk.status(*odd, event(OPAQUE, "delivered", number=9, sg_message_id=RECEIVER)) == 204
    assert [(row[0], row[3]) for row in desk.rows()] == [("ZHJvcC0xMDk5-9", OPAQUE)], "no address for a name"
    assert desk.told == []


async def test_no_log_and_no_answer_names_a_person(desk: Desk) -> None:
    with capture_logs() as logs:
        body = written(event(OPAQUE, "bounce"))
        answers = [await desk.bring(body), await desk.bring(body, {}), await desk.bring(b'["' + RECEIVER.encode())]
    said = json.dumps(logs) + "".join(answer.text for answer in answers)
    assert [answer.status_code for answer in answers] == [204, 403, 400]
    assert logs[0] == {
        "event": "sendgrid_events",
        "log_level": "info",
        "kept": 1,
        "cases_told": 1,
        "not_ours": 0,
    }
    assert "ochtend" not in said and OPAQUE not in said


async def test_while_the_case_file_does_not_answer_sendgrid_is_to_come_again(desk: Desk) -> None:
    with desk.file.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE mail_events")
    assert await desk.status(event(OPAQUE, "delivered")) == 503


# What is told ---------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("said", [{"kind": "bounce"}, {"kind": "dropped"}, {"kind": "bounce", "type": "blocked"}])
async def test_that_a_mail_did_not_arrive_is_told_to_every_case_of_it(desk: Desk, said: dict[str, Any]) -> None:
    other = CASE.replace("F-1", "F-2")
    with desk.file.write() as transaction:
        furnish(transaction, case_id=other, number="F-2")
        transaction.deliveries.intend(letter(KEY + "+"), (CASE, other), NOW, NOW)
    assert await desk.status(event(opaque_key(KEY + "+"), **said)) == 204
    content = {"id": told_as(event("", said["kind"])), "key": KEY + "+", "status": "bounced"}
    assert desk.told == [(CASE, content), (other, content)]
    assert desk.rows()[0][2] == said.get("type", said["kind"])


@BOTH
async def test_a_known_event_is_told_again_for_the_process_may_have_died_before(desk: Desk) -> None:
    for _ in range(2):
        assert await desk.status(event(OPAQUE, "bounce")) == 204
    with desk.file.read() as transaction:
        assert len(transaction.inbox.waiting(CASE)) == 1, "and it is one message still"


@BOTH
async def test_deliveries_from_before_the_migration_are_found_by_their_hash(desk: Desk) -> None:
    database = Database(desk.file.database.url)
    database.migrate_down("0002")
    database.migrate()
    served = served_by(desk.file, OPAQUE)
    assert served is not None and (served.key, served.case_ids) == (KEY, (CASE,))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET hashed_key = NULL")
    database.close()
    assert served_by(desk.file, OPAQUE) == served, "as a worker of the version before writes them"
    assert served_by(desk.file, opaque_key("another")) is None


# Bounces without our ids ----------------------------------------------------------------------------------------

BOUNCED = {"id": "sendgrid:ZHJvcC0xMDk5-1", "key": KEY, "status": "bounced"}


@BOTH
async def test_a_bounce_without_our_key_finds_its_mail_by_address_and_time(desk: Desk) -> None:
    for _ in range(2):
        assert await desk.status(stray(email=RECEIVER.title())) == 204
    assert desk.told == [(CASE, BOUNCED)] * 2
    assert desk.rows() == [], "and the address is kept nowhere"
    with desk.file.read() as transaction:
        assert len(transaction.inbox.waiting(CASE)) == 1


async def test_of_several_mails_to_an_address_the_last_one_before_it_came_back(desk: Desk) -> None:
    with desk.file.write() as transaction:
        for days in (1, 3):
            at = NOW + timedelta(days=days)
            transaction.deliveries.intend(letter(f"{KEY}+{days}"), (CASE,), at, at)
    assert await desk.status(stray(timestamp=SENT + 2 * 86_400)) == 204
    assert [content["key"] for _, content in desk.told] == [f"{KEY}+1"]


async def test_a_mail_that_never_left_did_not_come_back(desk: Desk) -> None:
    with desk.file.write() as transaction:
        transaction.deliveries.intend(letter(f"{KEY}+"), (CASE,), NOW, NOW + timedelta(seconds=30))
        transaction.deliveries.conclude(f"{KEY}+", "refused", NOW, "")
    assert await desk.status(stray()) == 204
    assert desk.told == [(CASE, BOUNCED)]


@BOTH
async def test_the_providers_name_for_the_mail_is_surer_than_its_time(desk: Desk) -> None:
    other = f"{KEY}+later"
    with desk.file.write() as transaction:
        transaction.deliveries.intend(letter(other), (CASE,), NOW, NOW + timedelta(seconds=30))
    assert await desk.status(event(OPAQUE, "processed")) == 204
    assert await desk.status(stray(sg_message_id="sendgrid-1.other", sg_event_id="late")) == 204
    assert [content["key"] for _, content in desk.told] == [KEY]
    with desk.file.write() as transaction:
        transaction.deliveries.taken_as(other, "sendgrid-2")
    assert await desk.status(stray(sg_message_id="sendgrid-2", sg_event_id="later")) == 204
    assert [content["key"] for _, content in desk.told] == [KEY, other]


@BOTH
@pytest.mark.parametrize("at", [SENT - 3600, SENT + 6 * 86_400])
async def test_where_no_mail_fits_a_person_is_asked_to_mend_the_contact(desk: Desk, at: int) -> None:
    assert await desk.status(stray(timestamp=at)) == 204
    assert desk.told == [(CASE, {"id": "sendgrid:ZHJvcC0xMDk5-1", "task": "fix_contact"})]


async def test_a_bounce_of_an_address_that_we_never_wrote_to_is_not_ours(desk: Desk) -> None:
    with capture_logs() as logs:
        assert await desk.status(stray(email="piet@elders.example"), stray(email="none"), stray("delivered")) == 204
    assert (desk.told, logs[0]["not_ours"]) == ([], 3)


async def test_a_bounce_without_any_id_is_the_same_when_it_comes_again(desk: Desk) -> None:
    nameless = stray()
    del nameless["sg_event_id"]
    for _ in range(2):
        assert await desk.status(nameless) == 204
    assert len(desk.told) == 2 and desk.told[0] == desk.told[1]


# From the time-out to the outcome -------------------------------------------------------------------------------


class Shop:
    """A case with one mail to send, SendGrid beside it, and its events coming in by the webhook."""

    def __init__(self, folder: Path, sendgrid: Vendor) -> None:
        self.work = Workplace(
            folder,
            policy(
                send("reminder", {"after_due": "5d"}, send=["email"]),
                send("second_reminder", {"after_due": "40d"}, send=["email"]),
            ),
        )
        self.sendgrid = sendgrid
        mails = SendgridMail(
            "SG.key", timeout=1.0, now=lambda: self.work.now, url=sendgrid.url, events=events_in(self.work.file)
        )
        self.work.equip(gateways={**self.work.activities.gateways, "email": mails})
        self.desk = Desk(self.work.file)

    async def hear(self, kind: str, number: int = 1) -> int:
        self.desk.now = self.work.now
        key = self.sendgrid.taken[0]["personalizations"][0]["custom_args"]["send_key"]
        return await self.desk.status(event(key, kind, number=number, at=int(self.work.now.timestamp())))


@pytest.fixture
def shop(tmp_path: Path, kept_in: str) -> Iterator[Shop]:
    with vendor(SENDGRID, "https://api.sendgrid.com", lambda: START) as server:
        yield Shop(tmp_path, server)


@BOTH
async def test_timed_out_after_it_was_taken_it_is_found_by_its_event_and_sent_once(shop: Shop) -> None:
    shop.sendgrid.faults = [Drop(taken=True)]
    assert (await shop.work.act()).action == "reconcile"
    assert (shop.work.deliveries()[0].status, shop.work.steps()) == ("unknown", [])
    assert (await shop.work.act()).action == "reconcile", "no event yet proves nothing"
    assert await shop.hear("processed") == 204
    await shop.work.act()
    (sent,) = shop.work.deliveries()
    assert (sent.status, sent.reference, shop.work.steps()) == ("sent", "sendgrid-1", ["reminder email"])
    assert (len(shop.sendgrid.creations), shop.work.tasks()) == (1, [])


async def test_without_any_event_it_is_never_sent_again(shop: Shop) -> None:
    shop.sendgrid.faults = [Drop(taken=True)]
    turn = await shop.work.act()
    while turn.action == "reconcile":
        assert len(shop.sendgrid.creations) == 1
        turn = await shop.work.act()
    # Six hours in which an event may come.
    assert shop.work.now - shop.work.deliveries()[0].intended_at >= timedelta(hours=6)
    assert (shop.work.steps(), shop.work.tasks()[0]) == (["reminder? email"], "settle_send")
    assert len(shop.sendgrid.creations) == 1


@BOTH
async def test_a_mail_that_comes_back_is_a_task_to_mend_the_contact(shop: Shop) -> None:
    await shop.work.act()
    assert (shop.work.steps(), shop.work.tasks()) == (["reminder email"], [])
    assert await shop.hear("delivered") == 204
    await shop.work.advance()
    assert shop.work.tasks() == []
    for _ in range(2):
        assert await shop.hear("bounce", 2) == 204
        await shop.work.advance()
    assert shop.work.tasks() == ["fix_contact"]


@BOTH
async def test_a_mail_that_came_back_before_anybody_knew_it_was_sent_is_both(shop: Shop) -> None:
    shop.sendgrid.faults = [Drop(taken=True)]
    assert (await shop.work.act()).action == "reconcile"
    assert await shop.hear("bounce") == 204
    await shop.work.advance()
    await shop.work.act()
    assert (shop.work.deliveries()[0].status, shop.work.tasks()) == ("sent", ["fix_contact"])
    assert len(shop.sendgrid.creations) == 1


@BOTH
async def test_a_reminder_that_came_back_goes_again_once_the_contact_is_mended(shop: Shop) -> None:
    await shop.work.act()
    shop.desk.now = shop.work.now
    assert await shop.desk.status(stray(timestamp=int(shop.work.now.timestamp()) + 60)) == 204
    await shop.work.advance()
    assert shop.work.tasks() == ["fix_contact"]
    shop.work.later(days=2)
    await shop.work.tell("complete_task", {"task": "fix_contact"})
    await shop.work.act()
    assert (shop.work.steps(), len(shop.sendgrid.creations)) == (["reminder? email", "reminder email"], 2)
    assert [each.issue for each in shop.work.deliveries()] == [1, 2]


# In the worker --------------------------------------------------------------------------------------------------


def settings(monkeypatch: pytest.MonkeyPatch, key: str) -> Settings:
    monkeypatch.setenv("MAANWERK_SENDGRID_WEBHOOK_KEY", key)
    return Settings()


async def test_what_the_door_hears_is_in_the_inbox_and_the_case_is_rung_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    key = settings(monkeypatch, f" {public()}\n").sendgrid_webhook_key
    app = door_app(webhooks(key, desk.file, rung.append, lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://desk") as outside:
        body = written(event(OPAQUE, "bounce"))
        answer = await outside.post(ROUTE, content=body, headers=signed(body, NOW))
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await outside.get(ROUTE)).status_code == 405
    with desk.file.read() as transaction:
        (waiting,) = transaction.inbox.waiting(CASE)
    assert json.loads(waiting.raw or b"") == {"id": told_as(event("", "bounce")), "key": KEY, "status": "bounced"}
    assert rung == [CASE]


@pytest.mark.parametrize("key", ["", "  "])
async def test_without_a_key_there_is_no_route(desk: Desk, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    app = door_app(webhooks(settings(monkeypatch, key).sendgrid_webhook_key, desk.file, lambda _: None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://desk") as outside:
        body = written(event(OPAQUE, "bounce"))
        assert (await outside.post(ROUTE, content=body, headers=signed(body, NOW))).status_code == 404
    assert desk.rows() == []


def test_a_key_that_is_none_is_named_at_the_start_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="sendgrid_webhook_key") as raised:
        settings(monkeypatch, "SG.secret-put-in-the-wrong-place")
    assert "wrong-place" not in str(raised.value)
