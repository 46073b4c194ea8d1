"""A new case file in SQLite is made at once, and is what the migrations make, one after the other."""

import os
import secrets
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection

from casefile import database as database_module
from casefile import new_file
from casefile.database import Database, _alembic, _newest
from casefile.new_file import NEW_FILE, SEPARATOR, make_tables

DRAWN = {"identity": ("id", "created_at"), "secrets": ("secret",)}
"""Columns whose values each file has for itself."""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """One without tables."""
    return Database(f"sqlite:///{tmp_path / 'case-file.sqlite3'}")


def by_migrations(path: Path, upto: str) -> Database:
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        command.upgrade(_alembic(connection), upto)
    return database


def schema(database: Database) -> list[str]:
    """What SQLite keeps of each table and index, in the order in which they were made; no line ends with a blank."""
    asked = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    with database.read() as connection:
        kept = connection.exec_driver_sql(asked).scalars().all()
    return ["\n".join(line.rstrip() for line in each.expandtabs(4).splitlines()) for each in kept]


def content(database: Database) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table that has any, in which a value that is drawn is its length."""
    found: dict[str, list[dict[str, Any]]] = {}
    with database.read() as connection:
        for name in _tables(connection):
            rows = [dict(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()]
            for row in rows:
                row.update({column: len(row[column]) for column in DRAWN.get(name, ())})
            found |= {name: rows} if rows else {}
    return found


def _tables(connection: Connection) -> Sequence[str]:
    return connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()


def script(database: Database, revision: str) -> str:
    stamped = f"INSERT INTO alembic_version (version_num) VALUES ('{revision}')"
    return "".join(each + SEPARATOR for each in (*schema(database), stamped))


def test_it_has_the_tables_indexes_and_rows_that_the_migrations_make(
    database: Database, tmp_path: Path, only_sqlite: None
) -> None:
    """`MAANWERK_GUIDE=write .venv/bin/pytest tests/casefile/test_new_file.py` writes it anew."""
    migrated = by_migrations(tmp_path / "migrated.sqlite3", "head")
    if os.environ.get("MAANWERK_GUIDE") == "write":
        written = Path(str(files("casefile") / "migrations" / NEW_FILE))
        written.write_text(script(migrated, _newest()), encoding="utf-8")
    with database.write() as connection:
        assert make_tables(connection)
    assert schema(database) == schema(migrated)
    assert content(database) == content(migrated)
    assert content(database)["alembic_version"] == [{"version_num": _newest()}]


def test_no_migration_is_run_for_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "_command", lambda: pytest.fail("there is nothing to migrate"))
    database.migrate()
    assert content(database)["identity"] == [{"row": 1, "id": 32, "created_at": 32, "epoch": 0}]
    assert content(database)["secrets"] == [{"name": "debtor_attribute", "secret": 64}]


def test_a_migration_that_it_does_not_have_yet_follows(
    database: Database, tmp_path: Path, only_sqlite: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever adds one and forgets to write the file anew breaks nobody's case file."""
    (tmp_path / "migrations").mkdir()
    before = script(by_migrations(tmp_path / "before.sqlite3", "0041"), "0041")
    (tmp_path / "migrations" / NEW_FILE).write_text(before, encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(new_file, "files", lambda _: tmp_path)
        database.migrate()
    assert content(database)["alembic_version"] == [{"version_num": _newest()}]
    whole = Database(f"sqlite:///{tmp_path / 'whole.sqlite3'}")
    whole.migrate()
    assert schema(database) == schema(whole)


def test_what_breaks_on_the_way_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> str:
        raise OSError("no randomness")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="no randomness"):
        patched.setattr(secrets, "token_hex", broken)
        database.migrate()
    assert schema(database) == []
    database.migrate()
    assert content(database)["alembic_version"] == [{"version_num": _newest()}]


def test_tables_that_somebody_took_back_come_by_the_migrations(database: Database) -> None:
    """An empty table of alembic is left then: nothing is made at once in a file that is not empty."""
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        assert not make_tables(connection)
    assert schema(database) == ["CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"]
