"""All in one process and one folder: the embedded Temporal with its web UI, the worker, the case file, the outbox.

What happens is on disk when it happens, so a process that is killed goes on where it was when it starts again. One
process at a time: a lock in the folder, which the operating system frees however the process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from casefile.opening import NoCaseFile
from config.addresses import local_url
from config.settings import Settings
from engine.client import TemporalUnreachable
from engine.embedded import Engine, EngineMissing, free_port, keep_closed_for, tied_dev_server
from engine.pairing import WrongCaseFile
from engine.web_page import told_with_page
from machine.choosing_ports import choosing_ports
from machine.own_folder import ENGINE_DATABASE, ENGINE_LOG, LOCK
from machine.private import close_database, make_folder, private_opener
from worker.api_keeping import api_beside
from worker.doorkeeping import message_keys_of
from worker.footing import PlaceGone
from worker.payment_providers import served_by_nobody
from worker.process import serve_from

__all__ = ["RETENTION", "CannotStart", "Places", "run_standalone"]

RETENTION = timedelta(days=90)
"""How long the embedded Temporal keeps closed workflows; the case file keeps everything."""

_LOCAL = "127.0.0.1"
_PORT, _UI_PORT, _HTTP_PORT, _WEBHOOKS_PORT, _API_PORT = 7233, 8233, 8234, 8235, 8236
_LETTING_GO_SECONDS = 3.0
"""How long the engine of a process that was just killed may take to be gone."""


class CannotStart(RuntimeError):
    """It can't start, or can't go on; the text is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is.

    Attributes:
        address: Of Temporal, as `TEMPORAL_ADDRESS` takes it.
        ui: URL of the Temporal UI.
        http: URL under which `/readyz` and `/metrics` are.
        log: The worker's log.
        webhooks: URL under which the webhooks are; None while no key for one is set.
        api: URL under which the API is.
        ui_answers: Whether the Temporal UI has answered.
    """

    address: str
    ui: str
    http: str
    log: Path
    webhooks: str | None = None
    api: str = ""
    ui_answers: bool = True


async def run_standalone(
    settings: Settings,
    folder: Path,
    stop: asyncio.Event,
    ready: Callable[[Places], None],
    *,
    log: Path,
    port: int | None = None,
    ui_port: int | None = None,
    accept: bool = False,
    gone: Callable[[PlaceGone], None] = lambda problem: None,
) -> None:
    """Run everything until told to stop; steps under way are finished first.

    Args:
        settings: The deployment's settings; Temporal is our own, whatever the environment says.
        folder: Where the engine keeps its state.
        stop: Set to stop.
        ready: Told where everything is, when it is there and Temporal's page answers, or does not for some seconds.
        log: Where the worker's log goes.
        port: Port of the engine; Temporal's usual one by default, or a free one where that is taken.
        ui_port: Port of the web UI; likewise.
        accept: Accept the case file in the place of the one that the cases lived on.
        gone: As in `serve`.

    Raises:
        CannotStart: it runs already, a port is taken, or the engine does not start or has ended.
        PlaceGone: the folder, or something in it, was deleted, moved or replaced.
        WrongCaseFile: the case file is not the one that the cases in the folder live on.
        TemporalUnreachable: our own Temporal can't tell which case file is its own.
        NoCaseFile: the case file can't be opened.
        AddressTaken: the worker's pages, the webhooks or the API can't be served.
        OpenToAll: the API would be reached from outside in the clear.
    """
    with _alone(folder) as lock:
        chosen = await choosing_ports()
        try:
            port, ui_port = _port("--port", port, _PORT), _port("--ui-port", ui_port, _UI_PORT)
            http = settings.http or f"{_LOCAL}:{_port('MAANWERK_HTTP', None, _HTTP_PORT)}"
            webhooks = settings.webhooks
            if webhooks is None and (served_by_nobody(settings) or message_keys_of(settings).any):
                webhooks = f"{_LOCAL}:{_port('MAANWERK_WEBHOOKS', None, _WEBHOOKS_PORT)}"
            api = _api_address(settings)
        except CannotStart:
            chosen()
            raise
        places = Places(
            f"{_LOCAL}:{port}",
            f"http://localhost:{ui_port}",
            f"http://{http}",
            log,
            None if webhooks is None else f"http://{webhooks}",
            f"{'https' if settings.api_tls_certificate else 'http'}://{api}",
        )
        database = folder / ENGINE_DATABASE
        close_database(database)
        # Without the engine's own state the case file is enough: every open case is started again.
        restore = not database.exists()
        engine_log = folder / ENGINE_LOG

        own = settings.model_copy(update={"http": http, "webhooks": webhooks, "api": api, "build_id": None})

        def tell_where(ui_answers: bool) -> None:
            ready(replace(places, ui_answers=ui_answers))

        try:
            async with (
                api_beside(own, places.address) as serve_the_api,
                tied_dev_server(
                    database=database,
                    port=port,
                    ui_port=ui_port,
                    log=engine_log,
                    held=(lock,),
                    metrics=settings.metrics,
                    keys=settings.key_ring,
                    codec=None if settings.codec is None else f"{local_url(settings.codec)}/codec",
                ) as engine,
                told_with_page(ui_port, tell_where, stop) as tell,
            ):

                def all_listen() -> None:
                    chosen()
                    # The case file is there, and the right one: the API finds it, and never makes one.
                    serve_the_api()
                    tell()

                _say(lock, _Holder(os.getpid(), engine.process.pid, places.ui))
                await keep_closed_for(engine.client, RETENTION)
                # Of builds there is one here: nobody tells our own Temporal which one is current.
                serving = serve_from(
                    engine.client,
                    own,
                    stop,
                    restore=restore,
                    accept=accept,
                    places=(folder, database, folder / LOCK),
                    ready=all_listen,
                    gone=gone,
                )
                await _until_the_engine_ends(engine, serving, stop)
                if engine.process.returncode is not None:
                    raise CannotStart(f"the embedded Temporal has ended; see {engine_log}, then start again")
        except EngineMissing as problem:
            raise CannotStart(f"{problem}; see {engine_log}") from None
        finally:
            chosen()


async def _until_the_engine_ends(engine: Engine, serving: Coroutine[None, None, None], stop: asyncio.Event) -> None:
    """Serve until told to stop, or until the engine ends by itself."""

    async def watch() -> None:
        await engine.process.wait()
        stop.set()

    watching = asyncio.create_task(watch())
    try:
        await serving
    except (NoCaseFile, PlaceGone, TemporalUnreachable, WrongCaseFile):
        raise
    except (Exception, asyncio.CancelledError):
        # A worker that loses its engine fails in ways of its own, and may cancel who waits for it (SDK 1.35).
        # The caller says what has ended.
        if not await _has_ended(engine.process):
            raise
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _has_ended(process: asyncio.subprocess.Process) -> bool:
    try:
        async with asyncio.timeout(_LETTING_GO_SECONDS):
            await process.wait()
    except TimeoutError:
        return False
    return True


def _api_address(settings: Settings) -> str:
    """Where the API is served: where the settings say, else at its usual port, or a free one where that is taken."""
    usual = Settings.model_fields["api"].default
    if settings.api != usual:
        return settings.api
    given_away = settings.codec is not None and settings.codec.endswith(f":{_API_PORT}")
    return f"{_LOCAL}:{free_port() if given_away else _port('MAANWERK_API', None, _API_PORT)}"


def _port(option: str, wanted: int | None, usual: int) -> int:
    if wanted is None:
        return usual if _is_free(usual) else free_port()
    if not _is_free(wanted):
        raise CannotStart(f"port {wanted} is taken: choose another {option}, or leave it out")
    return wanted


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a connection that has just ended does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOCAL, port))
        except OSError:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who holds the folder, as he says himself."""

    process: int
    engine: int | None = None
    ui: str = ""


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """Hold the folder; gives the descriptor of the lock, which the engine is to inherit.

    Raises:
        CannotStart: somebody else holds it.
    """
    try:
        make_folder(folder)
        lock = private_opener(str(folder / LOCK), os.O_RDWR | os.O_CREAT)
    except OSError as problem:
        raise CannotStart(f"the folder {folder} can't be written: {problem.strerror}") from None
    try:
        _take(lock, folder)
        _say(lock, _Holder(os.getpid()))
        yield lock
    finally:
        os.close(lock)


def _take(lock: int, folder: Path) -> None:
    deadline = time.monotonic() + _LETTING_GO_SECONDS
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        holder = _holder(lock)
        if holder is not None and _lives(holder.process):
            ui = f"; its Temporal UI is at {holder.ui}" if holder.ui else ""
            raise CannotStart(f"`maanwerk up` runs already in {folder} (process {holder.process}){ui}")
        if time.monotonic() > deadline:
            raise CannotStart(
                f"the Temporal of a `maanwerk up` that was killed still runs in {folder}: "
                f"end it (kill {holder.engine if holder and holder.engine else 'its process'}), then start again"
            )
        # On Linux the engine is just about to end with its parent.
        time.sleep(0.1)


def _say(lock: int, holder: _Holder) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(asdict(holder)).encode(), 0)


def _holder(lock: int) -> _Holder | None:
    try:
        return _Holder(**json.loads(os.pread(lock, 4096, 0)))
    except (ValueError, TypeError):
        return None  # He has not said it yet.


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
