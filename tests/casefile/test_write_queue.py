"""Writers of one SQLite file come in the order in which they asked; who asks again and again passes nobody."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from casefile import database as module
from casefile.database import Database, is_database_failure
from casefile.write_queue import WriteQueue, queue_of

LONG = 20.0


def stand_in_line(queue: WriteQueue, threads: ThreadPoolExecutor, name: str, came: list[str]) -> None:
    """Let a thread ask for its turn, and return as soon as it stands in the line."""
    before = queue.waiting

    def ask() -> None:
        with queue.turn(LONG) as its:
            assert its
            came.append(name)

    threads.submit(ask)
    deadline = time.monotonic() + LONG
    while queue.waiting == before:
        assert time.monotonic() < deadline, f"{name} does not stand in the line"


def test_threads_come_in_the_order_in_which_they_asked() -> None:
    queue, came = WriteQueue(), list[str]()
    with ThreadPoolExecutor(3) as threads, queue.turn(LONG):
        for name in ("first", "second", "third"):
            stand_in_line(queue, threads, name, came)
        assert came == []
    assert came == ["first", "second", "third"]


def test_who_had_its_turn_and_asks_again_stands_behind_those_who_wait() -> None:
    queue, came = WriteQueue(), list[str]()
    with ThreadPoolExecutor(1) as threads:
        with queue.turn(LONG):
            stand_in_line(queue, threads, "waiting", came)
        with queue.turn(LONG) as its:
            assert its
            assert came == ["waiting"]


def test_who_gave_up_is_waited_for_by_nobody() -> None:
    queue = WriteQueue()
    with queue.turn(LONG):
        with queue.turn(0) as its:
            assert not its
        assert queue.waiting == 0
    with queue.turn(0) as its:
        assert its


def test_another_process_at_the_gate_comes_before_the_next_of_our_line(tmp_path: Path) -> None:
    ours, theirs = WriteQueue(tmp_path), WriteQueue(tmp_path)
    came = []
    with ThreadPoolExecutor(1) as threads:

        def next_of_ours() -> None:
            with ours.gate(time.monotonic() + LONG):
                came.append("ours")

        with theirs.gate(time.monotonic() + LONG):
            later = threads.submit(next_of_ours)
            came.append("theirs")
        later.result(LONG)
    assert came == ["theirs", "ours"]


def test_who_was_stopped_at_the_gate_stops_nobody_for_good(tmp_path: Path) -> None:
    ours, theirs = WriteQueue(tmp_path), WriteQueue(tmp_path)
    with theirs.gate(time.monotonic() + LONG), ours.gate(time.monotonic() + LONG):
        pass  # It is no lock: SQLite has its own.


def test_a_folder_that_cannot_be_locked_stops_nobody(tmp_path: Path) -> None:
    with WriteQueue(tmp_path / "gone").gate(time.monotonic() + LONG):
        pass


def test_all_who_open_a_file_stand_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    queue = queue_of(tmp_path / "f.sqlite3")
    assert queue_of(tmp_path / "link" / "f.sqlite3") is queue
    assert queue_of(tmp_path / "other.sqlite3") is not queue


def test_who_waits_too_long_is_told_what_sqlite_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'f.sqlite3'}")
    database.migrate()
    monkeypatch.setattr(module, "BUSY_SECONDS", 0)
    with database.write(), pytest.raises(OperationalError, match="locked") as told, database.write():
        pass
    assert is_database_failure(told.value)
    with database.write():
        pass
    database.close()
