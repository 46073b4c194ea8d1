"""A process of our own that serves at a socket of ours: started, watched, started again, and gone when we are.

The socket is its keeper's, so that an address that is taken is known at the start, and who knocks while the process is
away waits a moment in the system's queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Mapping
from typing import ClassVar

import structlog
from pydantic import BaseModel

from config.logs import log_descriptor
from machine.private import UMASK

__all__ = ["ALIVE_SECONDS", "FIRST_AGAIN_SECONDS", "SILENT_SECONDS", "KeptProcess"]

ALIVE_SECONDS = 5.0
"""How often such a process shows that its event loop turns: with an empty line."""
FIRST_AGAIN_SECONDS, _LAST_AGAIN_SECONDS = 0.5, 30.0
SILENT_SECONDS = 12 * ALIVE_SECONDS
"""After how long without a sign of life it is ended and started again."""
_STOPPING_SECONDS = 10.0


class KeptProcess:
    """Such a process, as its keeper sees it.

    Attributes:
        module: What it runs, as `python -m` takes it.
        called: What the log calls it.
        listener: The socket that listens.
        silent_seconds: After how long without a sign of life it is started again.
        again_seconds: How long to wait before it is started again; doubled each time, back to this after a minute.
        process: The process that runs now.
        started: How many times it was started.
        signs: How many signs of life it gave.
    """

    module: ClassVar[str]
    called: ClassVar[str]

    listener: socket.socket
    silent_seconds: float = SILENT_SECONDS
    again_seconds: float = FIRST_AGAIN_SECONDS
    process: asyncio.subprocess.Process | None = None
    started: int = 0
    signs: int = 0

    def told(self) -> BaseModel:
        """What it is told on standard input, in one line of JSON: secrets stand in no argument."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """What its environment holds."""
        raise NotImplementedError

    def heard(self, line: str) -> None:
        """Take a line that it said."""

    async def keep(self) -> None:
        """Start it again and again, until cancelled; then end it."""
        log = structlog.get_logger("maanwerk.worker")
        again = self.again_seconds
        while True:
            began = time.monotonic()
            try:
                reason = await self._one_life()
            except Exception as problem:
                # Whatever is wrong with it: its keeper goes on, and it is tried again.
                log.error(f"{self.called}_not_kept", problem=type(problem).__name__)
                reason = "it could not be kept"
            if time.monotonic() - began > 60:
                again = self.again_seconds
            log.warning(f"{self.called}_ended", reason=reason, again_in_seconds=again)
            await asyncio.sleep(again)
            again = min(2 * again, _LAST_AGAIN_SECONDS)

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
                process.stdin.write(self.told().model_dump_json().encode() + b"\n")
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
            *(sys.executable, "-P", "-m", "worker.beginning", self.module),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log_descriptor(),
            env={**self.environment(), "PYTHONPATH": os.pathsep.join(each or os.getcwd() for each in sys.path)},
            pass_fds=(self.listener.fileno(),),
            # Ctrl-C in a terminal does not reach it: it still takes what comes while steps are finished.
            start_new_session=True,
            umask=UMASK,
        )

    async def _listen(self, lines: asyncio.StreamReader) -> bool:
        """Read what it says, until it ends; whether it showed itself to the end."""
        while True:
            try:
                async with asyncio.timeout(self.silent_seconds):
                    line = await lines.readline()
            except TimeoutError:
                return False
            except ValueError:
                continue  # Longer than any line of it is.
            if not line:
                return True
            self.signs += 1
            self.heard(line.decode("utf-8", "replace").rstrip("\n"))


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
