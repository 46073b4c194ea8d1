"""What an orchestrator and a monitoring system see of a worker."""

import asyncio
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from temporalio.client import Client

from casefile.case_file import CaseFile
from casefile.channel_stops import stop_channel
from casefile.metrics import CaseMetrics
from config.addresses import AddressTaken, split_address
from engine.embedded import free_port
from tests.casefile.builders import NOW, furnish, opened
from tests.engine.server import quick_server
from worker.health import Health, health_at, metrics_text


@pytest.fixture
def file(tmp_path: Path) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
    yield found
    found.database.close()


def test_metrics_name_stages_and_builds_and_nothing_of_a_person() -> None:
    numbers = CaseMetrics(
        {"reminder": 3},
        unknown=1,
        quarantined=2,
        overdue=4,
        undelivered=5,
        unstarted=6,
        provider_unread=8,
        provider_overdue=9,
        provider_unreadable=10,
        unmatched=11,
        events_waiting=12,
        events_set_aside=13,
        subscribers_stopped=14,
        agency_reports=15,
        stopped=7,
    )
    lines = [each for each in metrics_text(numbers, "b7").decode().splitlines() if not each.startswith("#")]
    assert lines[:-1] == [
        'maanwerk_cases_waiting{stage="reminder"} 3.0',
        "maanwerk_deliveries_unknown 1.0",
        "maanwerk_quarantine 2.0",
        "maanwerk_decisions_overdue 4.0",
        "maanwerk_inbox_undelivered 5.0",
        "maanwerk_channels_stopped 7.0",
        "maanwerk_cases_unstarted 6.0",
        "maanwerk_provider_events_unread 8.0",
        "maanwerk_provider_events_overdue 9.0",
        "maanwerk_provider_events_unreadable 10.0",
        "maanwerk_payments_unmatched 11.0",
        "maanwerk_events_waiting 12.0",
        "maanwerk_events_set_aside 13.0",
        "maanwerk_subscribers_stopped 14.0",
        "maanwerk_agency_reports 15.0",
        "maanwerk_messages_rescued_total 0.0",
    ]
    assert 'build_id="b7"' in lines[-1]


async def get(address: str, path: str) -> tuple[int, str]:
    def ask() -> tuple[int, str]:
        try:
            with cast(HTTPResponse, urllib.request.urlopen(f"http://{address}{path}", timeout=20)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    return await asyncio.to_thread(ask)


@asynccontextmanager
async def served(file: CaseFile) -> AsyncIterator[tuple[str, Health, Client]]:
    address = f"127.0.0.1:{free_port()}"
    async with quick_server() as client:
        health = Health(client, file, real_now=lambda: NOW)
        async with health_at(address, health):
            yield address, health, client


async def test_a_worker_is_ready_while_it_takes_work_and_healthy_always(file: CaseFile) -> None:
    async with served(file) as (address, health, _):
        assert await get(address, "/healthz") == (200, '{"status":"ok"}')
        assert (await get(address, "/readyz"))[0] == 503
        health.working = True
        assert (await get(address, "/readyz"))[0] == 200
        with file.write() as transaction:
            stop_channel(transaction.session, "email", "x", "sendgrid:1", NOW, NOW)
        status, text = await get(address, "/readyz")
        assert (status, '"channel_email":"stands still' in text) == (200, True), "the others go on"
        status, text = await get(address, "/metrics")
        assert status == 200 and "maanwerk_channels_stopped 1.0" in text
        assert 'maanwerk_cases_waiting{stage="new"} 1.0' in text
        health.file = CaseFile(opened(Path(str(file.database.engine.url.database) + ".gone")).database)
        with health.file.database.write() as connection:
            connection.exec_driver_sql("DROP TABLE inbox")
            connection.exec_driver_sql("ALTER TABLE cases RENAME TO away")
        status, text = await get(address, "/readyz")
        assert (status, '"case_file":"does not answer"' in text) == (503, True)
        assert (await get(address, "/metrics"))[0] == 503
        assert (await get(address, "/healthz"))[0] == 200
        health.file.database.close()
    with pytest.raises(OSError):
        await get(address, "/healthz")


class Hanging:
    """A case file that answers when it is told to."""

    def __init__(self) -> None:
        self.database = self
        self.looks = 0
        self.answers = threading.Event()

    @contextmanager
    def read(self) -> Iterator[Any]:
        self.looks += 1
        assert self.answers.wait(20)
        yield self

    def exec_driver_sql(self, _: str) -> None:
        return None

    def execute(self, _: object) -> Any:
        return self

    def all(self) -> list[Any]:
        return []


async def test_however_many_ask_there_is_one_look_and_the_workers_threads_are_free() -> None:
    file, address = Hanging(), f"127.0.0.1:{free_port()}"
    async with quick_server() as client, health_at(address, Health(client, cast(CaseFile, file), working=True)):
        async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=20) as outside:
            asking = [asyncio.create_task(outside.get("/readyz")) for _ in range(20)]
            while not file.looks:
                await asyncio.sleep(0.01)
            assert await asyncio.to_thread(lambda: "free") == "free"
            assert (await outside.get("/healthz")).status_code == 200
            file.answers.set()
            assert {(await each).status_code for each in asking} == {200}
        assert file.looks < 5


async def test_an_address_in_use_is_named(file: CaseFile) -> None:
    async with served(file) as (address, health, _):
        with pytest.raises(AddressTaken, match="set MAANWERK_HTTP to another one"):
            async with health_at(address, health):
                pass


@pytest.mark.parametrize("wrong", ["8080", "localhost", ":8080", "a:b", "a:70000", "::1:80"])
def test_an_address_without_host_or_port_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        split_address(wrong)


@pytest.mark.parametrize(
    ("written", "meant"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8080", ("::1", 8080)), ("h:1", ("h", 1))]
)
def test_an_address_has_host_and_port(written: str, meant: tuple[str, int]) -> None:
    assert split_address(written) == meant
