"""Behind `maanwerk worker` and `maanwerk up`: serves until a signal, ends with one clear line when it can't."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import structlog
import typer
from sqlalchemy.engine import make_url

from api.serving.server import BadTls
from casefile.opening import NoCaseFile, open_case_file
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import print_errors
from cli.own_name import own_command
from cli.same_case_file import must_be_the_running_one
from cli.sample_files import FOLDER as SAMPLES
from config.addresses import AddressTaken, local_url
from config.logs import configure_logs, finish_logs
from config.settings import Settings
from engine.client import TemporalUnreachable, connect
from engine.pairing import WrongCaseFile
from gateways.outbox import FileOutbox
from machine.last_moment import end_at_the_latest
from machine.own_folder import FOLDER, WORKER_LOG, is_ours
from machine.private import close_folder, make_folder, private_opener
from speech.sentences import say
from speech.words import to_people, tr
from worker import standalone
from worker.agency_ways import problems_of_partners, way_of
from worker.api_process import OpenToAll, serve_api
from worker.case_worker import shutdown_time
from worker.first_user import first_user_link
from worker.footing import PlaceGone
from worker.gateways import call_seconds
from worker.process import serve_from

__all__ = ["run", "run_api", "run_desk", "run_standalone"]

_LEFT_SECONDS = 15.0
"""How long a process whose case file is gone may take to end: whatever it still does is lost."""
_CLOSING_SECONDS = 8.0
"""How long a worker may take to close, once what was under way has had its time; `deploy/` gives it ten."""


def run(*, restore: bool, accept: bool) -> None:
    """Run the worker until SIGTERM or SIGINT; steps under way are finished first.

    Args:
        restore: First start every open case that does not run: after Temporal's own data were lost.
        accept: Accept the case file in the place of the one that the cases lived on.
    """
    configure_logs()
    settings = read_settings()
    try:
        asyncio.run(_run(settings, restore=restore, accept=accept))
    except PlaceGone:
        raise typer.Exit(1) from None  # It was said at once.
    except (NoCaseFile, TemporalUnreachable, AddressTaken, WrongCaseFile) as problem:
        failed(str(problem))


def run_api() -> None:
    """Serve the API until SIGTERM or SIGINT; requests under way are answered first."""
    configure_logs()
    settings = read_settings()
    must_be_the_running_one(settings)
    _serve_api(settings, lambda url: print_errors(f"API at {url}"))


def run_desk() -> None:
    """Serve the desk of the case file, as `run_api` does, and say how to come in; refused where there is none yet."""
    configure_logs()
    settings = read_settings()
    must_be_the_running_one(settings)
    try:
        open_case_file(settings.database, create=False).database.close()
    except NoCaseFile as problem:
        failed(
            tr(
                "{problem}; {up} makes one and serves the desk, {demo} shows the sample quarter",
                problem=problem,
                up=own_command("up"),
                demo=own_command("desk --demo"),
            )
        )

    def ready(url: str) -> None:
        with to_people():
            print(tr("The desk is at {address}. Ctrl-C stops it.", address=f"{url}/desk"))
            link = first_user_link(settings.database, url, datetime.now(UTC))
            if link is not None:
                told = tr("Nobody can sign in at the desk yet. With this link you can, once and within an hour:")
                print(f"\n{told}\n\n  {link}")
            print(end="", flush=True)

    _serve_api(settings, ready)


def _serve_api(settings: Settings, ready: Callable[[str], None]) -> None:
    async def serving() -> None:
        await serve_api(settings, _told_to_stop(), ready=ready)

    try:
        asyncio.run(serving())
    except OpenToAll as problem:
        refused(str(problem))
    except (NoCaseFile, AddressTaken, BadTls) as problem:
        failed(str(problem))


def run_standalone(port: int | None, ui_port: int | None, *, accept: bool) -> None:
    """Run engine and worker under `var/` until SIGTERM or SIGINT.

    Args:
        port: Port of the engine.
        ui_port: Port of the Temporal UI.
        accept: Accept the case file in the place of the one that the cases lived on.
    """
    settings = read_settings()
    log = FOLDER / WORKER_LOG

    async def serving() -> None:
        async with _ending_in_time(settings) as stop:
            await standalone.run_standalone(
                settings,
                FOLDER,
                stop,
                tell,
                log=log,
                port=port,
                ui_port=ui_port,
                accept=accept,
                gone=_end_soon,
            )

    def tell(places: standalone.Places) -> None:
        _say_where(settings, places)

    try:
        make_folder(FOLDER)
        close_folder(FOLDER, is_ours)
        with open(log, "a", encoding="utf-8", opener=private_opener) as stream:
            configure_logs(stream=stream)
            try:
                asyncio.run(serving())
            finally:
                finish_logs()
    except PlaceGone:
        raise typer.Exit(1) from None  # It was said at once.
    except OpenToAll as problem:
        refused(str(problem))
    except (standalone.CannotStart, NoCaseFile, AddressTaken, TemporalUnreachable, WrongCaseFile) as problem:
        failed(str(problem))
    except OSError as problem:
        failed(f"{FOLDER} can't be written: {problem.strerror}")
    with to_people():
        print(tr("Stopped. `{command}` goes on from here.", command=own_command("up")))


def _say_where(settings: Settings, places: standalone.Places) -> None:
    with to_people():
        print(tr("Maanwerk is up. Ctrl-C stops it; however it ends, it goes on from what is in its folders.") + "\n")
        case_file = make_url(settings.database).render_as_string(hide_password=True).removeprefix("sqlite:///")
        rows = [
            (
                tr("Temporal UI"),
                places.ui if places.ui_answers else tr("{address} (does not answer yet)", address=places.ui),
            ),
            (tr("case file"), case_file),
            (tr("what is sent"), f"{settings.outbox}/"),
            (
                tr("health"),
                tr("{ready} and {metrics}", ready=f"{places.http}/readyz", metrics=f"{places.http}/metrics"),
            ),
        ]
        if places.webhooks is not None:
            rows.append((tr("webhooks"), f"{places.webhooks}/webhooks/…"))
        key = own_command("api-key create NAME")
        rows.append((tr("desk"), f"{places.api}/desk"))
        rows.append((tr("API"), tr("{address}, for who has a key ({command})", address=f"{places.api}/", command=key)))
        if settings.codec is not None:
            codec = f"{local_url(settings.codec)}/codec"
            rows.append((tr("decrypts"), tr("{address}, for who gives the token there", address=codec)))
        rows.append((tr("log"), str(places.log)))
        for name, value in rows:
            print(f"  {name:12}  {value}")
        for problem in _partners_not_set_up(settings):
            print(f"\n{tr('Not set up: {problem}', problem=say(problem))}")
        link = first_user_link(settings.database, places.api, datetime.now(UTC))
        if link is not None:
            print(f"\n{tr('Nobody can sign in at the desk yet. With this link you can, once and within an hour:')}\n")
            print(f"  {link}")
        print(f"\n{tr('Now, in another terminal:')}\n")
        if os.environ.get("TEMPORAL_ADDRESS", "localhost:7233") not in (places.address, _same_host(places.address)):
            print(f"  export TEMPORAL_ADDRESS={places.address}")
        print(f"  {own_command('samples --today')}")
        print(f"  {own_command(f'import {SAMPLES}/open_items.csv --creditor {SAMPLES}/creditor.yaml')}")
        print(f"  {own_command('case list')}", flush=True)


def _partners_not_set_up(settings: Settings) -> tuple[str, ...]:
    """What is missing to reach the partners that the profiles name."""
    file = open_case_file(settings.database, create=False)
    try:
        mails = FileOutbox(settings.outbox)
        way = way_of(settings, file, mails, call_seconds(settings), lambda: datetime.now(UTC))
        return problems_of_partners(file, way, settings.agency_secrets)
    finally:
        file.database.close()


def _same_host(address: str) -> str:
    return address.replace("127.0.0.1", "localhost")


def _told_to_stop() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@contextlib.asynccontextmanager
async def _ending_in_time(settings: Settings) -> AsyncIterator[asyncio.Event]:
    """Set by SIGTERM and SIGINT; from then on the process has the time that a worker takes to stop, and no more.

    A step that is cut short is safe, as if the process had been killed: the next worker asks what became of it.
    """
    stop = _told_to_stop()
    seconds = shutdown_time(settings.step_seconds).total_seconds() + _CLOSING_SECONDS

    async def limit() -> None:
        await stop.wait()
        end_at_the_latest(seconds, 1, lambda: _say_cut_short(seconds))

    limiting = asyncio.create_task(limit())
    try:
        yield stop
    finally:
        limiting.cancel()


def _say_cut_short(seconds: float) -> None:
    logging.raiseExceptions = False  # The log may be closed by now.
    structlog.get_logger("maanwerk.worker").error("worker_cut_short", seconds=seconds)
    with to_people():
        told = tr(
            "what was under way did not end within {seconds} seconds and was cut short. "
            "Nothing is lost: the next start asks what became of it",
            seconds=f"{seconds:.0f}",
        )
        print_errors(f"maanwerk: {told}")


def _end_soon(problem: PlaceGone) -> None:
    """Say what is gone, and see to it that the process ends, whatever a step under way still waits for."""
    print_errors(f"maanwerk: {problem}")
    end_at_the_latest(_LEFT_SECONDS, 1)


async def _run(settings: Settings, *, restore: bool, accept: bool) -> None:
    async with _ending_in_time(settings) as stop:
        with to_people():  # Whoever can't be reached is told to the person; no work begins in it.
            client = await connect(keys=settings.key_ring, metrics=settings.metrics)
        await serve_from(client, settings, stop, restore=restore, accept=accept, gone=_end_soon)
