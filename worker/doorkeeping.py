"""Keeping the door: the worker starts the process that takes webhooks, watches it, and starts it again.

The socket is the worker's, so that an address that is taken is known at the start, and who knocks while the door is
away waits a moment in the system's queue. The door lives in a process of its own and ends with the worker, however
that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

import structlog

from api.serving.server import listener_at
from api.webhooks.message_keys import MessageKeys
from config.connection_limits import WEBHOOKS, Limits
from config.logs import log_descriptor
from config.settings import Settings
from engine.rung_cases import Nudges, RungCases
from machine.private import UMASK
from worker.door import ALIVE_SECONDS, DoorWork

__all__ = ["Door", "limits_of", "message_keys_of", "open_door"]

_FIRST_AGAIN_SECONDS, _LAST_AGAIN_SECONDS = 0.5, 30.0
_SILENT_SECONDS = 12 * ALIVE_SECONDS
"""After how long without a sign of life the door is ended and started again."""
_STOPPING_SECONDS = 10.0


def message_keys_of(settings: Settings) -> MessageKeys:
    """What the webhooks about our messages are checked with, besides SendGrid's events."""
    through_twilio = "twilio" in (settings.sms, settings.call)
    return MessageKeys(
        twilio=settings.twilio_tokens if through_twilio and settings.public_url else (),
        public_url=settings.public_url,
        inbound=settings.inbound_secrets,
        reply_domain=settings.reply_domain,
    )


def limits_of(settings: Settings) -> Limits:
    """What the clients of the door may take."""
    # Mails come in with their attachments.
    allowed = replace(WEBHOOKS, body_bytes=32_000_000, held_bytes=160_000_000, body_seconds=60)
    return replace(
        allowed if settings.inbound_secrets else WEBHOOKS,
        connections=settings.webhooks_connections,
        connections_of_one=min(settings.webhooks_connections_per_address, settings.webhooks_connections),
    )


@dataclass
class Door:
    """The door, as the worker sees it.

    Attributes:
        work: What it is to do.
        listener: The socket that listens.
        rung: The cases that it rings for.
        silent_seconds: After how long without a sign of life it is started again.
        again_seconds: How long to wait before it is started again; doubled each time, back to this after a minute.
        process: The process that runs now.
        started: How many times it was started.
        signs: How many signs of life it gave.
    """

    work: DoorWork
    listener: socket.socket
    rung: RungCases
    silent_seconds: float = _SILENT_SECONDS
    again_seconds: float = _FIRST_AGAIN_SECONDS
    process: asyncio.subprocess.Process | None = None
    started: int = 0
    signs: int = 0

    async def keep(self) -> None:
        """Start it again and again, until cancelled; then end it."""
        log = structlog.get_logger("maanwerk.worker")
        nudging = asyncio.create_task(self.rung.nudge())
        again = self.again_seconds
        try:
            while True:
                began = time.monotonic()
                try:
                    reason = await self._one_life()
                except Exception as problem:
                    # Whatever is wrong with the door: the cases go on, and it is tried again.
                    log.error("door_not_kept", problem=type(problem).__name__)
                    reason = "it could not be kept"
                if time.monotonic() - began > 60:
                    again = self.again_seconds
                log.warning("door_ended", reason=reason, again_in_seconds=again)
                await asyncio.sleep(again)
                again = min(2 * again, _LAST_AGAIN_SECONDS)
        finally:
            nudging.cancel()
            await asyncio.gather(nudging, return_exceptions=True)

    async def _one_life(self) -> str:
        """Run it until it ends; says how it ended."""
        try:
            process = await self._start()
        except OSError as problem:
            return f"it could not be started: {problem.strerror}"
        self.process = process
        self.started += 1
        try:
            assert process.stdin is not None and process.stdout is not None
            with contextlib.suppress(ConnectionError):  # It has ended already; how, is said below.
                process.stdin.write(self.work.model_dump_json().encode() + b"\n")
                await process.stdin.drain()
            lively = await self._listen(process.stdout)
            if not lively:
                process.kill()
                return f"no sign of life in {self.silent_seconds:g} seconds"
            return f"exit code {await process.wait()}"
        finally:
            await _ended(process)

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            # Without the folder we stand in, where anything may be called as our modules are.
            *(sys.executable, "-P", "-m", "worker.door"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log_descriptor(),
            env=_environment(os.environ),
            pass_fds=(self.listener.fileno(),),
            # Ctrl-C in a terminal does not reach it: it still takes what comes while steps are finished.
            start_new_session=True,
            umask=UMASK,
        )

    async def _listen(self, rings: asyncio.StreamReader) -> bool:
        """Read which cases it rings for, until it ends; whether it showed itself to the end."""
        while True:
            try:
                async with asyncio.timeout(self.silent_seconds):
                    line = await rings.readline()
            except TimeoutError:
                return False
            except ValueError:
                continue  # Longer than any id is.
            if not line:
                return True
            self.signs += 1
            self.rung.take(line.decode("utf-8", "replace").rstrip("\n"))


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What the door's environment holds: where Python finds our modules, and none of our settings and secrets."""
    kept = {name: value for name, value in ours.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
    return {**kept, "PYTHONPATH": os.pathsep.join(each or os.getcwd() for each in sys.path)}


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_STOPPING_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def open_door(settings: Settings, nudges: Nudges) -> AsyncIterator[Door | None]:
    """Take webhooks as long as the block runs, where the settings say.

    Args:
        settings: The deployment's settings.
        nudges: Wakes the cases that are told something.

    Raises:
        AddressTaken: nobody can listen there.
    """
    if settings.webhooks is None:
        if settings.sendgrid_webhook_key:
            structlog.get_logger("maanwerk.worker").warning(
                "webhook_not_served",
                reason="MAANWERK_SENDGRID_WEBHOOK_KEY is set, MAANWERK_WEBHOOKS is not: set it to host:port",
            )
        elif message_keys_of(settings).any:
            structlog.get_logger("maanwerk.worker").warning(
                "webhook_not_served",
                reason="MAANWERK_PUBLIC_URL or MAANWERK_SENDGRID_INBOUND_SECRET is set, so providers tell of "
                "messages, but MAANWERK_WEBHOOKS is not: set it to host:port",
            )
        yield None
        return
    with listener_at(settings.webhooks, "the webhooks", "MAANWERK_WEBHOOKS") as listener:
        work = DoorWork(
            listener=listener.fileno(),
            database=settings.database,
            sendgrid_webhook_key=settings.sendgrid_webhook_key,
            messages=message_keys_of(settings),
            limits=limits_of(settings),
            log_level=logging.getLogger().getEffectiveLevel(),
            worker=os.getpid(),
        )
        door = Door(work, listener, RungCases(nudges))
        keeping = asyncio.create_task(door.keep())
        try:
            yield door
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
