"""The worker process: runs the cases, sweeps up what was left undelivered, stops gracefully."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import OperationalError
from temporalio.client import Client
from temporalio.service import RPCError

from casefile.case_file import CaseFile
from casefile.file_place import CaseFileGone
from casefile.opening import open_case_file
from casefile.planned_sends import keep_plan
from casefile.standings import keep_standing
from config.settings import Settings
from engine.dispatcher import Dispatcher
from engine.embedded import register_search_attributes
from engine.pairing import Pairing, check_before_beginning
from engine.runs.repairing import Repairer
from engine.runs.rounds import Rounds
from gateways.pacing import paced
from machine.passing_folders import remove_left_folders
from services.ports import Channel
from services.today.day import OFFICE, office_day
from worker.agency_reading import AgencyReading
from worker.agency_ways import problems_of_partners, way_of
from worker.cached_cases import cases_that_fit
from worker.case_worker import case_worker
from worker.codec_serving import codec_served
from worker.doorkeeping import open_door
from worker.footing import LOOK_SECONDS, Footing, PlaceGone, grounded
from worker.gateways import call_seconds, gateways_of
from worker.health import Health, health_at
from worker.payment_providers import readers_of
from worker.provider_reading import LOOK_SECONDS as LOOK_FOR_MONEY_SECONDS
from worker.provider_reading import ProviderReading
from worker.sdk_metrics import sdk_metrics_at
from worker.standing import standing
from worker.telling_subscribers import told_by
from worker.warming import made_ready

__all__ = ["SWEEP_SECONDS", "pace_of", "serve", "serve_from"]

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


async def serve_from(
    client: Client,
    settings: Settings,
    stop: asyncio.Event,
    *,
    restore: bool = False,
    accept: bool = False,
    places: Sequence[Path] = (),
    ready: Callable[[], None] = lambda: None,
    gone: Callable[[PlaceGone], None] = lambda problem: None,
) -> None:
    """Open the case file that the settings name, and serve; the arguments are those of `serve`.

    Raises:
        NoCaseFile: the case file can't be opened.
        AddressTaken: as `serve`.
        WrongCaseFile: as `serve`; where the case file is only away, no new one is begun.
        TemporalUnreachable: as `serve`.
        PlaceGone: as `serve`.
    """
    if not accept:
        await check_before_beginning(client, settings.database, settings.task_queue)
    file = open_case_file(settings.database, create=True)
    try:
        await serve(client, file, settings, stop, restore=restore, accept=accept, places=places, ready=ready, gone=gone)
    finally:
        file.database.close()


async def serve(
    client: Client,
    file: CaseFile,
    settings: Settings,
    stop: asyncio.Event,
    *,
    sweep_seconds: float = SWEEP_SECONDS,
    restore: bool = False,
    accept: bool = False,
    places: Sequence[Path] = (),
    look_seconds: float = LOOK_SECONDS,
    ready: Callable[[], None] = lambda: None,
    gone: Callable[[PlaceGone], None] = lambda problem: None,
) -> None:
    """Run cases until told to stop; steps under way are finished first.

    Args:
        client: The Temporal client.
        file: The case file.
        settings: The deployment's settings.
        stop: Set to stop.
        sweep_seconds: Time between two sweeps, in seconds.
        restore: First start every open case that does not run.
        accept: Accept this case file in the place of the one that the cases lived on; starts every open case, too.
        places: What must stay where it is besides the case file and the outbox; the outer ones first.
        look_seconds: Time between two looks whether they do.
        ready: Called once the worker takes work.
        gone: Called at once when something is gone, before the worker stops.

    Raises:
        AddressTaken: the worker's pages, the SDK's metrics or the webhooks can't be served.
        WrongCaseFile: the case file is not the one of this namespace, or an older copy; nothing was done.
        TemporalUnreachable: Temporal can't tell which case file is its own.
        PlaceGone: what it stands on was deleted, moved or replaced.
    """
    log = structlog.get_logger("maanwerk.worker")
    try:
        await register_search_attributes(client)
    except RPCError as problem:
        # Where only an administrator may do it (Temporal Cloud), he has done it.
        log.warning("search_attributes_not_registered", reason=problem.message)
    await asyncio.to_thread(remove_left_folders)
    pairing = Pairing(client, file, settings.task_queue)
    await (pairing.accept() if accept else pairing.check())
    dispatcher = Dispatcher(
        client, file, settings.task_queue, step_seconds=settings.step_seconds, readable=settings.shown
    )
    gateways = gateways_of(settings, file)
    worker = case_worker(
        client,
        file,
        paced(standing(grounded(gateways, file), file), pace_of(settings), settings.step_seconds),
        task_queue=settings.task_queue,
        step_seconds=settings.step_seconds,
        max_cached_cases=cases_that_fit() if settings.max_cached_cases is None else settings.max_cached_cases,
        build_id=settings.build_id,
        readable=settings.shown,
        public_url=settings.public_url,
        reply_domain=settings.reply_domain,
    )
    health = Health(client, file, settings.build_id or "")
    providers = ProviderReading(
        file, readers_of(settings), dispatcher, look_seconds=min(sweep_seconds, LOOK_FOR_MONEY_SECONDS)
    )
    ways = way_of(settings, file, gateways["email"], call_seconds(settings), lambda: datetime.now(UTC))
    agencies = AgencyReading(file, ways, dispatcher, poll_seconds=settings.agency_poll_seconds)
    subscribers = await asyncio.to_thread(told_by, settings, file)
    async with (
        health_at(settings.http, health),
        sdk_metrics_at(settings.metrics),
        open_door(settings, dispatcher, providers.ring, agencies.ring),
        codec_served(settings),
        made_ready(file, settings.public_url, settings.reply_domain),
        worker,
    ):
        health.working = True
        log.info(
            "worker_started",
            task_queue=settings.task_queue,
            namespace=client.namespace,
            build_id=settings.build_id,
            key=None if settings.key_ring is None else settings.key_ring.newest.id,
        )
        ready()
        restore = restore or accept
        sweeping = asyncio.create_task(
            _sweep_again_and_again(dispatcher, pairing, health, sweep_seconds, restore=restore)
        )
        watching = asyncio.create_task(_footing(settings, file, places).watch(look_seconds))
        told = asyncio.create_task(providers.keep_reading())
        telling = asyncio.create_task(subscribers.keep_telling())
        reported = asyncio.create_task(agencies.keep_reading())
        stopping = asyncio.create_task(stop.wait())
        try:
            for reason in await asyncio.to_thread(problems_of_partners, file, ways, settings.agency_secrets):
                log.warning("partner_not_set_up", reason=reason)
            endless_tasks = (watching, sweeping, told, telling, reported)
            await asyncio.wait((*endless_tasks, stopping), return_when=asyncio.FIRST_COMPLETED)
            for endless in endless_tasks:
                if endless.done():
                    endless.result()  # It only ends with an error: the process must not go on half blind.
        except (PlaceGone, CaseFileGone) as problem:
            # Whoever sees first that it is gone, the watch or one who asked the case file.
            lost = problem if isinstance(problem, PlaceGone) else PlaceGone(problem.path)
            log.error("place_gone", reason=str(lost))
            gone(lost)
            raise lost from None
        finally:
            health.working = False
            # A sweep that breaks off is taken up by the next one.
            for task in (watching, sweeping, told, telling, reported, stopping):
                task.cancel()
            await asyncio.gather(watching, sweeping, told, telling, reported, stopping, return_exceptions=True)
        log.info("worker_stopping")
    await _keep_at_last(pairing)
    log.info("worker_stopped")


async def _keep_at_last(pairing: Pairing) -> None:
    """What a worker has added since its last sweep, the namespace is to know; if not, the next one tells it."""
    try:
        await pairing.keep()
    except OperationalError as problem:
        structlog.get_logger("maanwerk.worker").warning("case_file_not_kept_by_namespace", reason=str(problem.orig))


def _footing(settings: Settings, file: CaseFile, places: Sequence[Path]) -> Footing:
    own = () if file.database.path is None else (file.database.path,)
    # The index of the outbox says what was taken: without it what was sent would be looked for in vain, and sent again.
    return Footing((*places, *own, settings.outbox, settings.outbox / "index.sqlite3"))


async def _sweep_again_and_again(
    dispatcher: Dispatcher, pairing: Pairing, health: Health, seconds: float, *, restore: bool
) -> None:
    log = structlog.get_logger("maanwerk.worker")
    rounds = Rounds(Repairer(dispatcher))
    while True:
        try:
            # What an ended run was told is in the inbox before another one begins.
            await rounds.look(many=restore)
        except RPCError as problem:
            log.warning("round_failed", reason=problem.message)
        except OperationalError as problem:
            log.warning("round_failed", reason=str(problem.orig))
        health.troubles = rounds.troubles
        try:
            if restore:
                log.info("restored", open_cases=await dispatcher.restore())
                restore = False
            await pairing.keep()
            started, told = await dispatcher.sweep()
            # What is to leave, as it stands when a day begins: the next day tells what moved since.
            today = office_day(dispatcher.real_now())
            await asyncio.to_thread(keep_plan, dispatcher.file, today, OFFICE)
            await asyncio.to_thread(keep_standing, dispatcher.file, today)
        except RPCError as problem:
            log.warning("sweep_failed", reason=problem.message)
        except OperationalError as problem:
            # A long import holds the case file; the reason names no values.
            log.warning("sweep_failed", reason=str(problem.orig))
        else:
            if started or told:
                log.info("swept", cases_started=started, cases_told=told)
        await asyncio.sleep(seconds)
