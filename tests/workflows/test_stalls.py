"""A case file that stalls jams no case: what was recorded meanwhile replays, and what is told afterwards is booked."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError
from temporalio.worker import Replayer

from engine.plugin import maanwerk_plugin
from tests.engine.server import quick_server
from tests.replay.stalls import CASE_ID, EVENTS_PER_RUN, FAILED, STALLS, Stall
from workflows.overdue_invoice import OverdueInvoice

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


@pytest.mark.parametrize("name", STALLS)
async def test_a_case_that_lived_through_a_stall_goes_on_with_the_next_worker(
    client: Client, tmp_path: Path, name: str
) -> None:
    stall = Stall(client, tmp_path, f"stall-{name}", events_per_run=EVENTS_PER_RUN.get(name))
    try:
        async with await stall.worker():
            try:
                await STALLS[name](stall)
            finally:
                stall.file.release_all()
        async with await stall.worker():
            # This worker has not seen the case: what follows is played on a replay of all that was.
            await stall.told("payment_received", {"id": "after", "amount": "10.00"})
            await stall.until(lambda: stall.case().ledger.entry("after"), "the payment after the stall")
        history = await stall.handle.fetch_history()
        assert not [event for event in history.events if event.event_type == FAILED]
        replayer = Replayer(workflows=[OverdueInvoice], plugins=[maanwerk_plugin()], build_id="today")
        await replayer.replay_workflow(WorkflowHistory(CASE_ID, history.events))
        entries = [entry.id for entry in stall.case().ledger.entries]
        assert len(entries) == len(set(entries))
    finally:
        with contextlib.suppress(RPCError):  # It was never begun.
            await stall.handle.terminate()
        stall.file.database.close()
