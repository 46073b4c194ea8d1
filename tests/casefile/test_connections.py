"""A test finds nothing on its connection to PostgreSQL of the test that had it before."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import text

from casefile.database import Database
from tests.casefile.builders import close_all, opened


def backend(database: Database) -> int:
    with database.engine.connect() as connection:
        number: int = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        return number


def test_neither_settings_nor_locks_nor_what_was_not_committed(only_postgresql: None, tmp_path: Path) -> None:
    before = opened(tmp_path / "f.sqlite3").database
    used = backend(before)
    connection = before.engine.connect()
    connection.execute(text("SET lock_timeout = 4321"))
    connection.execute(text("SELECT pg_advisory_lock(7)"))
    connection.commit()
    connection.execute(text("UPDATE identity SET epoch = 77"))
    connection.close()
    close_all()
    after = opened(tmp_path / "f.sqlite3").database
    assert backend(after) == used
    with after.engine.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() != "4321ms"
        held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert connection.execute(held).scalar_one() == 0
        assert connection.execute(text("SELECT epoch FROM identity")).scalar_one() == 0


def test_one_that_was_ended_meanwhile_is_not_used_again(only_postgresql: None, tmp_path: Path) -> None:
    first, second = (opened(tmp_path / "f.sqlite3").database for _ in range(2))
    with second.engine.connect() as connection:
        lost = backend(first)
        first.close()
        connection.execute(text("SELECT pg_terminate_backend(:lost, 20000)"), {"lost": lost})
        third = opened(tmp_path / "f.sqlite3").database
        assert backend(third) != lost


def test_a_process_that_is_forked_has_its_own(only_postgresql: None, tmp_path: Path) -> None:
    """Killed in the middle, it would leave its work on the one that it shares."""
    before = opened(tmp_path / "f.sqlite3").database
    used = backend(before)
    close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(backend(opened(tmp_path / "f.sqlite3").database)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        assert int(told.read()) != used
    os.waitpid(child, 0)
