"""The door: webhooks are taken in a process of their own, and whatever is done to it the cases go on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.service import RPCError, RPCStatusCode

from api.serving.server import listener_at
from api.webhooks.sendgrid import LARGEST_BODY
from casefile.case_file import CaseFile
from casefile.provider_events import unread_events
from config.addresses import AddressTaken
from config.connection_limits import WEBHOOKS
from config.settings import Settings
from domain.send_key import opaque_key
from engine.dispatcher import Dispatcher
from engine.embedded import free_port
from engine.rung_cases import RungCases
from tests.api.signing import event, public, signed, told_as, written
from tests.casefile.builders import CASE, NOW, furnish, letter, opened
from tests.conftest import DATABASES
from tests.engine.server import quick_server
from tests.worker.forked_keeping import kept
from tests.worker.paying import SECRET, intent, stripe_event
from tests.worker.paying import signed as signed_by_stripe
from worker.door import DoorWork
from worker.doorkeeping import Door, open_door
from worker.process import serve

__all__ = ["kept"]

pytestmark = pytest.mark.usefixtures("kept")

ROUTE = "/webhooks/sendgrid"
OPAQUE = opaque_key(f"{CASE}/reminder/1/email/finance")
PATIENCE = 60.0
BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
HALF_OPEN = b"POST /webhooks/sendgrid HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\n["


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
        transaction.deliveries.intend(letter(), (CASE,), NOW, NOW)
    yield found
    found.database.close()


@pytest.fixture
def settings(tmp_path: Path, file: CaseFile) -> Settings:
    return Settings(
        database=file.database.url,
        outbox=tmp_path / "outbox",
        task_queue="door",
        http=f"127.0.0.1:{free_port()}",
        webhooks=f"127.0.0.1:{free_port()}",
        webhooks_connections=40,
        webhooks_connections_per_address=30,
        sendgrid_webhook_key=public(),
    )


@dataclass
class Ears:
    """Takes nudges, and may fail or hang at it."""

    file: CaseFile
    nudged: list[str] = field(default_factory=list)
    problem: Exception | None = None
    hangs: bool = False

    def has_waiting(self, case_id: str) -> bool:
        with self.file.read() as transaction:
            return bool(transaction.inbox.waiting(case_id))

    async def nudge(self, case_id: str) -> None:
        self.nudged.append(case_id)
        if self.hangs:
            await asyncio.Event().wait()
        if self.problem is not None:
            raise self.problem


async def until(true: Callable[[], bool], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not true():
        assert asyncio.get_running_loop().time() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.02)


async def bring(address: str | None, number: int = 1, *, host: str = "127.0.0.1") -> int:
    """Post a bounce as SendGrid does; the status."""
    body = written(event(OPAQUE, "bounce", number=number, at=1_771_999_999 + number))
    # No certificate is asked for: reading those of all authorities would take longer than the request.
    transport = httpx.AsyncHTTPTransport(local_address=host, verify=False)
    async with httpx.AsyncClient(transport=transport, timeout=PATIENCE) as client:
        answer = await client.post(f"http://{address}{ROUTE}", content=body, headers=signed(body, datetime.now(UTC)))
        return answer.status_code


async def status(address: str | None, path: str, method: str = "GET") -> int:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE, verify=False) as client:
        return (await client.request(method, f"http://{address}{path}")).status_code


def flood(address: str | None, number: int) -> list[socket.socket]:
    """Half-open posts; some may be closed by the other side already."""
    host, _, port = (address or "").rpartition(":")
    opened = [socket.create_connection((host, int(port))) for _ in range(number)]
    for each in opened:
        with contextlib.suppress(ConnectionError):
            each.sendall(HALF_OPEN)
    return opened


def waiting(file: CaseFile) -> list[dict[str, object]]:
    with file.read() as transaction:
        return [json.loads(row.raw or b"") for row in transaction.inbox.waiting(CASE)]


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def pid(door: Door) -> int:
    assert door.process is not None
    return door.process.pid


@asynccontextmanager
async def opened_door(settings: Settings, ears: Ears) -> AsyncIterator[Door]:
    async with open_door(settings, ears) as door:
        assert door is not None
        await until(lambda: door.process is not None, "it was started")
        yield door


@BOTH
async def test_what_is_told_is_in_the_inbox_before_the_answer_and_the_case_is_nudged(
    file: CaseFile, settings: Settings
) -> None:
    ears = Ears(file)
    async with opened_door(settings, ears) as door:
        assert await bring(settings.webhooks) == 204
        assert [each["id"] for each in waiting(file)] == [told_as(event("", "bounce"))]
        await until(lambda: ears.nudged == [CASE], "the case was nudged")
        process = pid(door)
    assert not lives(process)


@BOTH
async def test_what_a_payment_provider_posts_is_kept_and_the_reader_is_rung(file: CaseFile, settings: Settings) -> None:
    told: list[bool] = []
    paying = settings.model_copy(update={"stripe_webhook_secret": SecretStr(SECRET)})
    body = json.dumps(stripe_event("payment_intent.succeeded", intent(1000)))
    async with open_door(paying, Ears(file), lambda: told.append(True)) as door:
        assert door is not None
        await until(lambda: door.process is not None, "it was started")
        transport = httpx.AsyncHTTPTransport(verify=False)
        async with httpx.AsyncClient(transport=transport, timeout=PATIENCE) as client:
            url = f"http://{paying.webhooks}/webhooks/stripe"
            answer = await client.post(url, content=body, headers=signed_by_stripe(body, datetime.now(UTC)))
            refused = await client.post(url, content=body)
        assert (answer.status_code, refused.status_code) == (200, 401)
        await until(lambda: bool(told), "the reader was rung")
    with file.read() as transaction:
        assert [each.provider for each in unread_events(transaction.session)] == ["stripe"]


@pytest.mark.parametrize("fault", [RPCError("away", RPCStatusCode.UNAVAILABLE, b""), RuntimeError("lost"), None])
async def test_a_temporal_that_is_away_or_hangs_holds_up_no_answer(
    file: CaseFile, settings: Settings, fault: Exception | None
) -> None:
    ears = Ears(file, problem=fault, hangs=fault is None)
    async with opened_door(settings, ears):
        for number in range(20):
            assert await bring(settings.webhooks, number) == 204
        assert len(waiting(file)) == 20
        await until(lambda: CASE in ears.nudged, "it was tried")


async def test_webhooks_are_on_one_port_and_the_pages_on_the_other(file: CaseFile, settings: Settings) -> None:
    async with working(file, settings):
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await status(settings.http, path), await status(settings.webhooks, path)) == (200, 404)
        assert await status(settings.http, ROUTE, "POST") == 404
        assert await status(settings.webhooks, ROUTE, "POST") == 403
        assert await status(settings.webhooks, ROUTE) == 405


@asynccontextmanager
async def working(file: CaseFile, settings: Settings) -> AsyncIterator[Dispatcher]:
    """A whole worker with its door."""
    stop, ready = asyncio.Event(), asyncio.Event()
    async with quick_server() as client:
        serving = asyncio.create_task(serve(client, file, settings, stop, ready=ready.set))
        try:
            await asyncio.wait(
                (serving, waits := asyncio.create_task(ready.wait())), return_when=asyncio.FIRST_COMPLETED
            )
            waits.cancel()
            yield Dispatcher(client, file, settings.task_queue)
        finally:
            stop.set()
            await serving


@BOTH
async def test_under_half_open_posts_health_answers_real_posts_are_taken_and_the_cases_go_on(
    file: CaseFile, settings: Settings
) -> None:
    async with working(file, settings) as dispatcher:
        assert await bring(settings.webhooks, 1) == 204
        opened = flood(settings.webhooks, 300) + flood(settings.http, 300)
        try:
            for number in range(2, 7):
                assert await status(settings.http, "/healthz") == 200
                assert await status(settings.http, "/readyz") == 200
                assert await bring(settings.webhooks, number) == 204
                assert await bring(settings.webhooks, number + 100, host="127.0.0.2") == 204
                await dispatcher.tell(CASE, "pause", {"id": f"p{number}"}, f"p{number}")
            await until(lambda: waiting(file) == [], "all was booked, by nudges: the sweep is a minute away")
        finally:
            for each in opened:
                each.close()


async def test_a_door_that_is_killed_comes_back_and_the_worker_goes_on(file: CaseFile, settings: Settings) -> None:
    ears = Ears(file)
    with capture_logs() as log:
        async with opened_door(settings, ears) as door:
            assert await bring(settings.webhooks) == 204
            first = pid(door)
            os.kill(first, signal.SIGKILL)
            # Who comes while it is away waits in the queue of the system.
            assert await bring(settings.webhooks, 2) == 204
            assert pid(door) != first
    (ended,) = [each for each in log if each["event"] == "door_ended"]
    assert (ended["log_level"], ended["reason"]) == ("warning", "exit code -9")


async def test_a_door_that_can_not_open_the_case_file_is_tried_again_until_it_can(
    file: CaseFile, settings: Settings, tmp_path: Path
) -> None:
    later = tmp_path / "later.sqlite3"
    listener = listener_at(str(settings.webhooks), "the webhooks", "MAANWERK_WEBHOOKS")
    with listener:
        door = Door(
            work(settings, listener, database=f"sqlite:///{later}"), listener, RungCases(Ears(file)), again_seconds=0.05
        )
        keeping = asyncio.create_task(door.keep())
        await until(lambda: door.started >= 2, "it was tried again")
        opened(later).database.close()
        assert await bring(settings.webhooks) == 204
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


def work(settings: Settings, listener: socket.socket, **more: object) -> DoorWork:
    given = {
        "listener": listener.fileno(),
        "database": settings.database,
        "sendgrid_webhook_key": settings.sendgrid_webhook_key,
        "limits": WEBHOOKS,
        "worker": os.getpid(),
        **more,
    }
    return DoorWork.model_validate(given)


async def test_a_door_that_hangs_is_ended_and_started_again(file: CaseFile, settings: Settings) -> None:
    listener = listener_at(str(settings.webhooks), "the webhooks", "MAANWERK_WEBHOOKS")
    with listener, capture_logs() as log:
        door = Door(
            work(settings, listener, alive_seconds=0.1),
            listener,
            RungCases(Ears(file)),
            silent_seconds=20,
            again_seconds=0.05,
        )
        keeping = asyncio.create_task(door.keep())
        assert await bring(settings.webhooks) == 204
        door.silent_seconds = 0.5
        first, signs = pid(door), door.signs
        await until(lambda: door.signs > signs + 1, "it is waited for so long only")
        os.kill(first, signal.SIGSTOP)
        await until(lambda: any(each["event"] == "door_ended" for each in log), "it was seen to hang")
        door.silent_seconds = 20
        assert await bring(settings.webhooks, 2) == 204
        assert not lives(first)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def test_the_door_holds_no_secret_but_that_of_the_case_file(
    file: CaseFile, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAANWERK_TWILIO_AUTH_TOKEN", "hush-hush")
    monkeypatch.setenv("TEMPORAL_API_KEY", "hush-hush")
    async with opened_door(settings, Ears(file)) as door:
        assert await bring(settings.webhooks) == 204
        for seen in ("environ", "cmdline"):
            held = Path(f"/proc/{pid(door)}/{seen}").read_bytes()
            assert b"hush-hush" not in held
            assert file.database.url.encode() not in held


async def test_without_an_address_a_key_is_a_warning_that_says_what_to_set(file: CaseFile, settings: Settings) -> None:
    with capture_logs() as log:
        async with open_door(settings.model_copy(update={"webhooks": None}), Ears(file)) as door:
            assert door is None
    (line,) = log
    assert (line["event"], line["log_level"]) == ("webhook_not_served", "warning")
    assert "MAANWERK_WEBHOOKS is not: set it to host:port" in line["reason"]


def test_the_door_lets_in_what_the_webhook_takes() -> None:
    assert WEBHOOKS.body_bytes == LARGEST_BODY


async def test_without_a_key_no_webhook_is_there(file: CaseFile, settings: Settings) -> None:
    async with opened_door(settings.model_copy(update={"sendgrid_webhook_key": None}), Ears(file)):
        assert await bring(settings.webhooks) == 404


async def test_an_address_that_is_taken_ends_the_worker_before_it_starts(file: CaseFile, settings: Settings) -> None:
    async with quick_server() as client:
        with (
            contextlib.closing(listener_at(str(settings.webhooks), "it", "IT")),
            pytest.raises(AddressTaken, match=r"the webhooks can't be served at .*: set MAANWERK_WEBHOOKS to another"),
        ):
            await serve(client, file, settings, asyncio.Event())


@asynccontextmanager
async def nudging(rung: RungCases) -> AsyncIterator[None]:
    task = asyncio.create_task(rung.nudge())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def accept(file: CaseFile, message: str) -> None:
    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, message, "pause", b"{}", NOW)


async def test_who_speaks_through_the_door_can_start_no_case(file: CaseFile) -> None:
    """What a process that was taken over may write to the worker."""
    ears = Ears(file)
    accept(file, "m1")
    rung = RungCases(ears)
    for said in ("case:none:1", "", "\ufffd" * 9, "x" * 60_000, CASE, CASE):
        rung.take(said)
    async with nudging(rung):
        await until(lambda: ears.nudged == [CASE], "only what waits was nudged")


async def test_a_nudge_that_hangs_is_given_up_and_the_next_ring_is_heard(file: CaseFile) -> None:
    ears = Ears(file, hangs=True)
    accept(file, "m1")
    rung = RungCases(ears, nudge_seconds=0.05)
    rung.take(CASE)
    with capture_logs() as log:
        async with nudging(rung):
            await until(lambda: bool(log), "it was given up")
            rung.take(CASE)
            await until(lambda: len(ears.nudged) == 2, "the next one was tried")
    assert (log[0]["event"], log[0]["reason"]) == ("case_not_told_yet", "TimeoutError")


async def test_more_rings_than_can_be_remembered_are_left_to_the_sweep(file: CaseFile) -> None:
    ears = Ears(file)
    accept(file, "m1")
    rung = RungCases(ears, most=2)
    for said in ("a", "b", CASE):
        rung.take(said)
    async with nudging(rung):
        await until(lambda: rung.idle, "all were looked at")
        rung.take(CASE)
        await until(lambda: ears.nudged == [CASE], "there is room again")
