import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from casefile.database import Database
from casefile.tables import metadata
from tests.casefile.builders import NOW, opened


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'case-file.sqlite3'}"


def migrate(of: str) -> None:
    Database(of).migrate()


def tables(database: Database) -> list[str]:
    with database.read() as connection:
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
        return list(names)


def test_the_migrations_make_the_tables_that_the_code_names(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    database.migrate()
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    database.migrate()
    before = tables(database)
    database.migrate()
    Database(url(tmp_path)).migrate()
    assert tables(database) == before
    assert "facts" in before


def test_two_processes_may_migrate_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=migrate, args=(url(tmp_path),)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert "facts" in tables(Database(url(tmp_path)))


def test_an_acknowledged_row_survives_a_power_cut(tmp_path: Path) -> None:
    """SQLite: with WAL, only synchronous=FULL (2) writes the log through to the disk at each commit."""
    database = opened(tmp_path / "f.sqlite3").database
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_writer_locks_before_it_reads(tmp_path: Path) -> None:
    database = opened(tmp_path / "f.sqlite3").database
    other = sqlite3.connect(tmp_path / "f.sqlite3", timeout=0, isolation_level=None)
    with database.write() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_what_broke_a_transaction_is_what_one_hears_of(tmp_path: Path) -> None:
    database = opened(tmp_path / "f.sqlite3").database
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO creditors (id, body) VALUES ('x', '{}')")
        raise ZeroDivisionError
    with database.write() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM creditors").scalar() == 0


def test_a_row_without_its_case_is_refused_and_the_error_names_no_values(tmp_path: Path) -> None:
    """What stands in an error comes into logs and histories: never what was to be stored."""
    file = opened(tmp_path / "f.sqlite3")
    with pytest.raises(IntegrityError) as caught, file.write() as transaction:
        transaction.save_document("case:of:nobody", "els@ochtend.example", "text/plain", b"x")
    assert "els@ochtend.example" not in str(caught.value)


def test_after_an_error_the_next_transaction_works(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    for _ in range(3):
        with pytest.raises(SQLAlchemyError), file.write() as transaction:
            transaction.connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with file.write() as transaction:
        assert transaction.accept("case:a:1", "m1", "nudge", None, NOW)
