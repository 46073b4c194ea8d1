"""Each statement is put into SQL once for all databases that tests open.

SQLAlchemy keeps what it has compiled with the engine, and a test opens a case file of its own: without this, each test
would compile all that it asks anew, which takes longer than asking it.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_compiled: LRUCache[object, object] = LRUCache(2000)


def compile_once() -> None:
    """From now on."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        # A dialect is part of the key. All of one class are alike here: one server, one SQLite, one way to open them.
        dialect.__eq__ = _alike  # type: ignore[method-assign]
        dialect.__hash__ = _of_its_class  # type: ignore[assignment, method-assign]
    event.listen(Engine, "engine_connect", _known)


def _alike(one: object, other: object) -> bool:
    return type(one) is type(other)


def _of_its_class(one: object) -> int:
    return hash(type(one))


def _known(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
