"""What Temporal itself says of a case: running, failing, paused by Temporal's own switch, closed, or not there.

Temporal has a pause of its own, an emergency brake beside our `pause` signal. SDK 1.35 has no word for it:
`describe`, `query` and lists raise `ValueError: 8 is not a valid WorkflowExecutionStatus`. So everybody who wants to
know how a run stands asks here, where the service is asked directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.api.workflow.v1 import WorkflowExecutionPauseInfo
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from engine.runs.listing import describe, failing, run_of

__all__ = ["EngineState", "EngineStatus", "engine_status", "is_about_the_namespace", "paused_cases"]

_PAGE = 1000
_PAUSED_CASES = "WorkflowType = 'OverdueInvoice' AND ExecutionStatus = 'Paused'"


class EngineState(StrEnum):
    """How the latest run of a case stands."""

    RUNNING = "running"
    PAUSED = "paused"
    JAMMED = "jammed"
    CLOSED = "closed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How the latest run of a case stands in Temporal.

    Attributes:
        state: Whether it runs, runs but fails at its task again and again, is paused by Temporal, has ended, or is not
            known there (any more).
        since: Of a pause, or of failing: when it began, aware.
        by: Of a pause: who pressed the switch; empty when Temporal was not told (its web page without log-in).
        reason: Of a pause: why; empty when nobody said. Of failing: Temporal's word for the cause. Of an end: how.
        times: Of failing: how often.
    """

    state: EngineState
    since: datetime | None = None
    by: str = ""
    reason: str = ""
    times: int = 0

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
    try:
        answer = await describe(client, case_id, seconds=seconds)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND or is_about_the_namespace(error):
            raise
        return EngineStatus(EngineState.GONE)
    match answer.workflow_execution_info.status:
        case WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED:
            return _paused(answer.workflow_extended_info.pause_info)
        case WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING:
            fails = await failing(client, answer, seconds=seconds)
            if fails is None:
                return EngineStatus(EngineState.RUNNING)
            return EngineStatus(EngineState.JAMMED, fails.since, reason=fails.cause, times=fails.times)
        case _:
            return EngineStatus(EngineState.CLOSED, reason=run_of(answer).state.replace("_", " "))


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


def is_about_the_namespace(error: RPCError) -> bool:
    """Whether it is the namespace that is not there, and not the case."""
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)
