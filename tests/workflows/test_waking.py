"""What one case records wakes the others of its debtor: by a command of its workflow, on a real Temporal server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from domain.views.case_view import CaseView
from tests.domain.builders import local
from tests.engine.server import quick_server
from tests.workflows.office import Office, office

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGNALLED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
REFUSED = EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    """A Temporal of its own."""
    async with quick_server() as connected:
        yield connected


async def _second_waits_for_money(at: Office) -> tuple[str, str]:
    """The first case is paid far too much, and that keeps the reminder of the second back for a week."""
    first, second = at.case_ids
    await at.dispatcher.tell(first, "payment_received", {"id": "p1", "amount": "2500.00"}, "p1")
    await at.until(lambda: at.case(first).closed, "the closing of the first")
    # Its due date was wrong: what was five days ahead is due now.
    await _handle(at, second).execute_update("change_due_date", {"due": "2026-02-20"})
    await at.until(lambda: _why(at, second) == ["money_unallocated"], "the wait of the second")
    return first, second


def _handle(at: Office, case_id: str) -> WorkflowHandle[Any, Any]:
    return at.client.get_workflow_handle(case_id)


def _why(at: Office, case_id: str) -> list[str]:
    view = at.view(case_id)
    return [] if view is None else [blocker.code.value for blocker in view.why]


async def _events(client: Client, case_id: str, kind: EventType.ValueType) -> int:
    history = await client.get_workflow_handle(case_id).fetch_history()
    return sum(1 for event in history.events if event.event_type == kind)


def _sent(at: Office, case_id: str) -> Callable[[], bool]:
    return lambda: any(step.step == "reminder" for step in at.case(case_id).taken)


async def test_a_case_that_waits_is_woken_when_what_kept_it_back_is_settled(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, begin=local("2026-03-01", "12:30"), cases=2) as at:
        first, second = await _second_waits_for_money(at)
        before = await _events(client, second, SIGNALLED)
        await at.dispatcher.tell(first, "complete_task", {"task": "overpayment", "outcome": "returned"}, "t1")
        await at.until(_sent(at, second), "the reminder of the second")
        assert await _events(client, second, SIGNALLED) == before + 1


async def test_one_that_does_not_run_stops_nobody(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, begin=local("2026-03-01", "12:30"), cases=2) as at:
        first, second = await _second_waits_for_money(at)
        await client.get_workflow_handle(second).terminate()
        await at.dispatcher.tell(first, "complete_task", {"task": "overpayment", "outcome": "returned"}, "t1")
        await at.until(lambda: not at.case(first).open_task("overpayment"), "the end of the task")
        await client.get_workflow_handle(first).result()
        assert await _events(client, first, REFUSED) == 1
        assert isinstance(at.view(second), CaseView)
