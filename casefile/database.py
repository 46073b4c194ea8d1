"""The database behind the case file: connections, transactions, locks, migrations.

A write transaction locks before it reads, so that what is read inside it (balance, holds, inbox) stays true until the
commit. SQLite locks the whole file (`BEGIN IMMEDIATE`). On PostgreSQL a transaction locks the whole file too, or one
name in it; docs/decisions/0005-locks-on-postgresql.md says why that is enough.

SQLite goes on writing to a file that was deleted or replaced, and all of it is lost. So each transaction looks whether
the file still stands where it was opened, and none is acknowledged that was written into one that is gone.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from copy import copy
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Delete, Engine, Update, bindparam, create_engine, event, func, inspect, select
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    InternalError,
    OperationalError,
    PendingRollbackError,
    ResourceClosedError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from casefile.copied_rows import copy_rows
from casefile.file_place import FilePlace
from casefile.new_file import make_tables
from casefile.write_queue import POLL_SECONDS, WriteQueue, queue_of
from machine.private import make_database

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""
IDLE_SECONDS = 60
"""After how long PostgreSQL ends a transaction whose process no longer says anything, and frees its locks."""
CONNECT_SECONDS = 10

_KEPT, _MORE = 16, 4
"""Connections that a process keeps once it needed as many at a time, and how many more it opens for a moment."""
_FRESH_SECONDS = 0.5
"""A connection that was used so short ago is used again without asking whether it lives."""

_WHOLE_FILE = 0x6D61616E7765726B
"""Number of the advisory lock of the whole file ("maanwerk" in ASCII)."""
_LOCK = select(func.pg_advisory_xact_lock(bindparam("number")))
_LOCK_SHARED = select(func.pg_advisory_xact_lock_shared(bindparam("number")))
_LOCK_BOTH = select(
    func.pg_advisory_xact_lock_shared(bindparam("number")), func.pg_advisory_xact_lock(bindparam("name"))
)
"""Taken from left to right: PostgreSQL works out what a row holds in its order."""


_SETTINGS = """SELECT set_config('lock_timeout', %s, false),
    set_config('idle_in_transaction_session_timeout', %s, false),
    CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END"""

_TOO_MUCH = "54"
"""Class of PostgreSQL's SQLSTATEs for what is too large to be stored, which the driver calls operational."""


def is_database_failure(error: BaseException) -> bool:
    """Whether the database itself failed (locked, gone, full), so that the same may succeed later.

    Anything else that a statement raises (a number or a text that can't be stored) it raises again and again.
    """
    if isinstance(error, MemoryError | PoolTimeout | PendingRollbackError | ResourceClosedError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return isinstance(error, OperationalError | InterfaceError | InternalError) and not state.startswith(_TOO_MUCH)


def database_url(text: str) -> URL:
    """The URL of a case file, with the driver that we have.

    Args:
        text: `sqlite:///path`, or `postgresql://user@host/database` in any of its spellings
            (`postgres://`, `postgresql+psycopg://`).

    Raises:
        ArgumentError: it is no URL, or that of another database.
    """
    url = make_url(text)
    name = url.drivername
    if name in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if name in ("sqlite", "sqlite+pysqlite"):
        return url
    raise ArgumentError(f"{name!r} is no database we know: write sqlite:///path or postgresql://user@host/database")


def shown_url(text: str) -> str:
    """The URL of a case file as people may see it: without the password."""
    return database_url(text).render_as_string(hide_password=True)


def sqlite_file(url: URL) -> Path | None:
    """Where a SQLite database lies; None of one in memory, of another database, and of SQLite's own `file:` names."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)


class Database:
    """One database: SQLite by URL `sqlite:///path`, PostgreSQL by `postgresql://user@host/database`.

    Attributes:
        url: The URL as it was given.
        engine: SQLAlchemy's.
        locks_all: Whether every write transaction keeps all other writers out, and names need no lock.
    """

    def __init__(self, url: str) -> None:
        """Open the database; nothing is created or changed yet.

        Args:
            url: As `database_url` takes it.

        Raises:
            ArgumentError: the URL is none we can use.
        """
        self.url = url
        parsed = database_url(url)
        self._sqlite = parsed.get_backend_name() == "sqlite"
        self.locks_all = self._sqlite
        # An error comes into logs and histories: it never names the values, which may be personal data.
        options: dict[str, Any] = {"hide_parameters": True}
        in_memory = parsed.database in (None, "", ":memory:") or parsed.query.get("mode") == "memory"
        if not (self._sqlite and in_memory):  # There each thread has its one connection.
            options |= {"pool_size": _KEPT, "max_overflow": _MORE}
        if self._sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS}
        else:
            # Each statement under a lock must see what the one who had the lock before has committed.
            options["isolation_level"] = "READ COMMITTED"
            if "connect_timeout" not in parsed.query:
                options["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
        self.engine: Engine = create_engine(parsed, **options)
        self._reader = self.engine
        self._place = FilePlace(parsed)
        self._queue = queue_of(sqlite_file(parsed))
        if self._sqlite:
            event.listen(self.engine, "do_connect", self._place.before_opening)
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "connect", self._place.opened)
        else:
            event.listen(self.engine, "connect", _prepare_postgresql)
            # A connection of the pool may be dead: the database was restarted, or somebody between us lost patience.
            event.listen(self.engine, "checkin", _put_back)
            event.listen(self.engine, "checkout", _still_alive)
            event.listen(self.engine, "handle_error", _name_no_values)
            event.listen(self.engine, "do_executemany", copy_rows)

    @property
    def path(self) -> Path | None:
        """SQLite's file, None where there is none (PostgreSQL, in memory) or it was not opened yet."""
        return self._place.path

    @property
    def shown(self) -> str:
        """The URL as people may see it: without the password."""
        return shown_url(self.url)

    def still_there(self) -> None:
        """Look whether SQLite's file still stands where it was opened; harmless on PostgreSQL.

        Raises:
            CaseFileGone: it was deleted, moved or replaced.
        """
        self._place.check()

    def migrate(self) -> None:
        """Bring the tables up to date; safe to call at every start and by several processes at once.

        Where they are up to date nobody is waited for. A SQLite file is its owner's alone from its first byte, and what
        SQLite puts beside it too.

        Raises:
            OSError: the SQLite file can't be made.
        """
        if (file := sqlite_file(self.engine.url)) is not None:
            make_database(file)
        with self.read() as connection:
            if _revisions(connection) == [_newest()]:
                return
        with self.write() as connection:
            if self._sqlite:
                make_tables(connection)
                # Another process may have made them, or brought them up, while we waited for the lock.
                if _revisions(connection) == [_newest()]:
                    return
            _command().upgrade(_alembic(connection), "head")

    def migrate_down(self, revision: str = "base") -> None:
        """Take migrations back, with what the tables hold; no process may use the case file meanwhile.

        Args:
            revision: Down to this one, which stays; by default all are taken back.
        """
        with self.write() as connection:
            _command().downgrade(_alembic(connection), revision)

    @contextmanager
    def write(self, *, whole: bool = True, name: str | None = None) -> Iterator[Connection]:
        """A transaction that locks before it reads; commits at the end, rolls back on an exception.

        Args:
            whole: Keep every other writer out. Otherwise only those that do the same, and `lock` keeps out the others
                that lock the same name; SQLite always keeps every other writer out.
            name: Not of the whole: a name that `lock` would lock, where it is known before.

        Raises:
            CaseFileGone: SQLite's file is gone; also when it went while this was written, which is lost with it.
        """
        self._place.check()
        deadline = time.monotonic() + BUSY_SECONDS
        # PostgreSQL has a line of its own. Who waits in ours holds no connection meanwhile.
        turn = self._queue.turn(BUSY_SECONDS) if self._sqlite else nullcontext()
        with turn, self.engine.connect() as connection:
            try:
                if self._sqlite:
                    _begin_immediate(connection, self._queue, deadline)
                elif name is not None and not whole:
                    connection.execute(_LOCK_BOTH, {"number": _WHOLE_FILE, "name": _number_of(name)})
                else:
                    connection.execute(_LOCK if whole else _LOCK_SHARED, {"number": _WHOLE_FILE})
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
            # Whoever leaves this block acknowledges what was written: so it looks once more.
            self._place.check(written=True)

    @contextmanager
    def append(self) -> Iterator[Connection]:
        """A transaction that only adds what nobody decides by the absence of: on PostgreSQL it waits for nobody.

        Raises:
            CaseFileGone: SQLite's file is gone; also when it went while this was written, which is lost with it.
        """
        if self._sqlite:
            with self.write(whole=False) as connection:
                yield connection
            return
        with self.engine.begin() as connection:
            yield connection

    def lock(self, connection: Connection, name: str) -> None:
        """Keep out other writers that lock this name, until the transaction ends.

        Lock one name in a transaction: two in different orders wait for each other for ever.
        """
        if not self._sqlite:
            connection.execute(_LOCK, {"number": _number_of(name)})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading one consistent state.

        Raises:
            CaseFileGone: SQLite's file is gone.
        """
        self._place.check()
        with self._reader.connect() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            if self._sqlite:
                connection.rollback()
            else:
                # After a rollback the driver has the server forget every statement that it prepared.
                connection.commit()

    def rewritten(
        self,
        rewriting: Callable[[str, str, str], str],
        writing: Callable[[str, Mapping[str, object]], None],
        changing: Callable[[Update | Delete], Update | Delete],
    ) -> Database:
        """The same database, which is read by other words: for who is not to see all of it.

        Args:
            rewriting: Says, of the kind of database, the schema, and the text of a statement that reads, what is to be
                asked instead.
            writing: Is told the table, and the values, of each statement that writes; raises where it must not.
            changing: Says of a statement that changes rows, or takes them away, what is to be done instead.
        """
        part = copy(self)
        part._reader = self.engine.execution_options()

        def instead(on: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> tuple[str, Any]:
            return rewriting(on.dialect.name, str(on.dialect.default_schema_name), statement), parameters

        def looked_at(_: Connection, __: Any, ___: str, ____: Any, context: Any, _____: bool) -> None:
            if context is not None and (context.isinsert or context.isupdate or context.isdelete):
                for row in context.compiled_parameters:
                    writing(context.compiled.statement.table.name, row)

        event.listen(part._reader, "before_cursor_execute", instead, retval=True, named=False)
        part.engine = self.engine.execution_options()

        def fewer(_: Connection, statement: Any, many: Any, one: Any, __: Any) -> tuple[Any, Any, Any]:
            return (changing(statement) if isinstance(statement, Update | Delete) else statement), many, one

        event.listen(part.engine, "before_execute", fewer, retval=True, named=False)
        event.listen(part.engine, "before_cursor_execute", looked_at, named=False)
        return part

    def close(self) -> None:
        """Close all connections; whoever opens it again takes the file that is there then."""
        self.engine.dispose()
        self._place.leave()


def _number_of(name: str) -> int:
    """The number of the advisory lock of a name."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


def _revisions(connection: Connection) -> list[str]:
    """The migrations that the tables come from: one, or none of an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())


def _newest() -> str:
    """The last of our migrations: their files begin with their number."""
    files_of_them = (files("casefile") / "migrations" / "versions").iterdir()
    return max(file.name[:4] for file in files_of_them if file.name[:4].isdecimal())


def _command() -> Any:
    # Every command opens the case file, and hardly any has something to migrate; alembic is slow to import.
    from alembic import command

    return command


def _alembic(connection: Connection) -> Any:
    from alembic.config import Config

    with as_file(files("casefile") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        return config


def _begin_immediate(connection: Connection, queue: WriteQueue, deadline: float) -> None:
    """Begin a transaction that locks the file, when those who have it before us are done.

    Args:
        connection: To SQLite.
        queue: Whose turn is ours, if it came in time.
        deadline: Until when it waits, by the monotonic clock.

    Raises:
        OperationalError: the file does not become free by then.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        with queue.gate(deadline):
            while time.monotonic() < deadline:
                try:
                    driver.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                        break
                    time.sleep(POLL_SECONDS)
                else:
                    connection.begin()
                    return
            # Once more the common way: what stands in the way is told as every other error of the database.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


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


def _prepare_postgresql(connection: Any, _: ConnectionPoolEntry) -> None:
    # Each statement is a way to the server and back, and so is each end of a transaction.
    connection.autocommit = True
    # "off" loses acknowledged rows at a crash; anything stricter is the cluster's own choice.
    connection.execute(_SETTINGS, (f"{BUSY_SECONDS}s", f"{IDLE_SECONDS}s"))
    connection.autocommit = False


def _put_back(_: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used_at"] = time.monotonic()


def _still_alive(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
    """Ask a connection that nobody used for a while; one that does not answer is replaced by a new one."""
    used_at = entry.info.get("used_at")
    if used_at is None or time.monotonic() - used_at < _FRESH_SECONDS:
        return
    try:
        connection.autocommit = True
        connection.execute("SELECT 1")
        connection.autocommit = False
    except Exception as error:
        raise DisconnectionError from error


def _name_no_values(context: ExceptionContext) -> None:
    """Cut what PostgreSQL adds to an error: its detail quotes keys, or the whole row."""
    error: Any = context.original_exception
    said = getattr(getattr(error, "diag", None), "message_primary", None)
    if said is None:
        return
    error.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {said}",)
