"""The worker of the cases: workflow, activities and gateways wired together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from activities.case_activities import Checkpoint, FileCaseActivities
from activities.ports import Channel, Gateway
from casefile.case_file import CaseFile
from gateways.dossier import build_dossier
from workflows.overdue_invoice import OverdueInvoice


def case_worker(
    client: Client,
    file: CaseFile,
    gateways: Mapping[Channel, Gateway],
    *,
    task_queue: str,
    step_seconds: float = 60.0,
    max_cached_cases: int = 1000,
    checkpoint: Checkpoint | None = None,
    sticky_timeout: timedelta = timedelta(seconds=10),
) -> Worker:
    """A worker that runs cases.

    Args:
        client: Connected with the plugin of `worker.plugin`.
        file: The case file.
        gateways: The way out for each channel.
        task_queue: Task queue of the cases.
        step_seconds: Longest time one step may take; the worker lets steps finish so long when it stops.
        max_cached_cases: Cases kept in memory.
        checkpoint: Told the points of the send protocol; for tests.
        sticky_timeout: How long a case waits for the worker that has it in memory before another one takes it.
    """
    activities = FileCaseActivities(file=file, gateways=gateways, dossier=build_dossier)
    if checkpoint is not None:
        activities = FileCaseActivities(file=file, gateways=gateways, dossier=build_dossier, checkpoint=checkpoint)
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[OverdueInvoice],
        activities=[
            activities.advance,
            activities.send_message,
            activities.hand_off,
            activities.raise_task,
            activities.reconcile,
        ],
        max_cached_workflows=max_cached_cases,
        sticky_queue_schedule_to_start_timeout=sticky_timeout,
        graceful_shutdown_timeout=timedelta(seconds=step_seconds),
    )
