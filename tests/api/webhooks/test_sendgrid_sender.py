"""SendGrid's events about our own sender, and about who does not want our mail; and events under another id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casefile.channel_stops import resume_channel, stopped_channels
from tests.api.signing import RECEIVER, event, told_as
from tests.api.webhooks.sendgrid_desk import OPAQUE, Desk, stray
from tests.casefile.builders import CASE, NOW, furnish, letter, opened
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def desk(tmp_path: Path, kept_in: str) -> Iterator[Desk]:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        transaction.deliveries.intend(letter(), (CASE,), NOW, NOW)
    yield Desk(file)
    file.database.close()


async def test_an_event_that_comes_again_under_another_id_is_told_once(desk: Desk) -> None:
    # sendgrid-nodejs issue 1435: the id changes when it is delivered again.
    for number in (1, 2):
        assert await desk.status(event(OPAQUE, "bounce", number=number)) == 204
    with desk.file.read() as transaction:
        assert len(transaction.inbox.waiting(CASE)) == 1
    assert await desk.status(event(OPAQUE, "bounce", number=3, timestamp=1_772_000_001)) == 204
    with desk.file.read() as transaction:
        assert len(transaction.inbox.waiting(CASE)) == 2, "another moment is another event"


# Our sender, and who does not want our mail ---------------------------------------------------------------------

# What Gmail, Outlook and Yahoo say of a sender; the codes are those that the issue names.
UNAUTHENTICATED: list[dict[str, Any]] = [
    {"reason": "550-5.7.26 This mail has been blocked because the sender is unauthenticated."},
    {"reason": "550 5.7.515 Access denied, sending domain DEVAART.EXAMPLE does not meet the required level"},
    {"reason": "554 5.7.9 Message not accepted for policy reasons.", "type": "blocked"},
    {"reason": "unauthenticated", "status": "5.7.26"},
]


@pytest.mark.parametrize("said", UNAUTHENTICATED)
async def test_that_our_sender_is_set_up_wrong_stops_the_channel_and_says_nothing_of_the_address(
    desk: Desk, said: dict[str, Any]
) -> None:
    assert await desk.status(event(OPAQUE, "bounce", **said)) == 204
    ((case_id, content),) = desk.told
    assert (case_id, content["status"]) == (CASE, "sender_refused")
    (stop,) = stopped_channels(desk.file)
    assert stop.channel == "email" and "SPF, DKIM and DMARC" in stop.reason


@pytest.mark.parametrize(
    "reason", ["550 5.7.1 rejected", "550 15.7.26", "550 5.7.260 odd", "550 5.7.90", "550 5.7.26.1", "5.7.51"]
)
async def test_other_codes_are_about_the_address(desk: Desk, reason: str) -> None:
    assert await desk.status(event(OPAQUE, "bounce", reason=reason)) == 204
    assert [content["status"] for _, content in desk.told] == ["bounced"]
    assert stopped_channels(desk.file) == ()


async def test_what_happened_before_a_person_let_the_channel_go_on_stops_it_no_more(desk: Desk) -> None:
    first = event(OPAQUE, "bounce", reason="550 5.7.26", timestamp=int(NOW.timestamp()) - 60)
    assert await desk.status(first) == 204
    assert resume_channel(desk.file, "email", "els", NOW)
    for again in (first, {**first, "timestamp": int(NOW.timestamp()) - 30}):
        assert await desk.status(again) == 204
    assert stopped_channels(desk.file) == ()
    assert await desk.status({**first, "timestamp": int(NOW.timestamp()) + 30}) == 204
    assert [stop.channel for stop in stopped_channels(desk.file)] == ["email"]


async def test_a_bounce_without_our_key_stops_it_too(desk: Desk) -> None:
    assert await desk.status(stray(reason="550 5.7.515", email="nobody@elsewhere.example")) == 204
    assert stopped_channels(desk.file) == (), "another mail of the account"
    assert await desk.status(stray(reason="550 5.7.515")) == 204
    assert [content["status"] for _, content in desk.told] == ["sender_refused"]
    assert len(stopped_channels(desk.file)) == 1


async def test_an_account_that_may_send_no_more_stops_the_channel(desk: Desk) -> None:
    suspended = {"event": "account_status_change", "type": "compliance_suspend", "timestamp": int(NOW.timestamp())}
    assert await desk.status(suspended) == 204
    assert [stop.channel for stop in stopped_channels(desk.file)] == ["email"]


@BOTH
@pytest.mark.parametrize("kind", ["spamreport", "unsubscribe", "group_unsubscribe"])
async def test_who_does_not_want_our_mail_gets_none_and_a_person_is_asked(desk: Desk, kind: str) -> None:
    for _ in range(2):
        assert await desk.status(event(OPAQUE, kind)) == 204
    assert desk.told == [(CASE, {"id": told_as(event("", kind)), "task": "fix_contact"})] * 2
    with desk.file.read() as transaction:
        assert "our mail" in (transaction.blocked.why("email", RECEIVER.upper()) or "")
        assert transaction.blocked.why("sms", RECEIVER) is None
    assert await desk.status(event(OPAQUE, "group_resubscribe")) == 204
    with desk.file.read() as transaction:
        assert transaction.blocked.why("email", RECEIVER) is None
