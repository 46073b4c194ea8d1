"""What a process of ours starts with Python, forked: each would import for a second or two what is imported already.

That Python itself starts them is proved where `maanwerk up` and `maanwerk worker` run (`tests/packaging`, and where a
test of `tests/cli` says that nothing is to be forked).
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cli.case import asking_beside
from config.logs import log_descriptor
from machine.private import UMASK
from tests.engine.light_program import start_lightly
from tests.forking import Forked
from worker.kept_process import KeptProcess

__all__ = ["ForkedKept", "fork_asking", "fork_kept", "fork_them"]


start_lightly()


def fork_them() -> None:
    """From now on this process forks what it would have Python start."""
    KeptProcess._start = fork_kept  # type: ignore[method-assign, assignment]
    asking_beside.Beside._begun = fork_asking  # type: ignore[method-assign, assignment]


def fork_asking(beside: asking_beside.Beside, patient: bool) -> Any:
    """As `Beside` begins the process that asks Temporal."""
    seconds = asking_beside._PATIENT_SECONDS if patient else asking_beside._SECONDS
    return Forked(asking_beside.__name__, str(seconds), folder=Path.cwd(), stdout=subprocess.PIPE)


class ForkedKept:
    """As `asyncio.subprocess.Process`, as far as a keeper uses it."""

    def __init__(self, forked: Forked, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader) -> None:
        self._forked = forked
        self.pid = forked.pid
        self.stdin = stdin
        self.stdout = stdout

    @property
    def returncode(self) -> int | None:
        return self._forked.poll()

    def terminate(self) -> None:
        self._forked.terminate()

    def kill(self) -> None:
        self._forked.kill()

    async def wait(self) -> int:
        code = await self._forked.ended()
        self.stdin.close()
        return code


async def fork_kept(keeper: KeptProcess) -> Any:
    """Fork one, with what `KeptProcess` gives to the one that it starts."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    with _pipe() as (theirs_in, ours_in), _pipe() as (ours_out, theirs_out):
        with os.fdopen(os.dup(log_descriptor()), "wb") as errors:
            forked = Forked(
                keeper.module,
                environment=keeper.environment(),
                folder=Path.cwd(),
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=errors,
                own_session=True,
                kept=[keeper.listener.fileno()],
                tied=False,
                umask=UMASK,
            )
        writing, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, _again(ours_in))
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), _again(ours_out))
    return ForkedKept(forked, asyncio.StreamWriter(writing, protocol, None, loop), reader)


def _again(pipe: IO[bytes]) -> IO[bytes]:
    return os.fdopen(os.dup(pipe.fileno()), pipe.mode, buffering=0)


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as from_it, os.fdopen(writing, "wb", buffering=0) as into_it:
        yield from_it, into_it
