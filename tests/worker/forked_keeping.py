"""Door and API forked, where a test keeps them: each would import for a second or two what the next imports again.

That Python itself starts them is proved where `maanwerk up` and `maanwerk worker` run (`tests/cli`, `tests/packaging`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pytest

from config.logs import log_descriptor
from tests.forking import Forked
from worker.kept_process import KeptProcess


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


class Kept:
    """The processes that were forked in the place of those that keepers start."""

    def __init__(self) -> None:
        self._all: list[ForkedKept] = []

    def living(self) -> list[int]:
        """Those that run."""
        return [each.pid for each in self._all if each.returncode is None]

    async def start(self, kept: KeptProcess) -> Any:
        """Fork one, with what `KeptProcess` gives to the one that it starts."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        with _pipe() as (theirs_in, ours_in), _pipe() as (ours_out, theirs_out):
            with os.fdopen(os.dup(log_descriptor()), "wb") as errors:
                forked = Forked(
                    kept.module,
                    environment=kept.environment(),
                    stdin=theirs_in,
                    stdout=theirs_out,
                    stderr=errors,
                    own_session=True,
                    kept=[kept.listener.fileno()],
                    tied=False,
                )
            writing, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, _again(ours_in))
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), _again(ours_out))
        process = ForkedKept(forked, asyncio.StreamWriter(writing, protocol, None, loop), reader)
        self._all.append(process)
        return process


def _again(pipe: IO[bytes]) -> IO[bytes]:
    return os.fdopen(os.dup(pipe.fileno()), pipe.mode, buffering=0)


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as from_it, os.fdopen(writing, "wb", buffering=0) as into_it:
        yield from_it, into_it


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What a keeper starts is forked."""
    found = Kept()
    monkeypatch.setattr(KeptProcess, "_start", lambda keeper: found.start(keeper))
    return found
