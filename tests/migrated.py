"""A new case file of SQLite is a copy of one that was migrated: migrating takes longer than most tests.

What the migrations draw by lot for each case file, its copy gets anew: no two files are taken for one. That migrating
itself leads there is proved in `tests/casefile` and `tests/cli/test_migrate.py`, and by every process of our own.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from casefile.database import Database, sqlite_file
from machine.private import make_database

migrate: Callable[[Database], None] = Database.migrate


def copied_instead_of_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the patch lasts, in this process."""
    monkeypatch.setattr(Database, "migrate", _migrate)


def _migrate(database: Database) -> None:
    file = sqlite_file(database.engine.url)
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        make_database(file)  # Its owner's alone, as ever.
        file.write_bytes(_migrated())
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("PRAGMA synchronous=OFF")
            drawn = (uuid4().hex, datetime.now(UTC).isoformat(timespec="microseconds"))
            connection.execute("UPDATE identity SET id = ?, created_at = ?", drawn)
            connection.execute("UPDATE secrets SET secret = ?", (secrets.token_hex(32),))
    migrate(database)


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        database = Database(f"sqlite:///{path}")
        migrate(database)
        database.close()
        return path.read_bytes()
