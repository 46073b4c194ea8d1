"""Writing in chunks: each holds the lock for a moment, whatever a piece and a commit take."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from casefile.case_file import CaseFile, Transaction
from casefile.write_queue import POLL_SECONDS
from services.importing.chunks import ChunkWriter, Pace, Piece
from tests.casefile.builders import opened
from tests.conftest import DATABASES

LOCK = 0.125
"""Seconds; like all others here a sum of powers of two, so that sums are exact."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("kept_in", DATABASES, indirect=True)


@dataclass
class Clock:
    """A clock that only work moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scene:
    """What happened, in order."""

    file: CaseFile
    clock: Clock = field(default_factory=Clock)
    commit_seconds: float = 0.0
    chunks: list[list[str]] = field(default_factory=lambda: [[]])
    waiting_bytes: list[int] = field(default_factory=list)
    ready: list[Work] = field(default_factory=list)

    def writer(self) -> ChunkWriter:
        return ChunkWriter(self.file, Pace(lock_seconds=LOCK, clock=self.clock, sleep=self.paused))

    def paused(self, seconds: float) -> None:
        self.chunks.append([])

    def committing(self, transaction: Transaction) -> None:
        self.clock.now += self.commit_seconds

    def write(self, *groups: Sequence[Piece]) -> None:
        self.writer().write(iter(groups), before_commit=self.committing)


@dataclass(eq=False)
class Work:
    """A piece that takes so long under the lock, and keeps so many bytes until then."""

    scene: Scene
    name: str
    seconds: float
    size: int = 0

    def ready(self) -> None:
        # Whoever holds the lock of the file would keep this one out for ever.
        with self.scene.file.write():
            self.scene.ready.append(self)
        self.scene.waiting_bytes.append(sum(work.size for work in self.scene.ready))

    def write(self, transaction: Transaction) -> None:
        self.scene.ready.remove(self)
        self.scene.clock.now += self.seconds
        self.scene.chunks[-1].append(self.name)


@pytest.fixture
def scene(kept_in: str, tmp_path: Path) -> Iterator[Scene]:
    yield Scene(opened(tmp_path / "f.sqlite3"))


def many(scene: Scene, count: int, seconds: float, size: int = 0) -> list[Sequence[Piece]]:
    return [[Work(scene, f"{number}", seconds, size)] for number in range(count)]


@pytest.mark.parametrize("seconds", [1 / 1024, 1 / 64, 1 / 32, 0.25])
def test_a_chunk_ends_when_its_time_is_over(scene: Scene, seconds: float) -> None:
    scene.write(*many(scene, 400, seconds))
    most = max(1, round(LOCK / seconds))
    assert max(len(chunk) for chunk in scene.chunks) <= most
    # And it is not given away: but for the first and the last, chunks are as long as they may be.
    assert min(len(chunk) for chunk in scene.chunks[1:-1]) >= max(1, most - 1)


def test_everything_is_written_once_and_in_order(scene: Scene) -> None:
    scene.write(*many(scene, 50, 0.02))
    assert [name for chunk in scene.chunks for name in chunk] == [f"{number}" for number in range(50)]


def test_a_slow_commit_makes_chunks_smaller(scene: Scene) -> None:
    scene.commit_seconds = 1 / 16
    scene.write(*many(scene, 100, 1 / 64))
    assert [len(chunk) for chunk in scene.chunks[1:-1]] == [4] * (len(scene.chunks) - 2)


def test_a_commit_that_takes_all_the_time_does_not_stop_the_work(scene: Scene) -> None:
    scene.commit_seconds = 5.0
    scene.write(*many(scene, 30, 1 / 128))
    assert [len(chunk) for chunk in scene.chunks[1:-1]] == [3] * (len(scene.chunks) - 2)


def test_what_belongs_together_is_in_one_chunk_where_it_fits(scene: Scene) -> None:
    groups = [[Work(scene, f"{group}", 1 / 64) for _ in range(3)] for group in range(20)]
    scene.write(*groups)
    assert all(len(chunk) % 3 == 0 for chunk in scene.chunks)


def test_what_is_too_much_for_one_chunk_goes_on_in_the_next(scene: Scene) -> None:
    scene.write([Work(scene, "large", 1 / 64) for _ in range(28)])
    assert [len(chunk) for chunk in scene.chunks] == [8, 8, 8, 4]


def test_documents_that_wait_for_their_chunk_are_few(scene: Scene) -> None:
    scene.write(*many(scene, 60, 0.001, size=5_000_000))
    assert max(scene.waiting_bytes) <= 20_000_000


def test_nobody_looks_for_garbage_while_others_wait(scene: Scene) -> None:
    """Looking takes longer than a chunk may, where a long list is in memory."""
    looked: list[bool] = []

    class Looking(Work):
        def ready(self) -> None:
            super().ready()
            looked.append(gc.isenabled())

        def write(self, transaction: Transaction) -> None:
            super().write(transaction)
            looked.append(gc.isenabled())
            if self.name == "breaks":
                raise LookupError

    scene.write([Looking(scene, "a", 0.0)])
    with pytest.raises(LookupError):
        scene.write([Looking(scene, "breaks", 0.0)])
    assert looked == [True, False, True, False]
    assert gc.isenabled()


def test_nothing_to_write_locks_nothing(scene: Scene) -> None:
    with scene.file.write():
        scene.write()
        scene.write([], [])


def test_between_two_chunks_everybody_who_waits_looks_several_times(scene: Scene, kept_in: str) -> None:
    pauses: list[float] = []
    writer = ChunkWriter(scene.file, Pace(lock_seconds=0.01, clock=scene.clock, sleep=pauses.append))
    writer.write(many(scene, 5, 0.02))
    # PostgreSQL has a queue: who waited longest comes next, however soon we ask again.
    assert len(pauses) == 4
    assert min(pauses) >= 4 * POLL_SECONDS if kept_in == "sqlite" else pauses == [0.0] * 4
