"""Twilio's callbacks: only what it signed counts, durable before the answer, in any order, and no number stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from api.webhooks.message_keys import MessageKeys
from api.webhooks.twilio import LARGEST_BODY, MANY_FILTERED
from casefile import feedback_tables as t
from casefile.case_file import CaseFile
from casefile.channel_stops import resume_channel, stopped_channels
from casefile.phone_events import highest_report
from domain.send_key import opaque_key
from tests.casefile.builders import CASE, NOW, furnish, letter, opened
from tests.conftest import DATABASES
from worker.door import door_app, webhooks

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
PUBLIC = "https://hooks.example.nl/maanwerk"
TOKENS = ("new-token", "old-token")
NUMBER = "+31612345678"
SMS, CALL = "SM" + "1" * 32, "CA" + "1" * 32
KEYS = {channel: f"{CASE}/reminder/1/{channel}/finance" for channel in ("sms", "call")}


class Desk:
    """The door over a case file in which a text and a call were handed over."""

    def __init__(self, file: CaseFile) -> None:
        self.file = file
        self.rung: list[str] = []
        keys = MessageKeys(twilio=TOKENS, public_url=PUBLIC)
        self.app = door_app(webhooks(None, file, self.rung.append, lambda: NOW, messages=keys))

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Behind a proxy: nothing of what Twilio called is in what reaches us."""
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8235") as client:
            return await client.post(path, content=body, headers=headers)

    async def bring(
        self, channel: str, form: dict[str, str], *, key: str | None = None, token: str = "new-token", behind: str = ""
    ) -> httpx.Response:
        path = f"/webhooks/twilio/{'message' if channel == 'sms' else 'voice'}"
        path = f"{path}?k={key or opaque_key(KEYS[channel])}"
        signature = RequestValidator(token).compute_signature(PUBLIC + path + behind, form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return await self.post(path, urlencode(form).encode(), headers)

    async def text(self, status: str, code: int | None = None, sid: str = SMS, **more: Any) -> int:
        form = {"MessageSid": sid, "MessageStatus": status, "To": NUMBER, "AccountSid": "AC1"}
        return (await self.bring("sms", form | ({"ErrorCode": str(code)} if code else {}), **more)).status_code

    async def call(self, status: str, **told: str) -> int:
        form = {"CallSid": CALL, "CallStatus": status, "To": NUMBER, **told}
        return (await self.bring("call", form)).status_code

    def told(self) -> list[tuple[str, bytes | None]]:
        with self.file.read() as transaction:
            return [(row.name, row.raw) for row in transaction.inbox.waiting(CASE)]

    def statuses(self) -> list[str]:
        import json

        found = []
        for name, raw in self.told():
            content = json.loads(raw or b"{}")
            found.append(str(content.get("status") or f"{name} {content.get('task')}"))
        return found

    def blocked(self) -> list[tuple[str, str]]:
        with self.file.read() as transaction:
            return [(each.channel, each.address) for each in transaction.blocked.all()]

    def rows(self) -> list[tuple[Any, ...]]:
        with self.file.read() as transaction:
            return [tuple(row) for row in transaction.session.connection.execute(select(t.phone_events).order_by("id"))]


@pytest.fixture
def desk(tmp_path: Path, kept_in: str) -> Iterator[Desk]:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        for channel, key in KEYS.items():
            sent = replace(letter(key), channel=channel, recipient="+31 6 1234 5678", media_type="text/plain")
            transaction.deliveries.intend(sent, (CASE,), NOW, NOW)
    yield Desk(file)
    file.database.close()


# Whose it is ----------------------------------------------------------------------------------------------------


async def test_what_either_token_signs_over_the_public_url_is_taken(desk: Desk) -> None:
    assert await desk.text("sent") == 204
    assert await desk.text("delivered", token="old-token") == 204
    assert await desk.text("read", token="stolen") == 401
    assert [row[4] for row in desk.rows()] == ["delivered", "sent"]


async def test_whether_twilio_signs_what_stands_behind_the_sign_or_not(desk: Desk) -> None:
    assert await desk.text("delivered", behind="#rc=5&rp=all") == 204
    assert await desk.text("read", behind="#rc=9") == 401


@pytest.mark.parametrize("signature", [None, "", "AAAA", "no base64!", "=" * 5000, "\xfc\xfc"])
async def test_without_a_good_signature_nothing_is_kept(desk: Desk, signature: str | None) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    body = urlencode({"MessageSid": SMS, "MessageStatus": "failed"}).encode()
    path = f"/webhooks/twilio/message?k={opaque_key(KEYS['sms'])}"
    answer = await desk.post(path, body, {name: value.encode("latin-1") for name, value in headers.items()})  # type: ignore[misc]
    assert answer.status_code == 401
    assert (desk.rows(), desk.told()) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"MessageSid=%FF",
        b"\xff\xfe",
        b'{"MessageSid": "SM',
        b"MessageSid=" + SMS.encode() + b"&MessageStatus=delivered",
        b"&".join(b"a%d=1" % number for number in range(500)),
    ],
)
async def test_another_body_than_the_one_that_was_signed_is_refused(desk: Desk, body: bytes) -> None:
    path = f"/webhooks/twilio/message?k={opaque_key(KEYS['sms'])}"
    signed = {"MessageSid": SMS, "MessageStatus": "failed"}
    signature = RequestValidator("new-token").compute_signature(PUBLIC + path, signed)
    assert (await desk.post(path, body, {"X-Twilio-Signature": signature})).status_code == 401
    assert desk.rows() == []


async def test_another_query_than_the_one_that_was_signed_is_refused(desk: Desk) -> None:
    form = {"MessageSid": SMS, "MessageStatus": "delivered"}
    signature = RequestValidator("new-token").compute_signature(f"{PUBLIC}/webhooks/twilio/message?k={'a' * 64}", form)
    path = f"/webhooks/twilio/message?k={opaque_key(KEYS['sms'])}"
    assert (await desk.post(path, urlencode(form).encode(), {"X-Twilio-Signature": signature})).status_code == 401


async def test_a_body_that_is_too_large_is_not_read(desk: Desk) -> None:
    for size in (LARGEST_BODY + 1, 5_000_000):
        answer = await desk.post("/webhooks/twilio/message", b"x" * size, {"X-Twilio-Signature": "AAAA"})
        assert answer.status_code == 413


async def test_without_tokens_or_a_public_url_the_routes_are_not_there(desk: Desk) -> None:
    for keys in (MessageKeys(), MessageKeys(twilio=TOKENS), MessageKeys(public_url=PUBLIC)):
        desk.app = door_app(webhooks(None, desk.file, desk.rung.append, lambda: NOW, messages=keys))
        assert await desk.text("delivered") == 404


# What it does ---------------------------------------------------------------------------------------------------


@BOTH
async def test_a_number_that_does_not_exist_is_told_to_the_case_and_used_no_more(desk: Desk) -> None:
    assert await desk.text("undelivered", 30005) == 204
    assert (desk.statuses(), desk.rung) == (["failed"], [CASE])
    assert desk.blocked() == [("call", NUMBER), ("sms", NUMBER)]


async def test_who_opted_out_gets_no_texts_any_more_and_may_be_called(desk: Desk) -> None:
    assert await desk.text("failed", 21610) == 204
    assert desk.blocked() == [("sms", NUMBER)]
    ((_, raw),) = desk.told()
    assert b"the receiver opted out" in (raw or b""), "it stands in the case"


async def test_what_only_we_can_mend_stops_the_channel_and_asks_a_person(desk: Desk) -> None:
    assert await desk.text("failed", 21606) == 204
    assert [(stop.channel, "21606" in stop.reason) for stop in stopped_channels(desk.file)] == [("sms", True)]
    assert (desk.statuses(), desk.blocked()) == (["sender_refused"], [])


async def test_a_filtered_text_asks_a_person_and_from_the_third_within_a_day_the_channel_stands_still(
    desk: Desk,
) -> None:
    for number in range(MANY_FILTERED):
        assert stopped_channels(desk.file) == ()
        key = f"{CASE}/reminder/{number + 2}/sms/finance"
        with desk.file.write() as transaction:
            sent = replace(letter(key), channel="sms", recipient=NUMBER, media_type="text/plain")
            transaction.deliveries.intend(sent, (CASE,), NOW, NOW)
        for _ in range(2):
            sid = f"SM{number}" + "2" * 31
            assert await desk.text("undelivered", 30007, sid, key=opaque_key(key)) == 204
    assert [(stop.channel, "30007" in stop.reason) for stop in stopped_channels(desk.file)] == [("sms", True)]
    assert (desk.statuses(), desk.blocked()) == (["sender_refused"] * MANY_FILTERED, [])


async def test_a_stop_that_was_ended_does_not_come_back_when_it_is_told_again(desk: Desk) -> None:
    await desk.text("failed", 21606)
    assert resume_channel(desk.file, "sms", "els", NOW)
    await desk.text("failed", 21606)
    assert stopped_channels(desk.file) == ()


@BOTH
async def test_statuses_come_in_any_order_and_more_than_once(desk: Desk) -> None:
    for status in ("delivered", "sent", "queued", "delivered", "undelivered", "sent"):
        assert await desk.text(status) == 204
    assert desk.statuses() == ["delivered"], "once, and nothing that comes late says less"
    stands = highest_report(desk.file, opaque_key(KEYS["sms"]))
    assert stands is not None and stands.status == "delivered"


async def test_what_is_under_way_is_kept_and_told_to_nobody(desk: Desk) -> None:
    assert [await desk.text(status) for status in ("queued", "sending", "sent")] == [204] * 3
    assert (len(desk.rows()), desk.told(), desk.rung) == (3, [], [])


@pytest.mark.parametrize(
    ("status", "answered_by", "told"),
    [
        ("completed", "human", "delivered"),
        ("completed", "machine_end_silence", "delivered"),
        ("no-answer", "", "unreached"),
        ("busy", "", "unreached"),
        ("failed", "", "failed"),
    ],
)
async def test_what_became_of_a_call(desk: Desk, status: str, answered_by: str, told: str) -> None:
    assert await desk.call(status, **({"AnsweredBy": answered_by} if answered_by else {})) == 204
    assert desk.statuses() == [told]


async def test_a_status_of_no_message_of_ours_is_kept_and_answered(desk: Desk) -> None:
    assert await desk.text("delivered", key="b" * 64) == 204
    assert (len(desk.rows()), desk.told()) == (1, [])


@pytest.mark.parametrize("key", ["", "short", "A" * 64, "c" * 65])
async def test_what_names_nothing_is_answered_and_not_kept(desk: Desk, key: str) -> None:
    assert await desk.text("delivered", key=key or "-") == 204
    assert await desk.text("teleported") == 204
    assert desk.rows() == []


async def test_neither_the_number_nor_what_was_said_is_kept_or_logged(desk: Desk) -> None:
    with capture_logs() as logs:
        await desk.text("undelivered", 30003)
        await desk.text("delivered", token="stolen")
    assert NUMBER.removeprefix("+") not in f"{logs} {desk.rows()} {desk.told()}"


# When something fails ---------------------------------------------------------------------------------------------


@BOTH
async def test_a_status_and_what_it_does_are_stored_together_or_not_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr("api.webhooks.twilio.accept_once", killed)
        with pytest.raises(KeyboardInterrupt):
            await desk.text("undelivered", 30005)
    assert (desk.rows(), desk.told(), desk.blocked()) == ([], [], [])
    assert await desk.text("undelivered", 30005) == 204
    assert (len(desk.rows()), desk.statuses(), len(desk.blocked())) == (1, ["failed"], 2)


async def test_without_the_case_file_twilio_is_asked_to_come_again(desk: Desk) -> None:
    with desk.file.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE phone_events")
    assert await desk.text("delivered") == 503
