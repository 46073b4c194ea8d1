"""Work that takes longer than a page may: it goes on in the background, is looked at, and can be stopped.

There is one runner, for imports, comparisons and jobs over many cases. What is to last is kept by the work itself. Here
stands how far it is, in this process; and the last few outcomes of work that records nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

__all__ = ["Jobs", "Progress", "Work"]

_AT_ONCE = 2
"""Of what takes a thread as long as it lasts: pages need threads, too."""
_SIGN_OF_LIFE = 5.0
_MOST_KEPT = 20
"""Outcomes of work that records nothing: the oldest goes."""

Progress = Callable[[int, int], None]
Work = Callable[[Progress], None]
"""The work, in a thread; it tells how much of how much is done, and is stopped by what that raises."""


@dataclass
class _Job:
    task: asyncio.Task[None]
    stop: threading.Event
    counted: list[int]


@dataclass
class Jobs:
    """The work that is under way in this process, by a name that it has once."""

    _running: dict[str, _Job] = field(default_factory=dict)
    _kept: dict[str, object] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def start(
        self, name: str, work: Work, stopped: Callable[[], Exception], alive: Callable[[], None] = lambda: None
    ) -> None:
        """Begin; what has the same name and is under way goes on instead.

        Args:
            name: What it is.
            work: The work.
            stopped: What its progress raises once it is to stop.
            alive: Called in a thread every few seconds as long as it lasts.
        """
        stop, counted = threading.Event(), [0, 0]

        def progress(done: int, total: int) -> None:
            counted[:] = [done, total]
            if stop.is_set():
                raise stopped()

        async def threaded() -> None:
            async with self._places:
                doing = asyncio.ensure_future(asyncio.to_thread(work, progress))
                while not (await asyncio.wait((doing,), timeout=_SIGN_OF_LIFE))[0]:
                    await asyncio.to_thread(alive)
                await doing

        self._begin(name, threaded, stop, counted)

    def go_on(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Begin what takes no thread of its own: it does a little at a time, and looks itself whether it is to stop."""
        self._begin(name, work, threading.Event(), [0, 0])

    def _begin(self, name: str, work: Callable[[], Awaitable[None]], stop: threading.Event, counted: list[int]) -> None:
        if name not in self._running:
            self._running[name] = _Job(asyncio.create_task(self._run(name, work, stop)), stop, counted)

    async def _run(self, name: str, work: Callable[[], Awaitable[None]], stop: threading.Event) -> None:
        try:
            await work()
        except Exception as error:
            # Nobody waits for it: who looks sees that it does not go on, and may begin it again.
            structlog.get_logger("maanwerk.api").error("job_failed", job=name, reason=type(error).__name__)
        finally:
            # Also where the process ends: the thread must not keep it.
            stop.set()
            self._running.pop(name, None)

    async def settle(self, name: str, seconds: float) -> None:
        """Wait for its end, but not for long."""
        job = self._running.get(name)
        if job is not None:
            await asyncio.wait((job.task,), timeout=seconds)

    async def finished(self) -> None:
        """Wait until nothing is under way here."""
        while left := [each.task for each in self._running.values() if not each.task.done()]:
            await asyncio.wait(left)

    def keep(self, name: str, outcome: object) -> None:
        """Keep what work came to that records nothing."""
        self._kept[name] = outcome
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def kept(self, name: str) -> object | None:
        """What it came to; None where it is not known, or no more."""
        return self._kept.get(name)

    def stop(self, name: str) -> None:
        """Let it stop at the next step that it counts."""
        job = self._running.get(name)
        if job is not None:
            job.stop.set()

    def progress(self, name: str) -> tuple[int, int] | None:
        """How much of how much is done; None where this process does not do it."""
        job = self._running.get(name)
        return None if job is None else (job.counted[0], job.counted[1])
