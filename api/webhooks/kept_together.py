"""Events of requests that come at the same time are stored in one transaction: it lasts as long as that of one.

A commit waits for the disk. One for each request is 100 to 200 a second; what comes faster would wait ever longer.
SQLite has one writer at a time; PostgreSQL commits several transactions at once, so there who comes while others are
stored need not wait for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from casefile.case_file import CaseFile

__all__ = ["KeptTogether"]

_MOST = 1000
"""Events of one transaction: others who write must not wait long."""

_WRITERS = 4
"""Transactions at once on PostgreSQL."""

Event = TypeVar("Event")


class KeptTogether(Generic[Event]):
    """Stores events, those of all requests that wait at once."""

    def __init__(self, file: CaseFile, keep: Callable[[CaseFile, tuple[Event, ...]], None]) -> None:
        """Store into a case file.

        Args:
            file: The case file.
            keep: Stores events in one transaction.
        """
        self._file = file
        self._keep = keep
        self._waiting: list[tuple[tuple[Event, ...], asyncio.Future[None]]] = []
        self._most_at_once = 1 if file.database.locks_all else _WRITERS
        self._writing: set[asyncio.Task[None]] = set()

    async def keep(self, reports: tuple[Event, ...]) -> None:
        """Store events, each once; once this returns they are durable.

        Raises:
            SQLAlchemyError: the case file does not answer, or does not take them.
        """
        if not reports:
            return
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append((reports, kept))
        self._writing = {each for each in self._writing if not each.done()}
        if len(self._writing) < self._most_at_once:
            self._writing.add(asyncio.create_task(self._write()))
        await kept

    async def _write(self) -> None:
        while self._waiting:
            number = events = 0
            while number < len(self._waiting) and (not number or events < _MOST):
                events += len(self._waiting[number][0])
                number += 1
            together, self._waiting = self._waiting[:number], self._waiting[number:]
            # Who no longer waits will bring them again.
            together = [each for each in together if not each[1].done()]
            reports = tuple(report for some, _ in together for report in some)
            try:
                await asyncio.to_thread(self._keep, self._file, reports)
            except Exception as problem:
                # Of whatever kind: each of them answers for it.
                for _, kept in together:
                    if not kept.done():
                        kept.set_exception(problem)
            else:
                for _, kept in together:
                    if not kept.done():
                        kept.set_result(None)
