"""Processes that print: each thread that has something to print hands it to a free one, and waits for it there.

Between a thread and the process that prints for it there is a pipe and nothing else: a queue with threads of its own,
as of an executor, has each letter pass three of them, which wait for each other's turn with Python.
"""

from __future__ import annotations

import multiprocessing
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue

from machine.leaving import leave_with_parent

__all__ = ["Closed", "Died", "Failed", "Printers"]

_READY = b""
_FAILED = b""
_NOTHING_MORE = b""


class Closed(Exception):
    """The processes are ended: nothing is printed there any more."""


class Died(Exception):
    """The process that printed it died."""


class Failed(Exception):
    """It could not be made there; whoever makes it himself learns why."""


class Printers:
    """Some processes. Threads share it."""

    def __init__(self, number: int) -> None:
        """Begin the processes; they are ready some time later.

        Args:
            number: How many.
        """
        self._guard = threading.Lock()
        self._closed = False
        self._free: SimpleQueue[Connection | None] = SimpleQueue()
        self._beginning: list[Connection] = []
        self._processes: list[multiprocessing.process.BaseProcess] = []
        # Copied, a process would have our locks as they are, and threads that are not in it.
        context = multiprocessing.get_context("spawn")
        for _ in range(number):
            ours, its = context.Pipe()
            process = context.Process(target=_print, args=(its,), daemon=True)
            process.start()
            its.close()
            self._processes.append(process)
            self._beginning.append(ours)

    @property
    def are_ready(self) -> bool:
        """Whether at least one of them prints by now; one that died meanwhile is noticed by who would use it."""
        with self._guard:
            for pipe in [each for each in self._beginning if each.poll()]:
                self._beginning.remove(pipe)
                try:
                    pipe.recv_bytes()
                except (EOFError, OSError):
                    pipe.close()
                self._free.put(pipe)
            return len(self._beginning) < len(self._processes)

    def make(self, make: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """What `make` makes, in the first process that is free.

        Raises:
            Closed: the processes were ended before it was begun.
            Died: the process died.
            Failed: it raised something.
        """
        asked = pickle.dumps((make, args, kwargs), pickle.HIGHEST_PROTOCOL)
        pipe = self._free.get()
        if pipe is None:
            self._free.put(None)  # for who waits, too
            raise Closed
        try:
            pipe.send_bytes(asked)
            made = pipe.recv_bytes()
        except (EOFError, OSError) as error:
            pipe.close()
            raise Died from error
        except BaseException:
            pipe.close()  # what comes out of it would be taken for the next thing's
            raise
        self._give_back(pipe)
        if made == _FAILED:
            raise Failed
        return pickle.loads(made)

    def close(self) -> None:
        """Take nothing more. A process that has something in hand prints it, and goes."""
        with self._guard:
            self._closed = True
            idle, self._beginning = [*self._beginning], []
            while not self._free.empty():
                idle += [pipe for pipe in (self._free.get(),) if pipe is not None]
            self._free.put(None)
        for pipe in idle:
            _dismiss(pipe)

    def wait(self) -> None:
        """Until all have gone."""
        for process in self._processes:
            process.join()

    def _give_back(self, pipe: Connection) -> None:
        with self._guard:
            if not self._closed:
                self._free.put(pipe)
                return
        _dismiss(pipe)


def _dismiss(pipe: Connection) -> None:
    # Said, and not by closing alone: a process that was forked meanwhile may hold our end of it, too.
    with pipe, suppress(OSError):
        pipe.send_bytes(_NOTHING_MORE)


def _print(pipe: Connection) -> None:
    """In a process that prints: until nobody can ask any more."""
    from letters.press import warm_up

    leave_with_parent()
    warm_up()
    try:
        pipe.send_bytes(_READY)
        while asked := pipe.recv_bytes():
            pipe.send_bytes(_made(asked))
    except (EOFError, OSError):
        return  # who asked is gone


def _made(asked: bytes) -> bytes:
    make, args, kwargs = pickle.loads(asked)
    try:
        return pickle.dumps(make(*args, **kwargs), pickle.HIGHEST_PROTOCOL)
    except Exception:
        return _FAILED
