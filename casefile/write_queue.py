"""Who writes next into a SQLite file: SQLite has a lock, and no queue before it.

Left alone, writers look again and again whether the lock is free, and whoever comes at the right moment passes those
who wait for seconds. So threads of a process stand in a line, and the first of the line stands with those of other
processes before a gate, which one of them passes at a time: who has passed it is the next to write. It is only about
turns: SQLite's own lock goes on keeping writers apart, also those who know nothing of this
(docs/decisions/0046-writers-stand-in-a-line.md).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

__all__ = ["POLL_SECONDS", "WriteQueue", "queue_of"]

POLL_SECONDS = 0.001
"""How often the first of the line looks whether another process is done; the others of its process sleep."""
_GATE_SECONDS = 0.25
"""After how long the first of the line no longer waits for the gate: whoever holds it may have been stopped there."""


class WriteQueue:
    """The line of the threads of this process that want to write into one file. Threads share it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Nobody stands in it.

        Args:
            folder: Where the file lies: other processes are met there. None meets none.
        """
        self._folder = folder
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()
        self._gate: int | None = None

    @property
    def waiting(self) -> int:
        """How many threads stand in it, beside the one whose turn it is."""
        with self._guard:
            return len(self._waiting)

    @contextmanager
    def turn(self, seconds: float) -> Iterator[bool]:
        """Until the block ends it is the turn of this thread; those who came before it come first.

        Args:
            seconds: How long it waits at most.

        Yields:
            Whether its turn came.
        """
        came = self._enter(seconds)
        try:
            yield came
        finally:
            if came:
                self._leave()

    @contextmanager
    def gate(self, deadline: float) -> Iterator[None]:
        """Before the block ends no other process that waits at the gate comes first; for who has the turn.

        Args:
            deadline: Until when it waits at most, by the monotonic clock.
        """
        passed = self._pass(min(deadline, time.monotonic() + _GATE_SECONDS))
        try:
            yield
        finally:
            if passed and self._gate is not None:
                fcntl.flock(self._gate, fcntl.LOCK_UN)

    def _enter(self, seconds: float) -> bool:
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            own = Lock()
            own.acquire()
            self._waiting.append(own)
        if own.acquire(timeout=max(seconds, 0)):
            return True
        with self._guard:
            if own in self._waiting:
                self._waiting.remove(own)
                return False
        return True  # It came in the very moment.

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _pass(self, until: float) -> bool:
        """Pass the gate: a lock on the folder, which a process that ends gives back. Without one nobody waits."""
        if self._folder is None:
            return False
        try:
            if self._gate is None:
                self._gate = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(self._gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return True
                if time.monotonic() >= until:
                    return False
                time.sleep(POLL_SECONDS)
        except OSError:
            # No such lock on this file system, or no such folder any more: then writers of other processes take
            # turns as they can.
            return False

    def __del__(self) -> None:
        """The folder is let go with the last who uses the file."""
        if self._gate is not None:
            with suppress(OSError):
                os.close(self._gate)


_QUEUES: WeakValueDictionary[Path, WriteQueue] = WeakValueDictionary()
_GUARD = Lock()
# A thread that had its turn when the process was copied is not in the copy.
os.register_at_fork(after_in_child=_QUEUES.clear)


def queue_of(file: Path | None) -> WriteQueue:
    """The line before a file, the same for all who open it in this process; None has one of its own."""
    if file is None:
        return WriteQueue()
    real = Path(os.path.realpath(file))
    with _GUARD:
        found = _QUEUES.get(real)
        if found is None:
            found = _QUEUES[real] = WriteQueue(real.parent)
        return found
