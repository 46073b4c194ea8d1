"""Whether a case was told something since its step was scheduled: few events are read where few came."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseResponse
from temporalio.testing import ActivityEnvironment

from engine.told_meanwhile import told_meanwhile

INFO = dataclasses.replace(ActivityEnvironment().info, activity_id="5", workflow_id="case:a:b", workflow_run_id="r")


def scheduled(activity_id: str = "5") -> HistoryEvent:
    event = HistoryEvent(event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    event.activity_task_scheduled_event_attributes.activity_id = activity_id
    return event


def signal(name: str) -> HistoryEvent:
    event = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    event.workflow_execution_signaled_event_attributes.signal_name = name
    return event


class Server:
    """Gives the end of a history, each event a batch of its own."""

    def __init__(self, *events: HistoryEvent) -> None:
        self.events = events
        self.asked: list[int] = []
        self.namespace = "default"
        self.workflow_service = self

    async def get_workflow_execution_history_reverse(self, request: Any, *, timeout: Any) -> Any:
        self.asked.append(request.maximum_page_size)
        answer = GetWorkflowExecutionHistoryReverseResponse()
        answer.history.events.extend(list(reversed(self.events))[: request.maximum_page_size])
        return answer


@pytest.mark.parametrize(
    ("since", "told", "times"),
    [
        ((), False, 1),
        ((signal("nudge"),), False, 2),
        ((signal("payment_received"),), True, 1),
        ((signal("nudge"),) * 6, False, 3),
        ((signal("payment_received"), *(signal("nudge"),) * 6), True, 3),
        ((signal("nudge"),) * 30, True, 3),
    ],
    ids=("nothing", "a nudge", "a payment", "nudges", "a payment and nudges", "more than is read"),
)
async def test_a_step_looks_again_when_its_case_was_told_something(
    since: tuple[HistoryEvent, ...], told: bool, times: int
) -> None:
    server = Server(signal("payment_received"), scheduled("4"), scheduled(), *since)
    assert await told_meanwhile(server)(INFO) is told  # type: ignore[arg-type]
    assert len(server.asked) == times
