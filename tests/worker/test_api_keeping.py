"""The API beside `maanwerk up`: started when it is told to, started again when it is killed, gone with the block."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from casefile.acts import acts
from casefile.api_keys import Role, create_key
from config.settings import Settings
from engine.embedded import free_port
from tests.casefile.builders import CASE, NOW, furnish, opened, url_of
from tests.worker.forked_keeping import Kept, kept
from tests.worker.test_door import lives, until
from worker.api_keeping import Api, ApiWork, api_beside
from worker.api_process import OpenToAll

__all__ = ["kept"]

PATIENCE = 60.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=url_of(tmp_path / "f.sqlite3"), api=f"127.0.0.1:{free_port()}")


async def health(settings: Settings) -> int:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        return (await client.get(f"http://{settings.api}/healthz")).status_code


async def test_it_is_there_once_it_is_told_to_and_again_after_it_was_killed_and_then_gone(
    settings: Settings, kept: Kept
) -> None:
    async with api_beside(settings, f"127.0.0.1:{free_port()}") as serve:
        assert kept.living() == [], "it waits until the case file is known to be the right one"
        serve()
        assert await health(settings) == 200
        (first,) = kept.living()
        os.kill(first, signal.SIGKILL)
        await until(lambda: not lives(first) or kept.living() not in ([], [first]), "it is gone")
        assert await health(settings) == 200
        (second,) = kept.living()
        assert second != first
    assert not lives(second)


async def test_a_request_whose_process_is_killed_is_done_once_when_it_is_brought_again(
    settings: Settings, tmp_path: Path, kept: Kept
) -> None:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
    secret = create_key(file, "bookkeeping", Role.OPERATE, NOW).secret
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE, headers=headers) as client:
            return await client.post(f"http://{settings.api}/cases/{CASE}/log_call", json={"outcome": "no answer"})

    def told() -> int:
        with file.read() as transaction:
            return len(transaction.inbox.waiting(CASE))

    # It is written down, and not answered yet: a Temporal that takes connections and says nothing is still sought.
    silent = socket.create_server(("127.0.0.1", 0))
    async with api_beside(settings, f"127.0.0.1:{silent.getsockname()[1]}") as serve:
        serve()
        asked = asyncio.create_task(ask())
        await until(lambda: told() == 1, "it is written down")
        os.kill(kept.living()[0], signal.SIGKILL)
        with pytest.raises(httpx.HTTPError):
            await asked
        silent.close()
        assert [row.outcome for row in acts(file)] == ["begun"]
        again = await ask()
        assert (again.status_code, again.json()["outcome"]) == (202, "written")
        assert (told(), [row.outcome for row in acts(file)]) == (1, ["written"])
        assert (await ask()).headers["idempotency-replayed"] == "true"


async def test_it_makes_no_case_file_of_its_own(settings: Settings, tmp_path: Path, kept: Kept) -> None:
    later = tmp_path / "later" / "f.sqlite3"
    later.parent.mkdir()
    own = settings.model_copy(update={"database": f"sqlite:///{later}"})
    async with api_beside(own, f"127.0.0.1:{free_port()}") as serve:
        serve()
        asked = asyncio.create_task(health(own))
        await until(lambda: bool(kept.living()), "it was started")
        (tried,) = kept.living()
        await until(lambda: tried not in kept.living(), "it found none")
        assert not later.exists()
        opened(later).database.close()
        assert await asked == 200, "who knocked meanwhile was kept waiting"


async def test_what_is_not_safe_is_refused_before_anything_begins(settings: Settings) -> None:
    with pytest.raises(OpenToAll):
        async with api_beside(settings.model_copy(update={"api": "0.0.0.0:8236"}), "127.0.0.1:1"):
            pass


async def test_it_gets_no_key_that_hands_mail_or_events_over(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAANWERK_MAIL", "sendgrid")
    monkeypatch.setenv("MAANWERK_SENDGRID_API_KEY", "SG.hushed")
    monkeypatch.setenv("MAANWERK_SUBSCRIBERS", "https://erp.example/hushed")
    monkeypatch.setenv("MAANWERK_SUBSCRIBER_SECRETS_FILE", "/run/hushed")
    monkeypatch.setenv("MAANWERK_MOLLIE_API_KEY", "test_links")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        api = Api(ApiWork(listener=listener.fileno(), parent=1), listener, {"TEMPORAL_ADDRESS": "127.0.0.1:1"})
        given = api.environment()
    assert "hushed" not in str(given)
    assert "MAANWERK_MAIL" not in given, "else the settings would ask for the key"
    assert given["MAANWERK_MOLLIE_API_KEY"] == "test_links", "with it payment links are made"
    assert given["TEMPORAL_ADDRESS"] == "127.0.0.1:1"
