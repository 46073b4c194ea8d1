"""One try at telling another system: what it answers is what became of it, whatever it does."""

from __future__ import annotations

import json
import logging
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest

from gateways.subscribers.posting import Answer, Subscriber
from tests.gateways.subscribers.receiver import KEY, receiver

BODY = json.dumps({"type": "case.closed", "timestamp": "2026-03-20T09:00:00Z", "data": {"case": "c"}}).encode()
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


def subscriber(url: str, seconds: float = 5.0) -> Subscriber:
    return Subscriber("erp", url, (KEY,), seconds=seconds, now=lambda: NOW)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_any_status_of_2xx_takes_it(status: int) -> None:
    with receiver() as erp:
        erp.always = status
        assert await subscriber(erp.url).tell("evt_1", BODY) == Answer(True)
        assert (erp.heard, erp.unproved) == ([("evt_1", json.loads(BODY))], 0)


@pytest.mark.parametrize(
    ("status", "gone", "busy"),
    [(301, False, True), (400, False, False), (404, False, True), (410, True, True), (422, False, False)]
    + [(status, False, True) for status in (401, 429, 500, 502, 503)],
)
async def test_any_other_does_not(status: int, gone: bool, busy: bool) -> None:
    with receiver() as erp:
        erp.always, erp.headers = status, {"Location": erp.url}
        answer = await subscriber(erp.url).tell("evt_1", BODY)
        assert answer == Answer(False, gone=gone, busy=busy, problem=f"it answered {status}")
        assert len(erp.heard) == 1, "no redirect is followed"


async def test_how_long_it_asks_to_be_left_alone_is_heard() -> None:
    with receiver() as erp:
        erp.always, erp.headers = 503, {"Retry-After": "120"}
        assert (await subscriber(erp.url).tell("evt_1", BODY)).retry_after == timedelta(minutes=2)


async def test_a_connection_that_is_dropped_after_the_request_was_read_is_no_yes() -> None:
    with receiver() as erp:
        erp.answers = [0]
        answer = await subscriber(erp.url).tell("evt_1", BODY)
        assert (answer.taken, answer.busy, len(erp.heard)) == (False, True, 1)
        assert answer.problem == "it can't be reached: RemoteProtocolError"


async def test_nobody_there_is_no_yes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    answer = await subscriber(f"http://127.0.0.1:{port}/").tell("evt_1", BODY)
    assert (answer.taken, answer.busy) == (False, True)
    assert answer.problem == "it can't be reached: ConnectError"


async def test_one_that_takes_it_and_says_nothing_is_left_in_time() -> None:
    done = threading.Event()
    with receiver() as erp:
        erp.before = lambda: bool(done.wait(30))
        answer = await subscriber(erp.url, seconds=0.2).tell("evt_1", BODY)
        done.set()
    assert answer == Answer(False, busy=True, problem="it does not answer in time")


async def test_its_address_comes_into_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with receiver() as erp, caplog.at_level(logging.DEBUG):
        told = subscriber(f"{erp.url}/sesame")
        await told.tell("evt_1", BODY)
        assert "sesame" not in caplog.text and "sesame" not in repr(told)
