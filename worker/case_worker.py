"""The worker of the cases: workflow, activities and gateways wired together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.calling import Checkpoint
from activities.case_activities import FileCaseActivities
from casefile.case_file import CaseFile
from domain.views.readable import Readable
from engine.told_meanwhile import told_meanwhile
from gateways.dossier import build_dossier
from services.debtor_page.linking import PayPages
from services.ports import Channel, Gateway
from workflows import options
from workflows.overdue_invoice import OverdueInvoice

DEPLOYMENT = "maanwerk"
"""Name under which Temporal knows the builds of this worker."""


def case_worker(
    client: Client,
    file: CaseFile,
    gateways: Mapping[Channel, Gateway],
    *,
    task_queue: str,
    step_seconds: float = 60.0,
    max_cached_cases: int = 1000,
    checkpoint: Checkpoint | None = None,
    sticky_timeout: timedelta = timedelta(seconds=60),
    build_id: str | None = None,
    simulation: bool = False,
    readable: Readable = "all",
    public_url: str | None = None,
    reply_domain: str | None = None,
) -> Worker:
    """A worker that runs cases.

    Args:
        client: Connected with the plugin of `engine.plugin`.
        file: The case file.
        gateways: The way out for each channel.
        task_queue: Task queue of the cases.
        step_seconds: Longest time one step may take, in seconds.
        max_cached_cases: Cases kept in memory.
        checkpoint: Told the points of the send protocol; for tests.
        sticky_timeout: How long a case waits for the worker that has it in memory before another one takes it, or
            this one reads all of its history anew: on a morning when all wait, longer than the SDK's ten seconds. Of
            a worker that is gone the server knows after ten seconds, and asks it no longer.
        build_id: Build of this worker. With one, a case stays on its build until it continues as new.
        simulation: Whether the virtual clock of a case is obeyed. Never where mail is really sent: whoever may start a
            workflow could have tomorrow's letters sent today.
        readable: What Temporal may show of a case without a key.
        public_url: Under which URL debtors reach their page: messages carry a link to it; None: they carry none.
        reply_domain: Where answers to e-mails are taken in; None: their sender gets them.
    """
    activities = FileCaseActivities(
        file=file,
        gateways=gateways,
        dossier=build_dossier,
        told_meanwhile=told_meanwhile(client),
        simulation=simulation,
        readable=readable,
        pages=None if public_url is None else PayPages(public_url, lambda: datetime.now(UTC)),
        reply_domain=reply_domain,
    )
    if checkpoint is not None:
        activities = replace(activities, checkpoint=checkpoint)
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
        graceful_shutdown_timeout=shutdown_time(step_seconds),
        deployment_config=None if build_id is None else _deployment(build_id),
        # Else the SDK reads every module of the process, a quarter of a second, for a hash that tells nobody anything.
        build_id=version("maanwerk") if build_id is None else None,
    )


def shutdown_time(step_seconds: float) -> timedelta:
    """How long a worker that stops lets its activities finish: as long as the longest of them may take."""
    reconciling = options.step_timeout("reconcile", step_seconds)
    return max(reconciling, options.step_timeout("send", step_seconds), options.ADVANCE_TIMEOUT)


def _deployment(build_id: str) -> WorkerDeploymentConfig:
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(DEPLOYMENT, build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
