"""The worker process: runs the cases, sweeps up what was left undelivered, stops gracefully."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import OperationalError
from temporalio.client import Client
from temporalio.service import RPCError

from activities.ports import Channel, Gateway
from casefile.case_file import CaseFile
from gateways.outbox import FileOutbox
from worker.case_worker import case_worker
from worker.delivery import Dispatcher
from worker.embedded import register_search_attributes
from worker.settings import Settings

__all__ = ["SWEEP_SECONDS", "outbox_gateways", "serve"]

SWEEP_SECONDS = 60.0
"""How often the worker looks for cases that were not started and messages that were not delivered."""

_CHANNELS: tuple[Channel, ...] = ("email", "sms", "post", "registered", "agency")


def outbox_gateways(settings: Settings) -> dict[Channel, Gateway]:
    """Every channel into the embedded outbox: files in a folder."""
    outbox = FileOutbox(settings.outbox)
    return dict.fromkeys(_CHANNELS, outbox)


async def serve(
    client: Client,
    file: CaseFile,
    settings: Settings,
    stop: asyncio.Event,
    *,
    sweep_seconds: float = SWEEP_SECONDS,
    restore: bool = False,
) -> None:
    """Run cases until told to stop; steps under way are finished first.

    Args:
        client: The Temporal client.
        file: The case file.
        settings: The deployment's settings.
        stop: Set to stop.
        sweep_seconds: Time between two sweeps, in seconds.
        restore: First start every open case that does not run.
    """
    log = structlog.get_logger("maanwerk.worker")
    try:
        await register_search_attributes(client)
    except RPCError as problem:
        # Where only an administrator may do it (Temporal Cloud), he has done it.
        log.warning("search_attributes_not_registered", reason=problem.message)
    dispatcher = Dispatcher(client, file, settings.task_queue, step_seconds=settings.step_seconds)
    worker = case_worker(
        client,
        file,
        outbox_gateways(settings),
        task_queue=settings.task_queue,
        step_seconds=settings.step_seconds,
        max_cached_cases=settings.max_cached_cases,
    )
    async with worker:
        log.info("worker_started", task_queue=settings.task_queue, namespace=client.namespace)
        sweeping = asyncio.create_task(_sweep_again_and_again(dispatcher, sweep_seconds))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((sweeping, stopping), return_when=asyncio.FIRST_COMPLETED)
            if sweeping.done():
                sweeping.result()  # It only ends with an error: the process must not go on half blind.
        finally:
            # A sweep that breaks off is taken up by the next one.
            sweeping.cancel()
            stopping.cancel()
            await asyncio.gather(sweeping, stopping, return_exceptions=True)
        log.info("worker_stopping")
    log.info("worker_stopped")


async def _sweep_again_and_again(dispatcher: Dispatcher, seconds: float) -> None:
    log = structlog.get_logger("maanwerk.worker")
    while True:
        try:
            started, told = await dispatcher.sweep()
        except RPCError as problem:
            log.warning("sweep_failed", reason=problem.message)
        except OperationalError as problem:
            # A long import holds the case file; the reason names no values.
            log.warning("sweep_failed", reason=str(problem.orig))
        else:
            if started or told:
                log.info("swept", cases_started=started, cases_told=told)
        await asyncio.sleep(seconds)
