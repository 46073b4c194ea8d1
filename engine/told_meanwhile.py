"""Whether a case was told something since a step of it was scheduled, which its workflow has not recorded yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.reception import NUDGE

__all__ = ["told_meanwhile"]

_PAGES = (1, 3, 20)
"""Batches of the end of a history that are read: the step was scheduled in the last one, unless something came since,
and the one before holds the turn of the step before."""
_ANSWER = timedelta(seconds=2)
_TOLD = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
)


def told_meanwhile(client: Client) -> Callable[[activity.Info], Awaitable[bool]]:
    """A question that an activity asks before it acts; reading the end of a history is no billable action.

    Where nobody answers, the answer is yes: then nothing is done but to look again.
    """

    async def asked(info: activity.Info) -> bool:
        for most in _PAGES:
            request = GetWorkflowExecutionHistoryReverseRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=info.workflow_id or "", run_id=info.workflow_run_id or ""),
                maximum_page_size=most,
            )
            try:
                answer = await client.workflow_service.get_workflow_execution_history_reverse(request, timeout=_ANSWER)
            except RPCError as problem:
                if problem.status is RPCStatusCode.UNIMPLEMENTED:
                    return False  # The time-skipping test server can't tell; there nobody else signals.
                activity.logger.warning("the history could not be read; the step looks again")
                return True
            for event in answer.history.events:
                if _is_told(event):
                    return True
                if event.activity_task_scheduled_event_attributes.activity_id == info.activity_id:
                    return False
        return True

    return asked


def _is_told(event: HistoryEvent) -> bool:
    """Whether it brought something; a nudge says that there is something in the inbox, and that is read anyway."""
    return event.event_type in _TOLD and event.workflow_execution_signaled_event_attributes.signal_name != NUDGE
