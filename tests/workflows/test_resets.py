"""A run that is reset plays what it was told again: it counts once, also what has no id of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client

from tests.engine.server import quick_server
from tests.workflows.office import Office, office

pytestmark = pytest.mark.asyncio(loop_scope="module")
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


async def told(at: Office) -> None:
    """Payments with and without an id, two of them equal, and requests, one of them refused."""
    await at.handle.signal("payment_received", {"amount": "10.00"})
    await at.handle.signal("payment_received", {"amount": "10.00"})
    await at.handle.signal("payment_received", {"id": "p1", "amount": "100.00"})
    await at.handle.execute_update("write_off", {"amount": "5.00", "reason": "goodwill"})
    await at.handle.execute_update("write_off", {"amount": "5.00", "reason": "goodwill"})
    with pytest.raises(Exception, match="update failed"):
        await at.handle.execute_update("write_off", {"amount": "5000.00"})
    await at.handle.signal("payment_received", {"amount": "20.00"})
    await at.until(lambda: at.case().open.text == "850.00", "all that was told")


async def reset(at: Office, to: int) -> None:
    """Reset to the n-th completed workflow task; what came after it is told again by the server."""
    points: list[int] = []
    # What a task has done is in the case file before the task itself is in the history.
    while len(points) < max(to + 1, -to):
        events = (await at.handle.fetch_history()).events
        points = [event.event_id for event in events if event.event_type == COMPLETED]
    await at.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=at.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=at.case_id),
            reason="a test",
            request_id=str(uuid4()),
            workflow_task_finish_event_id=points[to],
        )
    )


@pytest.mark.parametrize("to", [0, 2, 4, -1])
async def test_what_a_reset_tells_again_counts_once_and_the_case_goes_on(
    client: Client, tmp_path: Path, to: int
) -> None:
    async with office(client, tmp_path) as at:
        await told(at)
        await reset(at, to)
        await at.handle.signal("payment_received", {"id": "after", "amount": "1.00"})
        await at.until(lambda: at.case().ledger.entry("after"), "the payment after the reset")
        assert at.case().open.text == "849.00"
        assert (await at.handle.query("case"))["open"]["amount"] == "849.00"
        await at.pay_all()


async def test_a_run_may_be_reset_twice(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        await told(at)
        await reset(at, 0)
        await at.handle.signal("payment_received", {"amount": "10.00"})
        await at.until(lambda: at.case().open.text == "840.00", "the third equal payment")
        await reset(at, -1)
        await at.handle.signal("payment_received", {"id": "after", "amount": "1.00"})
        await at.until(lambda: at.case().ledger.entry("after"), "the payment after the resets")
        assert at.case().open.text == "839.00"
        await at.pay_all()
