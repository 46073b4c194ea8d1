"""Printing in processes of their own, while many letters are to be printed at once.

A letter takes several milliseconds of one core, and Python gives the other none while it is printed. So when letters
crowd, processes are begun; until they are ready, and whenever only one is to be printed, it is printed here. A process
that dies loses no letter: what it had in hand is printed here, and it is said.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import structlog

from services.correspondence.printers import Closed, Died, Failed, Printers

__all__ = ["Presses"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

_CROWDED = 25
"""How often a letter has to meet another one before processes are begun: a few letters are printed sooner than that."""
_IDLE_SECONDS = 60.0
"""After how long without crowding the processes are ended."""
_MOST = 4


class Presses:
    """Where letters are printed. Threads share it."""

    def __init__(
        self, most: int | None = None, *, crowded: int = _CROWDED, idle_seconds: float = _IDLE_SECONDS
    ) -> None:
        """No process is begun yet.

        Args:
            most: How many processes there may be; None for as many as there are cores, at most four.
            crowded: How often letters have to meet before processes are begun.
            idle_seconds: After how long without crowding they are ended.
        """
        self._most = min(_MOST, len(os.sched_getaffinity(0))) if most is None else most
        self._crowded = crowded
        self._idle_seconds = idle_seconds
        self._guard = threading.Lock()
        self._busy = 0
        self._met = 0
        self._printers: Printers | None = None
        self._ending: threading.Timer | None = None

    def make(self, make: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """What `make` makes: here, or in another process where letters crowd.

        Args:
            make: A pure function of a module; its arguments and what it makes travel.
            args: Its arguments.
            kwargs: And those with names.
        """
        printers = self._begin()
        try:
            if printers is not None:
                try:
                    return cast(_R, printers.make(make, args, kwargs))
                except Died:
                    self._broke(printers)
                except (Closed, Failed):
                    pass  # what the letter itself raised is raised here, too
            return make(*args, **kwargs)
        finally:
            with self._guard:
                self._busy -= 1

    @property
    def are_ready(self) -> bool:
        """Whether there are processes, and at least one of them prints by now."""
        with self._guard:
            return self._ready() is not None

    def close(self) -> None:
        """End the processes, when they have printed what they have in hand; they are begun again when letters crowd."""
        with self._guard:
            printers, self._printers, self._met = self._printers, None, 0
            if self._ending is not None:
                self._ending.cancel()
                self._ending = None
        if printers is not None:
            printers.close()
            printers.wait()

    def _begin(self) -> Printers | None:
        """Count one more; the processes, where they are ready and this is not the only letter."""
        with self._guard:
            self._busy += 1
            if self._busy == 1 or self._most < 2:
                return None
            self._met += 1
            if self._printers is None:
                if self._met >= self._crowded:
                    self._printers = Printers(self._most)
                    self._end_later()
                return None
            if self._ending is None:
                self._end_later()
            return self._ready()

    def _ready(self) -> Printers | None:
        return self._printers if self._printers is not None and self._printers.are_ready else None

    def _end_later(self) -> None:
        self._met = 0
        self._ending = threading.Timer(self._idle_seconds, self._look_whether_idle)
        self._ending.daemon = True
        self._ending.start()

    def _look_whether_idle(self) -> None:
        with self._guard:
            self._ending = None
            if self._met:
                self._end_later()
                return
        self.close()

    def _broke(self, printers: Printers) -> None:
        """Use these processes no more; the first to notice says so."""
        with self._guard:
            if self._printers is not printers:
                return
            self._printers, self._met = None, 0
        printers.close()
        structlog.get_logger("maanwerk.worker").warning(
            "a process that printed letters died; its letters are printed here", lost=0
        )
