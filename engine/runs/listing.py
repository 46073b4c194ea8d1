"""The runs of cases as Temporal lists them: which live, which ended from outside, which fail at their tasks.

Lists follow what happens by a moment; who acts on them looks at the one run again. As in `engine.runs.status`, the
service is asked directly, for the SDK has no word for a run that Temporal itself holds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import TimeoutType, WorkflowExecutionStatus, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
    GetWorkflowExecutionHistoryReverseRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

__all__ = [
    "ENDED_FROM_OUTSIDE",
    "JAMMED",
    "Failing",
    "Run",
    "count_living",
    "describe",
    "ended",
    "failing",
    "living",
    "reported",
    "run_of",
]

_PAGE = 1000
_EVENTS = 100
_MOST_PAGES = 20
_CASES = "WorkflowType = 'OverdueInvoice'"
_LIVING = f"{_CASES} AND CloseTime IS NULL"
_REPORTED = f"{_CASES} AND ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL"
_ENDED = f"{_CASES} AND ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled')"

ENDED_FROM_OUTSIDE = frozenset(("terminated", "failed", "timed_out", "canceled"))
"""Ends that a run does not choose itself: what it was told and had not recorded stands in its history only."""

JAMMED = "jammed"
"""The end of a run that was ended here because its task failed."""

_HARMLESS = frozenset(
    (
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_UPDATE,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED,
    )
)
"""Causes that say nothing of the code: a message came in between, another worker took over, the run was reset."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a case.

    Attributes:
        case_id: The case, which is the id of its workflow.
        run_id: The run.
        state: running, paused, completed, terminated, failed, timed_out, canceled or continued_as_new.
        closed_at: When it ended, aware; None while it lives.
    """

    case_id: str
    run_id: str
    state: str
    closed_at: datetime | None = None

    @property
    def lives(self) -> bool:
        """Whether it runs, or would if Temporal did not hold it."""
        return self.state in ("running", "paused")


@dataclass(frozen=True, slots=True)
class Failing:
    """A run whose workflow task fails again and again.

    Attributes:
        times: How often it failed since it last succeeded.
        since: When it first did, aware.
        cause: Temporal's word for the last cause, such as `NON_DETERMINISTIC_ERROR`.
    """

    times: int
    since: datetime
    cause: str


def _run(info: WorkflowExecutionInfo) -> Run:
    state = WorkflowExecutionStatus.Name(info.status).removeprefix("WORKFLOW_EXECUTION_STATUS_").lower()
    closed = info.close_time.ToDatetime(tzinfo=UTC) if info.HasField("close_time") else None
    return Run(info.execution.workflow_id, info.execution.run_id, state, closed)


async def living(client: Client, *, seconds: float = 5.0) -> frozenset[str]:
    """The ids of all cases that have a living run.

    Raises:
        RPCError: Temporal can't tell.
    """
    return frozenset([run.case_id async for run in _listed(client, _LIVING, seconds)])


async def count_living(client: Client, *, seconds: float = 5.0) -> int:
    """How many runs of cases live.

    Raises:
        RPCError: Temporal can't tell.
    """
    request = CountWorkflowExecutionsRequest(namespace=client.namespace, query=_LIVING)
    answer = await client.workflow_service.count_workflow_executions(request, timeout=timedelta(seconds=seconds))
    return answer.count


async def reported(client: Client, *, seconds: float = 5.0) -> tuple[Run, ...]:
    """The living runs of which Temporal reports problems: their workflow tasks failed several times in a row.

    None where Temporal is older than such reports (1.30).

    Raises:
        RPCError: Temporal can't tell.
    """
    try:
        return tuple([run async for run in _listed(client, _REPORTED, seconds)])
    except RPCError as error:
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        return ()


async def ended(
    client: Client, *, case_id: str | None = None, since: datetime | None = None, seconds: float = 5.0
) -> tuple[Run, ...]:
    """The runs that ended from outside, the first one first.

    Args:
        client: The Temporal client.
        case_id: Only of this case.
        since: Only those that ended later.
        seconds: Longest time to wait for each answer.

    Raises:
        RPCError: Temporal can't tell.
    """
    query = _ENDED
    if case_id is not None:
        query += f" AND WorkflowId = {_quoted(case_id)}"
    if since is not None:
        query += f" AND CloseTime >= {_quoted(since.astimezone(UTC).isoformat(timespec='seconds'))}"
    found = [run async for run in _listed(client, query, seconds)]
    return tuple(sorted(found, key=lambda run: (run.closed_at or datetime.max.replace(tzinfo=UTC), run.run_id)))


async def describe(client: Client, case_id: str, *, seconds: float = 5.0) -> DescribeWorkflowExecutionResponse:
    """What Temporal says of the latest run of a case.

    Raises:
        RPCError: Temporal can't tell, or knows no such case.
    """
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=case_id)
    )
    return await client.workflow_service.describe_workflow_execution(request, timeout=timedelta(seconds=seconds))


def run_of(described: DescribeWorkflowExecutionResponse) -> Run:
    """The run that was described."""
    return _run(described.workflow_execution_info)


async def failing(
    client: Client, described: DescribeWorkflowExecutionResponse, *, seconds: float = 5.0
) -> Failing | None:
    """Whether the workflow task of a living run fails; None when it succeeds, or waits for a worker.

    A first failure stands in the history, and so does one after each new message; the tries between are counted
    by the pending task.

    Args:
        client: The Temporal client.
        described: What Temporal says of the run.
        seconds: Longest time to wait for each answer.

    Raises:
        RPCError: Temporal can't tell.
    """
    if not described.HasField("pending_workflow_task"):
        return None
    times, since, cause = 0, None, ""
    async for event in _backwards(client, described.workflow_execution_info.execution, seconds):
        kind = event.WhichOneof("attributes")
        if kind == "workflow_task_completed_event_attributes":
            break
        failed = _failure_of(event)
        if failed:
            times, since, cause = times + 1, event.event_time.ToDatetime(tzinfo=UTC), cause or failed
    if since is None:
        return None
    return Failing(times + max(described.pending_workflow_task.attempt - 2, 0), since, cause)


def _failure_of(event: HistoryEvent) -> str:
    """Why a workflow task failed; empty for every other event, and for what says nothing of the code."""
    if event.HasField("workflow_task_failed_event_attributes"):
        cause = event.workflow_task_failed_event_attributes.cause
        if cause in _HARMLESS:
            return ""
        return WorkflowTaskFailedCause.Name(cause).removeprefix("WORKFLOW_TASK_FAILED_CAUSE_")
    if event.HasField("workflow_task_timed_out_event_attributes"):
        kind = event.workflow_task_timed_out_event_attributes.timeout_type
        return "TASK_TIMED_OUT" if kind == TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE else ""
    return ""


async def _backwards(client: Client, execution: WorkflowExecution, seconds: float) -> AsyncIterator[HistoryEvent]:
    """The last events of a run, the newest first."""
    page = b""
    for _ in range(_MOST_PAGES):
        answer = await client.workflow_service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=client.namespace, execution=execution, maximum_page_size=_EVENTS, next_page_token=page
            ),
            timeout=timedelta(seconds=seconds),
        )
        for event in answer.history.events:
            yield event
        page = answer.next_page_token
        if not page:
            return


async def _listed(client: Client, query: str, seconds: float) -> AsyncIterator[Run]:
    page = b""
    while True:
        answer = await client.workflow_service.list_workflow_executions(
            ListWorkflowExecutionsRequest(
                namespace=client.namespace, page_size=_PAGE, next_page_token=page, query=query
            ),
            timeout=timedelta(seconds=seconds),
        )
        for info in answer.executions:
            yield _run(info)
        page = answer.next_page_token
        if not page:
            return


def _quoted(text: str) -> str:
    """A text as a value of a list query."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
