"""The database behind the case file: connections, transactions, migrations.

A write transaction locks: SQLite takes its write lock at `BEGIN IMMEDIATE`, so that what is read inside it
(balance, holds, inbox) stays true until the commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""


class Database:
    """One database: SQLite by URL `sqlite:///path`."""

    def __init__(self, url: str) -> None:
        """Open the database; nothing is created or changed yet.

        Args:
            url: SQLAlchemy URL.
        """
        self.url = url
        self._sqlite = make_url(url).get_backend_name() == "sqlite"
        arguments: dict[str, Any] = {"timeout": BUSY_SECONDS} if self._sqlite else {}
        # An error comes into logs and histories: it never names the values, which may be personal data.
        self.engine: Engine = create_engine(url, connect_args=arguments, hide_parameters=True)
        if self._sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)

    def migrate(self) -> None:
        """Bring the tables up to date; safe to call at every start and by several processes at once."""
        with self.write() as connection:
            command.upgrade(_alembic(connection), "head")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that locks before it reads; commits at the end, rolls back on an exception."""
        with self.engine.connect() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading one consistent state."""
        with self.engine.connect() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _alembic(connection: Connection) -> Config:
    with as_file(files("casefile") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        return config


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # We begin and end transactions ourselves: the driver's own BEGIN is deferred, and takes the lock too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # NORMAL loses acknowledged rows at a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()
