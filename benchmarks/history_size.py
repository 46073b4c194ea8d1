"""Budget 5: an unpaid case of five steps takes at most 30 billable actions and 30 KiB of history."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from benchmarks.cases import engine
from benchmarks.measured import Measured, report

_ACTIONS = 30
_KIB = 30.0
_DAY = 1.0

_BILLED = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
)


def billable_actions(events: Sequence[HistoryEvent]) -> int:
    """Billable actions of a run, as Temporal Cloud counts them (documentation, evaluate/cloud/actions).

    One each: start, timer, activity, each retry of one, signal, accepted update, upsert of search attributes; all
    local activities of one workflow task together. Queries leave no event, and are not in it.
    """
    actions = 0
    with_markers: set[int] = set()
    for event in events:
        if event.event_type in _BILLED:
            actions += 1
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            actions += event.activity_task_started_event_attributes.attempt - 1
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            with_markers.add(event.marker_recorded_event_attributes.workflow_task_completed_event_id)
    return actions + len(with_markers)


async def _measured() -> Measured:
    async with engine() as made:
        (case_id,) = made.open_cases("unpaid", 1)
        await made.dispatcher(_DAY).start(case_id)
        handle = made.client.get_workflow_handle(case_id)
        await made.ladder_ended(case_id)
        events = (await handle.fetch_history()).events
        with made.file.read() as transaction:
            steps = len(transaction.cases.load(case_id).case.taken)
    actions = billable_actions(events)
    kib = sum(event.ByteSize() for event in events) / 1024
    return Measured(
        budget="an unpaid case of five steps: at most 30 billable actions and 30 KiB of history",
        found=f"{actions} actions, {kib:.1f} KiB",
        share=max(actions / _ACTIONS, kib / _KIB),
        command="python -m benchmarks.history_size",
        notes=(f"{steps} steps, {len(events)} events, from the first reminder to the hand-off",),
    )


def measure() -> Measured:
    """Let a case live to its hand-off, and count."""
    return asyncio.run(_measured())


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
