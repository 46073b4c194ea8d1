"""A worker that is told to stop while its case file is away ends soon, and the next one goes on where it was."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from temporalio.client import Client
from temporalio.worker import Worker

from casefile.case_file import CaseFile
from domain.clock import Clock
from engine.dispatcher import Dispatcher
from tests.casefile.builders import reminders
from tests.conftest import DATABASES
from tests.domain.builders import invoice, local
from tests.engine.bench import Bench, stocked
from tests.engine.server import TASK_TIMEOUT, another, quick_server
from tests.workflows.office import PatientShelf

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("kept_in", DATABASES, indirect=True),
    pytest.mark.usefixtures("kept_in"),
]

SOON = 30.0
"""Seconds within which it has ended, on a machine that does much else; left alone the SDK takes a hundred."""

SHORT = timedelta(seconds=0.5)
"""How long a case waits for the worker that had it in memory: what came in its last moment waits so long for it."""

_queues = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


class Away:
    """A database that is away from now on, until it is back: nobody gets a connection to it."""

    def __init__(self, file: CaseFile) -> None:
        self.refused = 0
        self._engine = file.database.engine
        event.listen(self._engine, "checkout", self._refuse)

    def _refuse(self, *_: object) -> None:
        self.refused += 1
        raise OperationalError("connect", None, Exception("connection refused"))

    def back(self) -> None:
        event.remove(self._engine, "checkout", self._refuse)


@asynccontextmanager
async def bench_at(client: Client, folder: Path, now: datetime) -> AsyncIterator[Bench]:
    """One case of the first of March, of which it is this moment; its run is gone afterwards."""
    queue = f"stopping-{next(_queues)}"
    case_id, opening = f"case:devaart:{queue}", local("2026-03-01", "09:00")
    file = stocked(folder, reminders(), {case_id: invoice()}, opening, opening)
    clock = Clock(offset=(now - datetime.now(UTC)).total_seconds())
    dispatcher = Dispatcher(client, file, queue, clock=clock, step_seconds=2.0, task_timeout=TASK_TIMEOUT)
    bench = Bench(client, file, dispatcher, (case_id,), PatientShelf())
    await dispatcher.start(case_id)
    try:
        yield bench
    finally:
        await bench.handle.terminate()


async def ended(worker: Worker) -> float:
    """Tell it to stop; the seconds until it has ended."""
    told = time.monotonic()
    await worker.__aexit__(None, None, None)
    return time.monotonic() - told


async def test_what_is_refused_again_and_again_keeps_no_worker_and_is_booked_once(
    client: Client, tmp_path: Path
) -> None:
    async with bench_at(client, tmp_path, local("2026-03-01", "09:00")) as bench:
        first = await bench.worker(simulation=True, sticky_timeout=SHORT).__aenter__()
        await bench.until(bench.view, "the first decision")
        away = Away(bench.file)
        await bench.handle.signal("payment_received", {"id": "p1", "amount": "10.00"})
        await bench.until(lambda: away.refused > 1, "it was refused again")
        assert await ended(first) < SOON
        away.back()
        async with bench.worker(await another(client), simulation=True):
            await bench.until(lambda: bench.case().ledger.entry("p1"), "the payment is booked")
        assert [entry.id for entry in bench.case().ledger.entries].count("p1") == 1


async def test_a_step_whose_record_is_refused_keeps_no_worker_and_is_asked_for_not_sent_again(
    client: Client, tmp_path: Path
) -> None:
    async with bench_at(client, tmp_path, local("2026-03-06", "12:00")) as bench:
        assert isinstance(bench.shelf, PatientShelf)
        bench.shelf.may_go_on.clear()
        first = await bench.worker(simulation=True, sticky_timeout=SHORT).__aenter__()
        await bench.shelf.called.wait()
        away = Away(bench.file)
        stopping = asyncio.create_task(ended(first))
        bench.shelf.may_go_on.set()
        assert await stopping < SOON
        assert away.refused
        away.back()
        async with bench.worker(await another(client), simulation=True):
            await bench.until(lambda: (view := bench.view()) and view.next == "reconcile", "it is to be asked for")
        assert len(bench.shelf.taken) == 1
