"""Playing many invoices: part by part, in several processes, and told of each part when it is there.

No more parts are made, or wait to be told, than processes can use: what a portfolio takes in memory does not grow with
it. What comes of a part is made where it is played, so that no case has to travel.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TypeVar

from machine.leaving import leave_with_parent
from machine.uncollected import uncollected
from simulation.outcome import Outcome
from simulation.parts import Part, Parts
from simulation.pure import run_part
from speech.words import speak, spoken_language

__all__ = ["ProcessEnded", "play", "processes_here"]

_T = TypeVar("_T")

_AHEAD = 3
"""What is in hand for each process: what it plays, what waits, what is told of."""
_AT_ONCE = 5
"""Parts of a scenario that travel together: going there and back costs as much as playing one invoice."""
_MOST_PROCESSES = 8


class ProcessEnded(RuntimeError):
    """A process that played a part was ended from outside; what was told before it is right."""


def processes_here() -> int:
    """How many processes this machine can use."""
    if hasattr(os, "sched_getaffinity"):
        return min(_MOST_PROCESSES, len(os.sched_getaffinity(0)))
    return min(_MOST_PROCESSES, os.cpu_count() or 1)


def play(
    parts: Parts | Iterable[Part | Callable[[], Part]], told: Callable[[Outcome], _T], processes: int = 1
) -> Iterator[_T]:
    """Play parts.

    Args:
        parts: Those of a scenario, or single ones, or what makes them where they are played; asked for no earlier than
            needed.
        told: Makes of what a part came to whatever is wanted of it; both must be able to travel to a process.
        processes: How many processes play; with 1 it is this one.

    Yields:
        What `told` makes of each part, in the order of the parts, the same with any number of processes.

    Raises:
        ProcessEnded: a process was ended, for want of memory most likely.
    """
    if processes <= 1:
        yield from (_played(part, told) for part in parts)
        return
    # Copied, they have all that this one has imported; elsewhere than on Linux libraries of the system forbid it.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    waiting: deque[Future[list[_T]]] = deque()
    # A scenario is there when a process begins; then only a number has to travel for each of its parts.
    begun = (spoken_language(), parts if isinstance(parts, Parts) else None)
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=begun)
    try:
        for some in _together(parts):
            waiting.append(pool.submit(_all_played, some, told))
            if len(waiting) >= processes * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool:
        raise ProcessEnded(
            "a process that played invoices was ended, for want of memory most likely: play with fewer processes"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _together(parts: Parts | Iterable[Part | Callable[[], Part]]) -> Iterator[Sequence[Part | Callable[[], Part]]]:
    """What goes to a process together: some parts of a scenario, or a single one of others."""
    if not isinstance(parts, Parts):
        yield from ((part,) for part in parts)
        return
    for first in range(0, len(parts), _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, len(parts)))
        yield [partial(_shared_part, number) for number in numbers]


_shared: Parts | None = None
"""The scenario that this process plays parts of, if it was begun with one."""


def _begin(language: str, shared: Parts | None) -> None:
    global _shared
    leave_with_parent()
    speak(language)
    _shared = shared
    # What it has from the process that began it stays until its end: the collector need not look through it.
    gc.freeze()


def _shared_part(number: int) -> Part:
    if _shared is None:
        raise RuntimeError(f"part {number} is of a scenario that this process was not begun with")
    return _shared.part(number)


def _all_played(parts: Sequence[Part | Callable[[], Part]], told: Callable[[Outcome], _T]) -> list[_T]:
    return [_played(part, told) for part in parts]


def _played(part: Part | Callable[[], Part], told: Callable[[Outcome], _T]) -> _T:
    # What a part came to is gone before the collector would look through all of it.
    with uncollected():
        return told(run_part(part if isinstance(part, Part) else part()))
