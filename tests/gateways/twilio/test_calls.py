"""Calls through Twilio: a short text, to a voice mail too, and never at night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from gateways.twilio.account import LISTED_WITHIN
from gateways.twilio.calls import TwilioCalls
from services.ports import CannotTell, Found, NotTaken, NotThere, OutcomeUnknown, Outgoing, Refused, SendFailure, Sent
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
    specification_folder,
    vendor,
)
from tests.gateways.overhearing import overhearing
from tests.gateways.twilio.builders import HOST, NOW, PERSONAL, SENDER, TEXT, TO, TOKEN, Desk, outgoing

CALL = outgoing("call")
FIRST = "CA" + "1".zfill(32)


@pytest.fixture
def twilio() -> Iterator[Vendor]:
    with vendor(TWILIO, HOST, lambda: NOW) as server:
        yield server


@pytest.fixture
def desk(twilio: Vendor) -> Desk:
    return Desk(twilio.url)


async def failure(way: TwilioCalls, message: Outgoing = CALL) -> SendFailure:
    with pytest.raises(SendFailure) as raised:
        await way.send(message)
    return raised.value


async def test_a_call_says_the_text_and_ends(twilio: Vendor, desk: Desk) -> None:
    assert await desk.calls().send(CALL) == Sent(FIRST)
    (asked,) = twilio.asked
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    form = asked.form
    spoken = ElementTree.fromstring(form.pop("Twiml"))
    assert [(part.tag, part.text, part.attrib) for part in spoken] == [
        ("Say", TEXT, {"language": "nl-NL"}),
        ("Hangup", None, {}),
    ]
    # DetectMessageEnd: what Twilio has for leaving a message after the tone of a voice mail.
    assert form == {
        "To": TO,
        "From": SENDER,
        "MachineDetection": "DetectMessageEnd",
        "Timeout": "30",
        "TimeLimit": "120",
    }


@pytest.mark.skipif(
    specification_folder() is None, reason="CONFORMANCE_DATA does not say where Twilio's specification is"
)
async def test_requests_are_held_to_the_vendors_specification(twilio: Vendor, desk: Desk) -> None:
    await desk.calls().send(CALL)
    desk.handed_over(CALL)
    await desk.calls().find(CALL.key, since=NOW)
    calling, listing = twilio.asked
    assert [complaint(TWILIO, HOST, asked) for asked in (calling, listing)] == [None, None]
    assert complaint(TWILIO, HOST, replace(calling, body=calling.body.replace(b"From=", b"Form=")))


async def test_a_text_that_is_too_long_for_a_call_is_refused(twilio: Vendor, desk: Desk) -> None:
    """Twilio takes 4000 characters of instructions."""
    assert isinstance(await failure(desk.calls(), outgoing("call", text="x" * 4000)), Refused)
    assert twilio.asked == []


@pytest.mark.parametrize(
    ("utc", "again"),
    [
        ("2026-03-06 18:58", "2026-03-06 19:00"),
        ("2026-03-06 19:00", "2026-03-07 06:00"),
        ("2026-03-07 04:00", "2026-03-07 06:00"),
    ],
)
async def test_nobody_is_called_at_night_nor_so_late_that_it_becomes_night(
    twilio: Vendor, desk: Desk, utc: str, again: str
) -> None:
    desk.now = datetime.fromisoformat(f"{utc}+00:00")
    later = await failure(desk.calls())
    assert isinstance(later, NotTaken)
    assert later.retry_after is not None
    assert desk.now + later.retry_after == datetime.fromisoformat(f"{again}+00:00")
    assert twilio.asked == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Answer(400, {"code": 21217, "message": TO}), Refused),
        (Answer(401, {"code": 20003, "message": "no"}), NotTaken),
        (Answer(429, {"code": 20429, "message": "slower"}, {"Retry-After": "5"}), NotTaken),
        (Answer(500, {"code": 20500, "message": "oh"}), OutcomeUnknown),
        (Answer(502), OutcomeUnknown),
        (Hang(taken=True), OutcomeUnknown),
        (Drop(taken=False), OutcomeUnknown),
    ],
    ids=str,
)
async def test_each_error_means_one_outcome(
    twilio: Vendor, desk: Desk, fault: Fault, outcome: type[SendFailure]
) -> None:
    twilio.faults = [fault]
    desk.timeout = 0.2 if isinstance(fault, Hang) else 5.0
    assert type(await failure(desk.calls())) is outcome
    assert len(twilio.asked) == 1


async def test_a_call_whose_answer_never_came_is_found_by_number_and_moment(twilio: Vendor, desk: Desk) -> None:
    desk.handed_over(CALL)
    twilio.faults = [Drop(taken=True)]
    await failure(desk.calls())
    assert await desk.calls().find(CALL.key, since=NOW) == Found(FIRST)


async def test_a_call_that_was_never_made_is_not_there_once_the_list_must_show_it(twilio: Vendor, desk: Desk) -> None:
    twilio.taken = [
        Vendor.record("CA" + "e" * 32, {"To": TO, "From": SENDER}, NOW),
        Vendor.record("CA" + "f" * 32, {"To": TO, "From": SENDER}, NOW - timedelta(days=3)),
    ]
    desk.handed_over(CALL, "CA" + "e" * 32)
    twilio.faults = [Drop(taken=False)]
    await failure(desk.calls())
    assert isinstance(await desk.calls().find(CALL.key, since=NOW), CannotTell)
    desk.now = NOW + LISTED_WITHIN
    assert await desk.calls().find(CALL.key, since=NOW) == NotThere()


async def test_a_call_that_a_person_put_through_leaves_it_open(twilio: Vendor, desk: Desk) -> None:
    through = Vendor.record("CA" + "e" * 32, {"To": TO, "From": SENDER}, NOW)
    twilio.taken = [{**through, "direction": "outbound-dial"}]
    desk.handed_over(CALL)
    desk.later(hours=1)
    assert isinstance(await desk.calls().find(CALL.key, since=NOW), CannotTell)


async def test_no_secret_and_nothing_personal_is_logged_or_said(twilio: Vendor, desk: Desk) -> None:
    desk.timeout = 0.2
    desk.handed_over(CALL)
    twilio.faults = [Answer(400, {"code": 21217, "message": f"{TO} is bad"}), Hang(taken=True)]
    with overhearing() as heard:
        heard.note(await failure(desk.calls()))
        heard.note(await failure(desk.calls()))
        with nobody() as url:
            heard.note(await failure(Desk(url).calls()))
        desk.timeout = 5.0
        await desk.calls().send(CALL)
        await desk.calls().find(CALL.key, since=NOW)
    assert heard.words(TOKEN, ACCOUNT, CALL.key, "612345678", *PERSONAL) == []
