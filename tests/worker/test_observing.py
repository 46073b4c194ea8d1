"""What an orchestrator and a monitoring system see of a worker."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import cast

import pytest
from temporalio.client import Client

from casefile.case_file import CaseFile
from casefile.tally import Tally
from tests.casefile.builders import NOW, furnish, opened
from worker.embedded import dev_server, free_port
from worker.listening import AddressTaken, split_address
from worker.observing import Observed, metrics_text, observed_at


@pytest.fixture
def file(tmp_path: Path) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
    yield found
    found.database.close()


def test_metrics_name_stages_and_builds_and_nothing_of_a_person() -> None:
    numbers = Tally({"reminder": 3}, unknown=1, quarantined=2, overdue=4, undelivered=5, unstarted=6)
    lines = [each for each in metrics_text(numbers, "b7").decode().splitlines() if not each.startswith("#")]
    assert lines[:-1] == [
        'maanwerk_cases_waiting{stage="reminder"} 3.0',
        "maanwerk_deliveries_unknown 1.0",
        "maanwerk_quarantine 2.0",
        "maanwerk_decisions_overdue 4.0",
        "maanwerk_inbox_undelivered 5.0",
        "maanwerk_cases_unstarted 6.0",
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
async def served(file: CaseFile) -> AsyncIterator[tuple[str, Observed, Client]]:
    address = f"127.0.0.1:{free_port()}"
    async with dev_server() as client:
        observed = Observed(client, file, real_now=lambda: NOW)
        async with observed_at(address, observed):
            yield address, observed, client


async def test_a_worker_is_ready_while_it_takes_work_and_healthy_always(file: CaseFile) -> None:
    async with served(file) as (address, observed, _):
        assert await get(address, "/healthz") == (200, '{"status":"ok"}')
        assert (await get(address, "/readyz"))[0] == 503
        observed.working = True
        assert (await get(address, "/readyz"))[0] == 200
        status, text = await get(address, "/metrics")
        assert status == 200
        assert 'maanwerk_cases_waiting{stage="new"} 1.0' in text
        observed.file = CaseFile(opened(Path(str(file.database.engine.url.database) + ".gone")).database)
        with observed.file.database.write() as connection:
            connection.exec_driver_sql("DROP TABLE inbox")
            connection.exec_driver_sql("ALTER TABLE cases RENAME TO away")
        status, text = await get(address, "/readyz")
        assert (status, '"case_file":"does not answer"' in text) == (503, True)
        assert (await get(address, "/metrics"))[0] == 503
        assert (await get(address, "/healthz"))[0] == 200
        observed.file.database.close()
    with pytest.raises(OSError):
        await get(address, "/healthz")


async def test_an_address_in_use_is_named(file: CaseFile) -> None:
    async with served(file) as (address, observed, _):
        with pytest.raises(AddressTaken, match="set MAANWERK_HTTP to another one"):
            async with observed_at(address, observed):
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
