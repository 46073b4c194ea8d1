"""The worker process: runs the cases, sweeps up what was left undelivered, stops gracefully."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError
from temporalio.client import Client
from temporalio.service import RPCError

from activities.ports import Channel
from api.sendgrid_events import sendgrid_events
from api.sendgrid_signature import SendgridSignature
from casefile.case_file import CaseFile
from worker.case_worker import case_worker
from worker.codec_serving import codec_served
from worker.delivery import Dispatcher
from worker.embedded import register_search_attributes
from worker.gateways import gateways_of
from worker.observing import Observed, observed_at
from worker.pacing import paced
from worker.settings import Settings

__all__ = ["SWEEP_SECONDS", "pace_of", "serve", "webhooks"]

SWEEP_SECONDS = 60.0
"""How often the worker looks for cases that were not started and messages that were not delivered."""


def pace_of(settings: Settings) -> dict[Channel, float]:
    """The limits of the channels that have one, in messages a second."""
    limits: dict[Channel, float | None] = {
        "email": settings.mail_per_second,
        "sms": settings.sms_per_second,
        "call": settings.call_per_second,
        "post": settings.post_per_second,
    }
    return {channel: limit for channel, limit in limits.items() if limit is not None}


def webhooks(settings: Settings, file: CaseFile, dispatcher: Dispatcher) -> tuple[APIRouter, ...]:
    """The webhooks that the settings have a key for; there are no others."""
    if settings.sendgrid_webhook_key is None:
        return ()

    async def tell(case_id: str, name: str, content: Mapping[str, object], delivery: str) -> None:
        try:
            await dispatcher.tell(case_id, name, content, delivery)
        except RPCError as problem:
            # The message is in the inbox: a sweep delivers it.
            structlog.get_logger("maanwerk.worker").warning("case_not_told_yet", reason=problem.message)

    signature = SendgridSignature(settings.sendgrid_webhook_key)
    return (sendgrid_events(signature, file, tell, dispatcher.real_now),)


async def serve(
    client: Client,
    file: CaseFile,
    settings: Settings,
    stop: asyncio.Event,
    *,
    sweep_seconds: float = SWEEP_SECONDS,
    restore: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Run cases until told to stop; steps under way are finished first.

    Args:
        client: The Temporal client.
        file: The case file.
        settings: The deployment's settings.
        stop: Set to stop.
        sweep_seconds: Time between two sweeps, in seconds.
        restore: First start every open case that does not run.
        ready: Called once the worker takes work.

    Raises:
        AddressTaken: the worker's pages can't be served.
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
        paced(gateways_of(settings, file), pace_of(settings), settings.step_seconds),
        task_queue=settings.task_queue,
        step_seconds=settings.step_seconds,
        max_cached_cases=settings.max_cached_cases,
        build_id=settings.build_id,
        readable=settings.shown,
    )
    observed = Observed(client, file, settings.build_id or "")
    if settings.sendgrid_webhook_key and settings.http is None:
        log.warning("webhook_not_served", reason="MAANWERK_SENDGRID_WEBHOOK_KEY is set, MAANWERK_HTTP is not")
    async with (
        observed_at(settings.http, observed, webhooks(settings, file, dispatcher)),
        codec_served(settings),
        worker,
    ):
        observed.working = True
        log.info(
            "worker_started",
            task_queue=settings.task_queue,
            namespace=client.namespace,
            build_id=settings.build_id,
            key=None if settings.key_ring is None else settings.key_ring.newest.id,
        )
        ready()
        sweeping = asyncio.create_task(_sweep_again_and_again(dispatcher, sweep_seconds, restore=restore))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((sweeping, stopping), return_when=asyncio.FIRST_COMPLETED)
            if sweeping.done():
                sweeping.result()  # It only ends with an error: the process must not go on half blind.
        finally:
            observed.working = False
            # A sweep that breaks off is taken up by the next one.
            sweeping.cancel()
            stopping.cancel()
            await asyncio.gather(sweeping, stopping, return_exceptions=True)
        log.info("worker_stopping")
    log.info("worker_stopped")


async def _sweep_again_and_again(dispatcher: Dispatcher, seconds: float, *, restore: bool) -> None:
    log = structlog.get_logger("maanwerk.worker")
    while True:
        try:
            if restore:
                log.info("restored", open_cases=await dispatcher.restore())
                restore = False
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
