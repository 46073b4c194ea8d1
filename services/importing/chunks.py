"""Writing much into the case file without keeping others out for long.

Work is written in chunks, each in a transaction of its own that holds the lock of the whole file for a moment. What a
chunk holds is measured, and the next one is made accordingly. docs/decisions/0011-an-import-is-written-in-chunks.md
says what that means for an import.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from casefile.case_file import CaseFile, Transaction
from machine.uncollected import uncollected

__all__ = ["ChunkWriter", "Pace", "Piece"]

_FIRST_CHUNK = 20
"""Pieces of the first chunk, when nothing is known of how long one takes."""
_MOST_PIECES = 1000
_MOST_TOGETHER = 100
_MOST_BYTES = 16_000_000
"""Of pieces that are ready and wait for their chunk."""
_LEAST_SHARE = 0.2
"""Part of the time that always goes into work, however long a commit takes."""


class Piece(Protocol):
    """Work that is written whole or not at all."""

    @property
    def size(self) -> int:
        """About how many bytes it keeps in memory once it is ready; what counts are documents."""

    def ready(self) -> None:
        """Do beforehand whatever needs no lock: read files, calculate."""

    def write(self, transaction: Transaction) -> None:
        """Write it; it must be right whatever others wrote since it became ready."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to write.

    Attributes:
        lock_seconds: How long a chunk should hold the lock, its commit included.
        pause_seconds: How long nothing is written between two chunks, where those who wait for the lock have no queue
            (SQLite): several times `casefile.write_queue.POLL_SECONDS`, so that each of them looks meanwhile. Making
            the next pieces ready is part of it.
        clock: Tells seconds.
        sleep: Waits so many seconds; called between every two chunks, with 0 where there is a queue.
    """

    lock_seconds: float = 0.06
    pause_seconds: float = 0.01
    clock: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class ChunkWriter:
    """Writes pieces in chunks. Pieces of one group belong together: they are in one chunk where they fit.

    Attributes:
        file: The case file.
        pace: How fast to write.
        at_end: Called at the end of every chunk, inside its transaction.
    """

    file: CaseFile
    pace: Pace = field(default_factory=Pace)
    at_end: Callable[[Transaction], None] = lambda transaction: None
    _piece_seconds: float | None = None
    _commit_seconds: float = 0.0
    _left_at: float | None = None

    def write(
        self,
        groups: Iterable[Sequence[Piece]],
        before_commit: Callable[[Transaction], None] = lambda transaction: None,
        together: Callable[[Transaction, Sequence[Piece]], None] | None = None,
    ) -> None:
        """Write everything, in order. What is committed stays, whatever happens to what comes after.

        Args:
            groups: The pieces; asked for while no lock is held, and no earlier than needed.
            before_commit: Called at the end of every chunk, inside its transaction.
            together: Writes beforehand what takes less time for several pieces at once; then each is written. They are
                so few that a chunk still ends in time.
        """
        coming = _in_order(groups)
        waiting: deque[_Next] = deque()
        while self._fill(waiting, coming):
            if self._left_at is not None:
                free = self.pace.clock() - self._left_at
                left = max(0.0, self.pace.pause_seconds - free)
                self.pace.sleep(left if self.file.database.locks_all else 0.0)
            with uncollected(), self.file.write() as transaction:
                begun = self.pace.clock()
                written = self._chunk(transaction, waiting, begun, together)
                worked = self.pace.clock() - begun
                before_commit(transaction)
                self.at_end(transaction)
            self._left_at = self.pace.clock()
            self._learn(worked / written, self._left_at - begun - worked)

    def _fill(self, waiting: deque[_Next], coming: Iterator[_Next]) -> bool:
        """Make as many pieces ready as the next chunk may take; False when there are none left."""
        wanted = _FIRST_CHUNK
        if self._piece_seconds is not None:
            wanted = min(_MOST_PIECES, 1 + int(self.pace.lock_seconds / max(self._piece_seconds, 1e-6)))
        size = sum(each.piece.size for each in waiting)
        while len(waiting) < wanted and size < _MOST_BYTES:
            each = next(coming, None)
            if each is None:
                break
            each.piece.ready()
            size += each.piece.size
            waiting.append(each)
        return bool(waiting)

    def _chunk(
        self,
        transaction: Transaction,
        waiting: deque[_Next],
        begun: float,
        together: Callable[[Transaction, Sequence[Piece]], None] | None,
    ) -> int:
        """Write pieces until their time is over, at least one; returns how many."""
        time_left = max(self.pace.lock_seconds * _LEAST_SHARE, self.pace.lock_seconds - self._commit_seconds)
        written = 0
        while waiting:
            passed = self.pace.clock() - begun
            one = passed / written if written else self._piece_seconds
            some: list[Piece] = []
            while waiting and (not some or (together is not None and len(some) < _MOST_TOGETHER)):
                if written or some:
                    if one is None:
                        break
                    spent = passed + one * len(some)
                    group = one * waiting[0].together
                    if spent + one > time_left or (spent > time_left / 2 and spent + group > time_left):
                        break
                some.append(waiting.popleft().piece)
            if not some:
                break
            if together is not None:
                together(transaction, some)
            for piece in some:
                piece.write(transaction)
            written += len(some)
        return written

    def _learn(self, piece_seconds: float, commit_seconds: float) -> None:
        """Make the next chunk by what this one took: smaller at once, larger by and by."""
        known = self._piece_seconds
        self._piece_seconds = piece_seconds if known is None else (known + piece_seconds) / 2
        self._commit_seconds = max(commit_seconds, (self._commit_seconds + commit_seconds) / 2)


@dataclass(frozen=True, slots=True)
class _Next:
    """A piece, and how many belong together from it on, when it is the first of its group (else 1)."""

    piece: Piece
    together: int


def _in_order(groups: Iterable[Sequence[Piece]]) -> Iterator[_Next]:
    for group in groups:
        for place, piece in enumerate(group):
            yield _Next(piece, 1 if place else len(group))
