"""The API as a child of `maanwerk up`: a process of its own, started, watched, and gone with its parent.

What it is to do stands in its environment, which is its parent's with another Temporal: our own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

import structlog
from pydantic import BaseModel, ConfigDict

from api.serving.server import BadTls, listener_at
from casefile.opening import NoCaseFile
from config.logs import configure_logs
from config.settings import Settings
from machine.tied_process import ends_with
from worker.api_process import must_be_safe, serve_api_on
from worker.kept_process import ALIVE_SECONDS, FIRST_AGAIN_SECONDS, SILENT_SECONDS, KeptProcess

__all__ = ["Api", "ApiWork", "api_beside"]

_OF_SENDING = (
    "MAANWERK_MAIL",
    "MAANWERK_SENDGRID_API_KEY",
    "MAANWERK_SENDGRID_API_KEY_FILE",
    "MAANWERK_SUBSCRIBERS",
    "MAANWERK_SUBSCRIBERS_FILE",
    "MAANWERK_SUBSCRIBER_SECRETS",
    "MAANWERK_SUBSCRIBER_SECRETS_FILE",
)


class ApiWork(BaseModel):
    """What the parent hands over on standard input, in one line of JSON.

    Attributes:
        listener: Descriptor of the socket that listens.
        parent: Process of the parent.
        log_level: Least level that is logged.
        alive_seconds: How often it shows that its event loop turns.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    listener: int
    parent: int
    log_level: int = logging.INFO
    alive_seconds: float = ALIVE_SECONDS


@dataclass
class Api(KeptProcess):
    """The API, as its parent sees it.

    Attributes:
        work: What it is to do.
        listener: The socket that listens.
        given: What its environment holds besides ours, and in the place of it.
        silent_seconds: After how long without a sign of life it is started again.
        again_seconds: How long to wait before it is started again.
    """

    module = "worker.api_keeping"
    called = "api"

    work: ApiWork
    listener: socket.socket
    given: Mapping[str, str]
    silent_seconds: float = SILENT_SECONDS
    again_seconds: float = FIRST_AGAIN_SECONDS

    def told(self) -> ApiWork:
        """What it is to do."""
        return self.work

    def environment(self) -> Mapping[str, str]:
        """Our own, but for the Temporal that it names, and what mail and events are sent with: it sends none."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("TEMPORAL_") and name.upper() not in _OF_SENDING
        }
        return {**kept, **self.given}


@contextlib.asynccontextmanager
async def api_beside(settings: Settings, temporal: str) -> AsyncIterator[Callable[[], None]]:
    """Serve the API in a process of its own, from when the block says so until it ends.

    Args:
        settings: The deployment's settings; `api` says where.
        temporal: Address of our own Temporal.

    Yields:
        What starts it: until then who knocks waits.

    Raises:
        OpenToAll: it would be reached from outside in the clear.
        AddressTaken: nobody can listen there.
    """
    must_be_safe(settings)
    with listener_at(settings.api, "the API", "MAANWERK_API") as listener:
        work = ApiWork(
            listener=listener.fileno(), parent=os.getpid(), log_level=logging.getLogger().getEffectiveLevel()
        )
        given = {
            "TEMPORAL_ADDRESS": temporal,
            "TEMPORAL_NAMESPACE": "default",
            "MAANWERK_API": settings.api,
            "MAANWERK_DATABASE": settings.database,
        }
        api = Api(work, listener, given)
        keeping: list[asyncio.Task[None]] = []
        try:
            yield lambda: keeping.append(asyncio.create_task(api.keep()))
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    told = await reader.readline()
    if not told:
        return  # The parent has gone before he could say what to do.
    work = ApiWork.model_validate_json(told)
    tie = ends_with(work.parent)
    if tie is not None:
        tie()
    logging.getLogger().setLevel(work.log_level)
    living = asyncio.create_task(_live(work, reader, stop))
    try:
        await serve_api_on(socket.socket(fileno=work.listener), Settings(), stop, ready=lambda url: None, create=False)
    finally:
        living.cancel()


async def _live(work: ApiWork, reader: asyncio.StreamReader, stop: asyncio.Event) -> None:
    """Show that the event loop turns, until the parent has gone or closes our standard input."""
    said = os.dup(sys.stdout.fileno())
    os.set_blocking(said, False)
    # What a library prints is no sign of life.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while not reader.at_eof():
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(said, b"\n")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(work.alive_seconds):
                while await reader.read(1024):
                    pass
    stop.set()


def main() -> None:
    """Serve until the parent says so, or has gone."""
    configure_logs()
    try:
        asyncio.run(_serve())
    except (NoCaseFile, BadTls) as problem:
        structlog.get_logger("maanwerk.api").warning("api_can_not_serve", reason=str(problem))
        sys.exit(1)


if __name__ == "__main__":
    main()
