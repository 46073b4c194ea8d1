"""A virtual clock in a case's input: obeyed in a simulation, and by a worker that really sends never."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from activities.contracts import CaseInput
from casefile.case_file import CaseFile
from domain.case import Case
from domain.clock import Clock
from domain.opening import open_case
from gateways.outbox import FileOutbox
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from tests.domain.builders import invoice, policy, send
from tests.engine.bench import CHANNELS, PATIENCE
from tests.engine.server import quick_server
from worker.case_worker import case_worker

pytestmark = pytest.mark.asyncio(loop_scope="module")
LADDER = policy(send("reminder", {"after_due": "5d"}))
CASE_ID = "case:devaart:clock"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


def furnished(folder: Path, due: datetime) -> CaseFile:
    file = opened(folder / "case-file.sqlite3")
    now = datetime.now(UTC)
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(LADDER)
        of = invoice(invoice_date=str(due.date() - timedelta(days=30)), due=str(due.date()))
        transaction.cases.open(CASE_ID, CREDITOR.id, open_case(of, LADDER, now), now)
    return file


@pytest.mark.parametrize(
    "clock",
    [
        Clock(offset=86400 * 60.0),
        Clock(offset=-86400 * 400.0),
        Clock(rate=1e6, since=datetime(2026, 1, 1, tzinfo=UTC)),
        Clock(offset=1e300),
        Clock(offset=-1e14),
    ],
    ids=["two months ahead", "a year back", "a million times as fast", "beyond all time", "before all time"],
)
async def test_whoever_starts_a_case_with_a_clock_of_his_own_has_nothing_sent_before_its_day(
    client: Client, tmp_path: Path, clock: Clock
) -> None:
    file = furnished(tmp_path, datetime.now(UTC) + timedelta(days=10))
    outbox = FileOutbox(tmp_path / "outbox")
    queue = f"clock-{clock.offset}-{clock.rate}"
    async with case_worker(client, file, dict.fromkeys(CHANNELS, outbox), task_queue=queue):
        handle = await client.start_workflow(
            "OverdueInvoice",
            CaseInput(case_id=CASE_ID, clock=clock),
            id=CASE_ID,
            task_queue=queue,
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )
        deadline = time.monotonic() + PATIENCE
        timers: list[timedelta] = []
        while not timers:
            assert time.monotonic() < deadline, "it set no timer"
            timers = [
                event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
                for event in (await handle.fetch_history()).events
                if event.HasField("timer_started_event_attributes")
            ]
        # Five days after the due day, which lies ten days ahead by the clock on the wall.
        assert timedelta(days=14) < timers[0] < timedelta(days=16)
        await handle.signal("pause", "look")
        while "pause" not in [hold.kind.value for hold in _case(file).holds]:
            assert time.monotonic() < deadline, "the pause was not recorded"
            await handle.describe()
        await handle.terminate()
    assert outbox.taken() == ()
    assert abs(_case(file).holds[0].since - datetime.now(UTC).date()) <= timedelta(days=1)


def _case(file: CaseFile) -> Case:
    with file.read() as transaction:
        return transaction.cases.load(CASE_ID).case
