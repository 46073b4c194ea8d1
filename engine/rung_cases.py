"""The cases that the door rings for: each is nudged once, some at a time, with little patience.

Whoever may have taken the door over can only make the worker look: a case is nudged if something really waits for it.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog
from temporalio.service import RPCError

__all__ = ["Nudges", "RungCases"]

_NUDGE_SECONDS = 5.0
_AT_ONCE = 16
_MOST_RUNG = 10_000
"""Cases that may wait for their nudge; of more a sweep takes care."""


class Nudges(Protocol):
    """Wakes cases, as `engine.dispatcher.Dispatcher` does."""

    def has_waiting(self, case_id: str) -> bool:
        """Whether the inbox of a case holds a message that it has not recorded yet."""
        ...

    async def nudge(self, case_id: str) -> None:
        """Make a case look into its inbox."""
        ...


class RungCases:
    """Takes rings, and nudges."""

    def __init__(self, nudges: Nudges, *, nudge_seconds: float = _NUDGE_SECONDS, most: int = _MOST_RUNG) -> None:
        """Take rings from now on; nobody is nudged before `nudge` runs.

        Args:
            nudges: Wakes cases.
            nudge_seconds: Longest time for one nudge.
            most: Most cases that may wait for theirs.
        """
        self._nudges = nudges
        self._nudge_seconds = nudge_seconds
        self._waiting: asyncio.Queue[str] = asyncio.Queue(most)
        self._known: set[str] = set()

    def take(self, case_id: str) -> None:
        """Remember that a case was rung for, unless it waits already or too many do."""
        if case_id and case_id not in self._known and not self._waiting.full():
            self._known.add(case_id)
            self._waiting.put_nowait(case_id)

    @property
    def idle(self) -> bool:
        """Whether no case waits for its nudge."""
        return self._waiting.empty()

    async def nudge(self) -> None:
        """Nudge, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._nudge_one_by_one())

    async def _nudge_one_by_one(self) -> None:
        log = structlog.get_logger("maanwerk.worker")
        while True:
            case_id = await self._waiting.get()
            # What is told from here on rings again.
            self._known.discard(case_id)
            try:
                if await asyncio.to_thread(self._nudges.has_waiting, case_id):
                    async with asyncio.timeout(self._nudge_seconds):
                        await self._nudges.nudge(case_id)
            except RPCError as problem:
                log.warning("case_not_told_yet", reason=problem.message)
            except Exception as problem:
                # The message is in the inbox: a sweep delivers it. The next ring must be heard, whatever this was.
                log.warning("case_not_told_yet", reason=type(problem).__name__)
