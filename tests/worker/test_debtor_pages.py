"""The debtor's pages in `maanwerk api`: there where an address is named, and told to the cases without a worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from casefile.pay_tokens import NewPayToken, make_pay_token
from config.logs import configure_logs
from config.settings import Settings
from engine.embedded import free_port
from gateways.trust_store import trust_store
from services.current_case import current_case
from tests.api.debtor.world import PNG, World, furnished, seal_of, text_of
from tests.casefile.builders import CREDITOR, DEBTOR, url_of
from tests.conftest import DATABASES
from worker.api_process import serve_api

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@contextlib.asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve_api(settings, stop, ready=address.set_result))
    try:
        async with asyncio.timeout(60):
            url = await address
        async with httpx.AsyncClient(
            base_url=url, trust_env=False, verify=trust_store(environment=False), timeout=60
        ) as client:
            yield client
    finally:
        stop.set()
        await serving


@pytest.fixture
def settings(tmp_path: Path, kept_in: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    port = free_port()
    return Settings(
        database=url_of(tmp_path / "f.sqlite3"), api=f"127.0.0.1:{port}", public_url=f"http://127.0.0.1:{port}"
    )


def real_link(world: World) -> NewPayToken:
    with world.file.write() as transaction:
        return make_pay_token(transaction.session, CREDITOR.id, DEBTOR.id, by="t", at=datetime.now(UTC))


@BOTH
async def test_a_debtor_reaches_his_page_and_his_case_while_neither_worker_nor_temporal_is_there(
    tmp_path: Path, settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    secret = real_link(world).secret
    configure_logs()
    logging.getLogger().setLevel(logging.DEBUG)
    # Who asks is this test itself.
    for asking in ("httpx", "httpcore.connection", "httpcore.http11"):
        monkeypatch.setattr(logging.getLogger(asking), "disabled", True)
    async with served(settings) as client:
        page = await client.get(f"/pay/{secret}")
        assert page.status_code == 200
        assert "Nu te betalen" in text_of(page.text)
        form = await client.get(f"/pay/{secret}/disagree")
        data = {
            "seal": seal_of(form.text),
            "invoice": "F-1",
            "reason": "damaged",
            "how_much": "all",
            "note": "Het brood was nat.",
        }
        files = {"proof": ("foto.png", PNG, "image/png")}
        answer = await client.post(f"/pay/{secret}/disagree", data=data, files=files)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/pay/{secret}/done/disagree")
        assert "Het nummer van uw bezwaar is F-1-D1." in text_of((await client.get(answer.headers["location"])).text)
        wrong = await client.get("/pay/wrong")
        assert (wrong.status_code, wrong.headers["content-type"]) == (404, "text/html; charset=utf-8")
        for header in ("content-security-policy", "referrer-policy", "x-content-type-options"):
            assert header in wrong.headers
    with world.file.read() as transaction:
        (dispute,) = current_case(transaction, "case:devaart:F-1", world.now).case.disputes
        assert dispute.reason == "damaged"
        assert [each.name for each in transaction.papers.of_case("case:devaart:F-1")] == ["foto.png"]
    logged = capfd.readouterr()
    for private in (secret, "brood", "foto", "Bakkerij", "F-1"):
        assert private not in logged.err + logged.out


@BOTH
async def test_without_an_address_there_is_no_page(tmp_path: Path, settings: Settings) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    secret = real_link(world).secret
    async with served(settings.model_copy(update={"public_url": None})) as client:
        answer = await client.get(f"/pay/{secret}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
