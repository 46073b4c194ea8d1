"""What Temporal itself says of a case: running, paused by Temporal's own switch, closed, or not there.

Temporal has a pause of its own, an emergency brake beside our `pause` signal. SDK 1.35 has no word for it:
`describe`, `query` and lists raise `ValueError: 8 is not a valid WorkflowExecutionStatus`. So everybody who wants to
know how a run stands asks here, where the service is asked directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.api.workflow.v1 import WorkflowExecutionPauseInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, ListWorkflowExecutionsRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

__all__ = ["EngineState", "EngineStatus", "engine_status", "paused_cases"]

_PAGE = 1000
_PAUSED_CASES = "WorkflowType = 'OverdueInvoice' AND ExecutionStatus = 'Paused'"


class EngineState(StrEnum):
    """How the latest run of a case stands."""

    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How the latest run of a case stands in Temporal.

    Attributes:
        state: Whether it runs, is paused by Temporal, has ended, or is not known there (any more).
        since: Of a pause: when it began, aware.
        by: Of a pause: who pressed the switch; empty when Temporal was not told (its web page without log-in).
        reason: Of a pause: why; empty when nobody said.
    """

    state: EngineState
    since: datetime | None = None
    by: str = ""
    reason: str = ""

    @property
    def paused(self) -> bool:
        """Whether Temporal's own switch holds it."""
        return self.state is EngineState.PAUSED


async def engine_status(client: Client, case_id: str, *, seconds: float = 2.0) -> EngineStatus:
    """How the latest run of a case stands.

    Args:
        client: The Temporal client.
        case_id: The case, which is the id of its workflow.
        seconds: Longest time to wait for the answer.

    Raises:
        RPCError: Temporal can't tell, or the namespace is not there.
    """
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=case_id)
    )
    try:
        answer = await client.workflow_service.describe_workflow_execution(request, timeout=timedelta(seconds=seconds))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND or _is_about_the_namespace(error):
            raise
        return EngineStatus(EngineState.GONE)
    match answer.workflow_execution_info.status:
        case WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED:
            return _paused(answer.workflow_extended_info.pause_info)
        case WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING:
            return EngineStatus(EngineState.RUNNING)
        case _:
            return EngineStatus(EngineState.CLOSED)


async def paused_cases(client: Client, *, seconds: float = 5.0) -> frozenset[str]:
    """The ids of all cases that Temporal's own switch holds.

    The list of workflows, which is asked, follows what happens by a moment.

    Args:
        client: The Temporal client.
        seconds: Longest time to wait for each answer.

    Raises:
        RPCError: Temporal can't tell, or the namespace is not there.
    """
    found: set[str] = set()
    page = b""
    while True:
        answer = await client.workflow_service.list_workflow_executions(
            ListWorkflowExecutionsRequest(
                namespace=client.namespace, page_size=_PAGE, next_page_token=page, query=_PAUSED_CASES
            ),
            timeout=timedelta(seconds=seconds),
        )
        found.update(info.execution.workflow_id for info in answer.executions)
        page = answer.next_page_token
        if not page:
            return frozenset(found)


def _paused(info: WorkflowExecutionPauseInfo) -> EngineStatus:
    since = info.paused_time.ToDatetime(tzinfo=UTC) if info.HasField("paused_time") else None
    return EngineStatus(EngineState.PAUSED, since, info.identity, info.reason)


def _is_about_the_namespace(error: RPCError) -> bool:
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)
