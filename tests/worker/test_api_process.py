"""`maanwerk api` as a process serves it: real sockets, with and without Temporal, safe before anything else."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.client import Client

from casefile.api_keys import Role, create_key
from casefile.case_file import CaseFile
from casefile.replies import unmatched_replies
from config.addresses import AddressTaken
from config.connection_limits import API
from config.settings import Settings
from domain.send_key import opaque_key
from engine.embedded import free_port
from gateways.trust_store import trust_store
from policies.load import shipped_policy
from tests.api.certificates import certificate_in
from tests.api.signing import event, public, signed, written
from tests.casefile.builders import CASE, NOW, furnish, letter, opened
from tests.conftest import DATABASES
from tests.engine.server import as_environment, quick_server
from tests.worker.test_door import until
from worker import api_process
from worker.api_process import OpenToAll, must_be_safe, serve_api
from worker.process import serve

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
PATIENCE = 60.0


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
        transaction.deliveries.intend(letter(), (CASE,), NOW, NOW)
    yield found
    found.database.close()


@pytest.fixture
def settings(tmp_path: Path, file: CaseFile, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # Nobody is there: connections are refused at once.
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    return Settings(
        database=file.database.url,
        outbox=tmp_path / "outbox",
        task_queue="api",
        api=f"127.0.0.1:{free_port()}",
        sendgrid_webhook_key=public(),
    )


@asynccontextmanager
async def api_served(settings: Settings) -> AsyncIterator[str]:
    """Its URL, as long as it is served."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve_api(settings, stop, ready=ready.set_result))
    await asyncio.wait((serving, ready), return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
    try:
        yield ready.result()
    finally:
        stop.set()
        await serving


@asynccontextmanager
async def client_of(
    file: CaseFile, url: str, role: Role = Role.OPERATE, **more: object
) -> AsyncIterator[httpx.AsyncClient]:
    secret = create_key(file, "bookkeeping", role, NOW).secret
    headers = {"Authorization": f"Bearer {secret}"}
    more = {"trust_env": False, "timeout": PATIENCE, "verify": trust_store(environment=False), **more}
    async with httpx.AsyncClient(base_url=url, headers=headers, **more) as client:  # type: ignore[arg-type]
        yield client


def waiting(file: CaseFile) -> list[str]:
    with file.read() as transaction:
        return [row.name for row in transaction.inbox.waiting(CASE)]


# Safe by default -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", ["127.0.0.1:8236", "127.9.9.9:1", "[::1]:8236", "localhost:8236"])
def test_on_this_machine_it_may_be_served_in_the_clear(api: str) -> None:
    must_be_safe(Settings(api=api))
    assert Settings().api == "127.0.0.1:8236", "and there it is unless told"


@pytest.mark.parametrize("api", ["0.0.0.0:8236", "[::]:8236", "10.0.0.1:8236", "api.example.nl:8236"])
def test_from_outside_it_is_not_reached_in_the_clear(api: str, tmp_path: Path) -> None:
    with pytest.raises(OpenToAll, match="set MAANWERK_API_TLS_CERTIFICATE, or MAANWERK_API_PROXIES"):
        must_be_safe(Settings(api=api))
    must_be_safe(Settings(api=api, api_tls_certificate=tmp_path / "x.pem"))
    must_be_safe(Settings(api=api, api_proxies="10.0.0.2"))


async def test_what_is_not_safe_listens_nowhere(settings: Settings) -> None:
    with pytest.raises(OpenToAll):
        await serve_api(settings.model_copy(update={"api": "0.0.0.0:8236"}), asyncio.Event())


async def test_an_address_that_is_taken_is_named(settings: Settings) -> None:
    async with api_served(settings):
        with pytest.raises(AddressTaken, match=r"the API can't be served at .*: set MAANWERK_API to another one"):
            await serve_api(settings, asyncio.Event())


async def test_over_tls_it_tells_browsers_to_stay_there(file: CaseFile, settings: Settings, tmp_path: Path) -> None:
    certificate, key = certificate_in(tmp_path)
    own = settings.model_copy(update={"api_tls_certificate": certificate, "api_tls_key": key})
    known = ssl.create_default_context(cafile=str(certificate))
    async with api_served(own) as url, client_of(file, url, verify=known) as client:
        answer = await client.get("/cases")
        assert (url[:6], answer.status_code) == ("https:", 200)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


# With and without Temporal ---------------------------------------------------------------------------------------


@BOTH
async def test_without_temporal_everything_is_taken_and_waits(file: CaseFile, settings: Settings) -> None:
    async with api_served(settings) as url, client_of(file, url) as client:
        told = await client.post(f"/cases/{CASE}/pause_case", json={"until": "2099-01-01"})
        assert (told.status_code, told.json()["outcome"]) == (202, "written")
        assert "On hold (pause)" in told.json()["state"]
        refused = await client.post(f"/cases/{CASE}/lift_hold", json={"hold": "set_off"})
        assert (refused.status_code, refused.json()["rule"]) == (409, "refused_by_rule"), "a rule answers at once"
    assert waiting(file) == ["pause_case"]


@BOTH
async def test_with_a_worker_a_request_is_answered_by_its_case(
    file: CaseFile, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with quick_server() as temporal:
        for name, value in as_environment(temporal).items():
            monkeypatch.setenv(name, value)
        async with worker_of(temporal, file, settings), api_served(settings) as url, client_of(file, url) as client:
            told = await client.post(f"/cases/{CASE}/pause_case", json={"until": "2099-01-01"})
            assert (told.status_code, told.json()["outcome"]) == (200, "accepted"), told.text
            many = await client.post("/bulk/log_call", json={"cases": [CASE], "content": {"outcome": "no answer"}})
            assert (many.status_code, many.json()["counts"]) == (207, {"accepted": 1})
            # A webhook rings: long before any sweep looks.
            body = written(event(opaque_key(f"{CASE}/reminder/1/email/finance"), "bounce"))
            rung = await client.post("/webhooks/sendgrid", content=body, headers=signed(body, datetime.now(UTC)))
            assert rung.status_code == 204
            await until(lambda: waiting(file) == [], "the case has heard it")


@asynccontextmanager
async def worker_of(client: Client, file: CaseFile, settings: Settings) -> AsyncIterator[None]:
    stop, working = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(serve(client, file, settings, stop, sweep_seconds=600, ready=working.set))
    await working.wait()
    try:
        yield
    finally:
        stop.set()
        await running


async def test_a_shipped_policy_may_be_named_that_the_case_file_does_not_know(
    file: CaseFile, settings: Settings
) -> None:
    async with api_served(settings) as url, client_of(file, url, Role.ADMIN) as client:
        told = await client.post(f"/cases/{CASE}/change_policy", json={"policy": "nl-business"})
        assert told.status_code == 202, told.text
        unknown = await client.post(f"/cases/{CASE}/change_policy", json={"policy": "../nl-business"})
        assert unknown.status_code == 409
    with file.read() as transaction:
        assert transaction.parties.policy("nl-business", None) == shipped_policy("nl-business")


async def test_webhooks_are_served_where_there_is_a_key_for_them(file: CaseFile, settings: Settings) -> None:
    async with api_served(settings) as url, client_of(file, url) as client:
        assert (await client.post("/webhooks/sendgrid", content=b"[]")).status_code == 403
    async with (
        api_served(settings.model_copy(update={"sendgrid_webhook_key": None})) as url,
        client_of(file, url) as client,
    ):
        assert (await client.post("/webhooks/sendgrid", content=b"[]")).status_code == 404


# Clients that are slow, or send too much -------------------------------------------------------------------------


async def test_a_body_that_is_too_large_is_413_in_our_form(file: CaseFile, settings: Settings) -> None:
    async with api_served(settings) as url, client_of(file, url) as client:
        answer = await client.post(f"/cases/{CASE}/pause_case", content=b"x" * (API.body_bytes + 1))
        assert (answer.status_code, answer.json()["rule"]) == (413, "too_large")
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_mail_of_30_mb_is_taken_in_and_nothing_else_of_that_size(file: CaseFile, settings: Settings) -> None:
    """docs.sendgrid.com, "Setting up the inbound parse webhook": the total message size is limited to 30 MB."""
    secret = "a-secret-of-24-characters"
    mails = {"sendgrid_inbound_secret": SecretStr(secret), "reply_domain": "reply.example.nl"}
    large = b"x" * 29_900_000
    async with api_served(settings.model_copy(update=mails)) as url, client_of(file, url) as client:
        fields = {"from": "Els <els@ochtend.example>", "to": "case+00@reply.example.nl", "text": "see the photos"}
        form = {"data": fields, "files": {"attachment1": ("photo.jpg", large, "image/jpeg")}}
        taken = await client.post(f"/webhooks/sendgrid/inbound/{secret}", **form)  # type: ignore[arg-type]
        assert taken.status_code == 204, taken.text
        for path in ("/webhooks/sendgrid/inbounds", "/webhooks/sendgrid", f"/cases/{CASE}/pause_case"):
            assert (await client.post(path, content=large)).status_code == 413
        assert (await client.post("/webhooks/sendgrid/inbound", content=large + b"x" * 2_200_000)).status_code == 413
    async with api_served(settings) as url, client_of(file, url) as client:
        assert (await client.post(f"/webhooks/sendgrid/inbound/{secret}", content=large)).status_code == 413
    assert [reply.files for reply in unmatched_replies(file)] == [2]


async def test_a_slow_client_keeps_nobody_waiting_and_is_left_in_the_end(
    file: CaseFile, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_process, "API", replace(API, body_seconds=0.3, head_seconds=0.3))
    head = b"POST /cases/x/pause_case HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    async with api_served(settings) as url, client_of(file, url) as client:
        host, _, port = url.removeprefix("http://").rpartition(":")
        slow = [await asyncio.open_connection(host, int(port)) for _ in range(20)]
        for number, (_, writer) in enumerate(slow):
            writer.write(head if number % 2 else head[:30])
        assert (await client.get("/cases")).status_code == 200
        async with asyncio.timeout(PATIENCE):
            answers = [await reader.read() for reader, _ in slow]
        assert all(answer == b"" or answer.startswith(b"HTTP/1.1 408 ") for answer in answers)
        for _, writer in slow:
            writer.close()


async def test_an_answer_that_takes_too_long_is_503_in_our_form(
    file: CaseFile, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_process, "API", replace(API, answer_seconds=0.3))
    # Somebody who takes the connection and says nothing.
    silent = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{silent.getsockname()[1]}")
    async with api_served(settings) as url, client_of(file, url) as client:
        answer = await client.post(f"/cases/{CASE}/pause_case", json={})
        assert (answer.status_code, answer.json()["rule"]) == (503, "try_again")
    silent.close()


async def test_the_log_names_no_key_and_nothing_that_was_sent(file: CaseFile, settings: Settings) -> None:
    with capture_logs() as log:
        async with api_served(settings) as url, client_of(file, url) as client:
            await client.post("/cases/search", json={"search": "sesame"})
            await client.get("/cases?search=sesame")
            await client.post(f"/cases/{CASE}/log_call", json={"note": "sesame"})
            said = json.dumps(log, default=str)
            assert "sesame" not in said and client.headers["authorization"].removeprefix("Bearer ") not in said
    assert [each["event"] for each in log if each["event"].startswith("api_")] == ["api_started", "api_stopped"]
