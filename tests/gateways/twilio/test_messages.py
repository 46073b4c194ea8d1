"""Text messages through Twilio: never at night, each answer means one outcome, and what was sent is found."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import pytest
import requests

from gateways.twilio.account import LISTED_AT_MOST, LISTED_WITHIN
from gateways.twilio.calls import TwilioCalls
from gateways.twilio.messages import TwilioMessages
from services.ports import (
    CannotTell,
    Found,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Refused,
    SendFailure,
    Sent,
)
from tests.gateways.loopback_vendor import (
    ACCOUNT,
    TWILIO,
    Answer,
    Drop,
    Fault,
    Hang,
    Vendor,
    complaint,
    nobody,
    silent_host,
    slamming_host,
    specification_folder,
    vendor,
)
from tests.gateways.overhearing import overhearing
from tests.gateways.twilio.builders import HOST, NOW, PERSONAL, SENDER, TEXT, TO, TOKEN, Desk, key, outgoing

SMS = outgoing("sms")
FIRST = "SM" + "1".zfill(32)


@pytest.fixture
def twilio() -> Iterator[Vendor]:
    with vendor(TWILIO, HOST, lambda: NOW) as server:
        yield server


@pytest.fixture
def desk(twilio: Vendor) -> Desk:
    return Desk(twilio.url)


async def failure(way: TwilioMessages | TwilioCalls, message: Outgoing = SMS) -> SendFailure:
    with pytest.raises(SendFailure) as raised:
        await way.send(message)
    return raised.value


def error(status: int, code: int | None, headers: dict[str, str] | None = None) -> Answer:
    """An error as Twilio puts it; its sentences quote the number."""
    body = {"code": code, "message": f"The 'To' number {TO} is not good", "status": status, "more_info": "https://…"}
    return Answer(status, body if code else None, headers or {})


# What is sent -----------------------------------------------------------------------------------------------


async def test_a_text_that_is_taken_has_twilios_own_name(twilio: Vendor, desk: Desk) -> None:
    assert await desk.messages().send(SMS) == Sent(FIRST)
    (asked,) = twilio.asked
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert asked.headers["Authorization"] == "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert asked.form == {"To": TO, "From": SENDER, "Body": TEXT, "ValidityPeriod": "14400"}


async def test_a_messaging_service_is_named_as_one_and_a_name_as_a_name(twilio: Vendor, desk: Desk) -> None:
    service = "MG" + "a" * 32
    await desk.messages(sender=service).send(SMS)
    await desk.messages(sender="MG Bakkers").send(SMS)
    named = [(asked.form.get("MessagingServiceSid"), asked.form.get("From")) for asked in twilio.asked]
    assert named == [(service, None), (None, "MG Bakkers")]


@pytest.mark.skipif(
    specification_folder() is None, reason="CONFORMANCE_DATA does not say where Twilio's specification is"
)
async def test_requests_are_held_to_the_vendors_specification(twilio: Vendor, desk: Desk) -> None:
    await desk.messages().send(SMS)
    desk.handed_over(SMS)
    await desk.messages().find(SMS.key, since=NOW)
    sending, listing = twilio.asked
    assert [complaint(TWILIO, HOST, asked) for asked in (sending, listing)] == [None, None]
    assert complaint(TWILIO, HOST, replace(sending, body=sending.body.replace(b"To=", b"Too=")))
    assert complaint(TWILIO, HOST, replace(sending, body=sending.body.replace(b"=14400", b"=long")))
    assert complaint(TWILIO, HOST, replace(listing, query={"PageSize": "1001"}))


@pytest.mark.parametrize("written", ["+31612345678", "+31 6 12 34 56 78", "+31-6-12345678", "+31 (6) 1234.5678"])
async def test_a_number_is_called_as_twilio_writes_it(twilio: Vendor, desk: Desk, written: str) -> None:
    await desk.messages().send(outgoing("sms", written))
    assert twilio.asked[0].form["To"] == TO


@pytest.mark.parametrize(
    "to", ["+31 900 1234567", "+31 0906 1234", "+32 70 12 34 56", "+870 773 111 632", "+31 800 1234"]
)
async def test_a_number_that_nobody_may_text_is_refused_before_anybody_is_called(
    twilio: Vendor, desk: Desk, to: str
) -> None:
    for refused in (
        await failure(desk.messages(), outgoing("sms", to)),
        await failure(desk.calls(), outgoing("call", to)),
    ):
        assert isinstance(refused, Refused)
        assert re.fullmatch(r"twilio: the number is a [a-z -]+, and was not used", refused.reason)
    assert twilio.asked == []


@pytest.mark.parametrize(
    "written", ["0612345678", "", "+", "+31", "+0612345678", "+31 6 ١٢٣٤٥٦٧٨", "els@ochtend.example"]
)
async def test_a_number_without_a_country_is_refused_before_anybody_is_called(
    twilio: Vendor, desk: Desk, written: str
) -> None:
    assert isinstance(await failure(desk.messages(), outgoing("sms", written)), Refused)
    assert twilio.asked == []


@pytest.mark.parametrize(
    "message",
    [
        replace(SMS, content=b"\xff\xfe"),
        replace(SMS, content=b" \n"),
        replace(SMS, channel="call"),
        replace(SMS, media_type="application/pdf"),
    ],
)
async def test_what_is_no_text_message_is_refused_before_anybody_is_called(
    twilio: Vendor, desk: Desk, message: Outgoing
) -> None:
    assert isinstance(await failure(desk.messages(), message), Refused)
    assert twilio.asked == []


# Nights -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("utc", "seconds"),
    [
        # Amsterdam is one hour ahead in winter, two in summer (from 29 March 2026).
        ("2026-03-06 06:00", 14400),
        ("2026-03-06 15:00", 14400),
        ("2026-03-06 17:30", 5400),
        ("2026-03-06 18:59", 60),
        ("2026-07-06 17:00", 3600),
    ],
)
async def test_what_is_not_delivered_by_eight_in_the_evening_is_dropped(
    twilio: Vendor, desk: Desk, utc: str, seconds: int
) -> None:
    desk.now = datetime.fromisoformat(f"{utc}+00:00")
    await desk.messages().send(SMS)
    assert twilio.asked[0].form["ValidityPeriod"] == str(seconds)


@pytest.mark.parametrize(
    ("utc", "opening"),
    [
        ("2026-03-06 18:59:30", "2026-03-07 06:00"),
        ("2026-03-06 19:00", "2026-03-07 06:00"),
        ("2026-03-06 23:30", "2026-03-07 06:00"),
        ("2026-03-07 05:59:59", "2026-03-07 06:00"),
        ("2026-03-28 22:00", "2026-03-29 05:00"),
    ],
)
async def test_at_night_nobody_gets_a_text_and_it_goes_in_the_morning(
    twilio: Vendor, desk: Desk, utc: str, opening: str
) -> None:
    desk.now = datetime.fromisoformat(f"{utc}+00:00")
    later = await failure(desk.messages())
    assert isinstance(later, NotTaken)
    assert later.retry_after is not None
    assert desk.now + later.retry_after == datetime.fromisoformat(f"{opening}+00:00")
    assert twilio.asked == []


# What answers mean ------------------------------------------------------------------------------------------


Kind = Literal["later", "operator", "never", "unknown"]


def kind_of(failed: SendFailure) -> Kind:
    match failed:
        case NotTaken():
            return "operator" if failed.retry_after == timedelta(hours=1) else "later"
        case Refused():
            return "never"
        case _:
            assert isinstance(failed, OutcomeUnknown)
            return "unknown"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 20003, "operator"),
        (404, 20404, "operator"),
        (429, 20429, "later"),
        (503, 20503, "later"),
        (500, 20500, "unknown"),
        (400, 21211, "never"),
        (400, 21214, "never"),
        (400, 21217, "never"),
        (400, 21401, "never"),
        (400, 21603, "operator"),
        (400, 21606, "operator"),
        (400, 21608, "operator"),
        (400, 21610, "never"),
        (400, 21612, "operator"),
        (400, 21614, "never"),
        (400, 21617, "never"),
        (400, 21659, "operator"),
        (400, 30001, "later"),
        (400, 30002, "operator"),
        (400, 30003, "later"),
        (400, 30004, "never"),
        (400, 30005, "never"),
        (400, 30006, "never"),
        (400, 30007, "never"),
        (400, 30008, "later"),
        (400, 30036, "later"),
        (400, 30410, "later"),
        # Without a code of Twilio's, as from a machine in front of it.
        (400, None, "never"),
        (401, None, "operator"),
        (403, None, "operator"),
        (404, None, "operator"),
        (429, None, "later"),
        (500, None, "unknown"),
        (502, None, "unknown"),
        (503, None, "unknown"),
        (504, None, "unknown"),
        # The status decides where it says that nobody knows.
        (502, 21211, "unknown"),
        (500, 30008, "unknown"),
        # A code that is not known.
        (400, 21999, "never"),
    ],
)
async def test_each_error_means_one_outcome(
    twilio: Vendor, desk: Desk, status: int, code: int | None, kind: Kind
) -> None:
    twilio.faults = [error(status, code)]
    assert kind_of(await failure(desk.messages())) == kind
    assert len(twilio.asked) == 1, "and it is not tried again"


@pytest.mark.parametrize(
    ("status", "code", "stops"), [(400, 21606, True), (400, 21659, True), (403, None, False), (400, 30003, False)]
)
async def test_a_sender_that_is_set_up_wrong_would_be_refused_for_others_too(
    twilio: Vendor, desk: Desk, status: int, code: int | None, stops: bool
) -> None:
    twilio.faults = [error(status, code)]
    refused = await failure(desk.messages())
    assert isinstance(refused, NotTaken)
    assert refused.stops is stops


async def test_an_error_in_the_newer_form_means_the_same(twilio: Vendor, desk: Desk) -> None:
    """RFC 9457, as the library reads it too."""
    twilio.faults = [Answer(400, {"type": "https://…", "title": "Bad number", "status": 400, "code": 21614})]
    assert kind_of(await failure(desk.messages())) == "never"


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (503, 20503)])
async def test_too_many_requests_waits_as_long_as_it_says(twilio: Vendor, desk: Desk, status: int, code: int) -> None:
    twilio.faults = [error(status, code, {"Retry-After": "90"})]
    later = await failure(desk.messages())
    assert isinstance(later, NotTaken)
    assert later.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("fault", [Hang(taken=False), Hang(taken=True), Drop(taken=False), Drop(taken=True)], ids=str)
async def test_no_answer_is_an_unknown_outcome(twilio: Vendor, desk: Desk, fault: Fault) -> None:
    twilio.faults = [fault]
    desk.timeout = 0.2
    assert kind_of(await failure(desk.messages())) == "unknown"
    assert len(twilio.asked) == 1


@pytest.mark.parametrize("body", [None, [], "taken", {"status": "queued"}])
async def test_an_answer_that_makes_no_sense_is_an_unknown_outcome(twilio: Vendor, desk: Desk, body: object) -> None:
    twilio.faults = [Answer(201, body)]
    assert kind_of(await failure(desk.messages())) == "unknown"


async def test_a_connection_that_ends_while_the_text_is_written_is_an_unknown_outcome() -> None:
    with slamming_host() as url:
        assert kind_of(await failure(Desk(url).messages(), outgoing("sms", text="x" * 5_000_000))) == "unknown"


async def test_a_refused_connection_took_nothing() -> None:
    with nobody() as url:
        assert kind_of(await failure(Desk(url).messages())) == "later"


async def test_a_connection_that_never_came_about_took_nothing() -> None:
    with silent_host() as url:
        assert kind_of(await failure(Desk(url, timeout=0.2).messages())) == "later"


async def test_a_name_that_nobody_knows_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert kind_of(await failure(Desk("https://twilio.invalid").messages())) == "later"


async def test_a_redirect_is_not_followed_with_the_token(twilio: Vendor, desk: Desk) -> None:
    twilio.faults = [Answer(307, None, {"Location": f"{twilio.url}/elsewhere"})]
    assert kind_of(await failure(desk.messages())) == "operator"
    assert len(twilio.asked) == 1


# Finding ----------------------------------------------------------------------------------------------------


async def unknown(twilio: Vendor, desk: Desk, fault: Fault) -> None:
    """A text whose answer never came."""
    desk.handed_over(SMS)
    twilio.faults = [fault]
    await failure(desk.messages())


async def test_what_was_taken_is_found_at_once(twilio: Vendor, desk: Desk) -> None:
    await unknown(twilio, desk, Drop(taken=True))
    assert await desk.messages().find(SMS.key, since=NOW) == Found(FIRST)
    assert twilio.asked[-1].query["To"] == TO


async def test_what_was_not_taken_is_not_there_once_the_list_must_show_it(twilio: Vendor, desk: Desk) -> None:
    await unknown(twilio, desk, Drop(taken=False))
    desk.now = NOW + LISTED_WITHIN - timedelta(seconds=1)
    assert isinstance(await desk.messages().find(SMS.key, since=NOW), CannotTell)
    desk.now = NOW + LISTED_WITHIN
    assert await desk.messages().find(SMS.key, since=NOW) == NotThere()


@pytest.mark.parametrize(
    "listing", [Answer(500), Answer(429), Answer(401), Answer(200, {"strange": 1, "more": 2})], ids=str
)
async def test_a_list_that_cannot_be_read_shows_nothing(twilio: Vendor, desk: Desk, listing: Answer) -> None:
    await unknown(twilio, desk, Drop(taken=False))
    desk.later(hours=1)
    twilio.listing = listing
    assert isinstance(await desk.messages().find(SMS.key, since=NOW), CannotTell)


async def test_without_a_connection_nothing_is_found(desk: Desk) -> None:
    desk.handed_over(SMS)
    desk.later(hours=1)
    with nobody() as url:
        desk.url = url
        assert isinstance(await desk.messages().find(SMS.key, since=NOW), CannotTell)


async def test_what_nobody_handed_over_cannot_be_told(desk: Desk) -> None:
    desk.later(hours=1)
    assert isinstance(await desk.messages().find(key("sms"), since=NOW), CannotTell)


async def test_an_older_text_with_the_same_words_is_another_one(twilio: Vendor, desk: Desk) -> None:
    twilio.taken = [Vendor.record("SM" + "f" * 32, {"To": TO, "Body": TEXT}, NOW - timedelta(days=7))]
    desk.handed_over(SMS)
    desk.later(hours=1)
    assert await desk.messages().find(SMS.key, since=NOW) == NotThere()


async def test_what_belongs_to_another_send_key_is_another_one(twilio: Vendor, desk: Desk) -> None:
    twilio.taken = [Vendor.record("SM" + "f" * 32, {"To": TO, "Body": TEXT}, NOW)]
    desk.handed_over(SMS, "SM" + "f" * 32)
    desk.later(hours=1)
    assert await desk.messages().find(SMS.key, since=NOW) == NotThere()


async def test_another_text_that_nothing_explains_leaves_it_open(twilio: Vendor, desk: Desk) -> None:
    """Twilio may have redacted it, or replaced signs in it."""
    twilio.taken = [Vendor.record("SM" + "f" * 32, {"To": TO, "Body": ""}, NOW)]
    desk.handed_over(SMS)
    desk.later(hours=1)
    assert isinstance(await desk.messages().find(SMS.key, since=NOW), CannotTell)


async def test_it_is_found_on_a_later_page_too(twilio: Vendor, desk: Desk) -> None:
    await unknown(twilio, desk, Drop(taken=True))
    newer = [
        Vendor.record(f"SM{n:032x}", {"To": TO, "Body": f"later {n}"}, NOW + timedelta(hours=2)) for n in range(9, 16)
    ]
    twilio.taken = [*newer, *twilio.taken]
    twilio.page_size = 3
    assert await desk.messages().find(SMS.key, since=NOW) == Found(FIRST)


async def test_a_list_that_is_too_long_shows_no_absence(twilio: Vendor, desk: Desk) -> None:
    old = NOW - timedelta(days=9)
    twilio.taken = [Vendor.record(f"SM{n:032x}", {"To": TO, "Body": "x"}, old) for n in range(1, LISTED_AT_MOST + 2)]
    desk.handed_over(SMS)
    desk.later(hours=1)
    assert isinstance(await desk.messages().find(SMS.key, since=NOW), CannotTell)


# Silence ----------------------------------------------------------------------------------------------------


async def test_no_secret_and_nothing_personal_is_logged_or_said(
    twilio: Vendor, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.timeout = 0.2
    desk.handed_over(SMS)
    way = desk.messages()
    twilio.faults = [
        error(400, 21211),
        error(401, 20003),
        error(429, 20429),
        error(500, 20500),
        Hang(True),
        Drop(False),
    ]
    with overhearing() as heard:
        for _ in range(6):
            heard.note(await failure(way))
        heard.note(await failure(way, outgoing("sms", "0612345678")))
        with nobody() as url:
            heard.note(await failure(Desk(url).messages()))
            unreachable = Desk(url, sought=desk.sought).messages()
            heard.said.append(str(await unreachable.find(SMS.key, since=NOW)))
        desk.timeout = 5.0
        way = desk.messages()
        await way.send(SMS)
        await way.find(SMS.key, since=NOW)
        twilio.listing = Answer(500, {"message": TEXT})
        heard.said.append(str(await way.find(SMS.key, since=NOW)))
        heard.said.append(repr(desk.account))
        with nobody() as url, pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=5)
    assert heard.words("Starting new HTTP connection") != [], "the HTTP library is heard, but for our calls"
    assert heard.words(TOKEN, ACCOUNT, SMS.key, "612345678", "%2B31", *PERSONAL) == []
    printed = "".join(capfd.readouterr())
    assert [word for word in (TOKEN, *PERSONAL) if word in printed] == []


def test_a_token_never_goes_over_an_open_line() -> None:
    with pytest.raises(ValueError, match="https://"):
        _ = Desk("http://api.twilio.com").account
