"""A connection to PostgreSQL serves one test after the other, until somebody ends it.

Behind each connection the server has a process, which reads what it must know of our tables when it is first asked:
that takes longer than all that most tests ask.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

_MOST = 4
"""Of those that were opened in the same way; what is more is closed."""
_AS_NEW = "CLOSE ALL; UNLISTEN *; RESET ALL; SELECT pg_advisory_unlock_all()"

_kept: defaultdict[str, list[Any]] = defaultdict(list)
_learnt: dict[str, Any] = {}
"""What SQLAlchemy asks of a server when an engine first connects: five questions, the same answers from one server."""
_learn: Callable[[PGDialect_psycopg, Connection], None] = PGDialect_psycopg.initialize


def keep_connections() -> None:
    """From now on. A forked process opens its own: two that write to one socket spoil it for each other."""
    os.register_at_fork(after_in_child=_kept.clear)
    event.listen(Engine, "do_connect", _again)
    PGDialect_psycopg.do_close = _keep  # type: ignore[method-assign, assignment]
    PGDialect_psycopg.initialize = _initialize  # type: ignore[method-assign]


def end_connections() -> None:
    """End those that wait for the next test: a database that is copied has none."""
    for connections in _kept.values():
        while connections:
            connections.pop().close()


def _again(dialect: object, record: object, arguments: tuple[Any, ...], named: dict[str, Any]) -> object:
    if not isinstance(dialect, PGDialect_psycopg):
        return None
    way = repr((arguments, sorted((name, value) for name, value in named.items() if name != "context")))
    while _kept[way]:
        connection = _kept[way].pop()
        try:
            connection.autocommit = True
            connection.execute(_AS_NEW)
            connection.autocommit = False
        except psycopg.Error:  # Its server, or somebody there, has ended it.
            connection.close()
            continue
        return connection
    opened: Any = dialect.connect(*arguments, **named)
    opened.way = way
    return opened


def _keep(dialect: PGDialect_psycopg, connection: Any) -> None:
    others = _kept[connection.way] if hasattr(connection, "way") else None
    if others is None or len(others) >= _MOST:
        connection.close()
        return
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()
        return
    others.append(connection)


def _initialize(dialect: PGDialect_psycopg, connection: Connection) -> None:
    if not _learnt:
        before = dict(vars(dialect))
        _learn(dialect, connection)
        _learnt.update((name, value) for name, value in vars(dialect).items() if before.get(name) != value)
    vars(dialect).update(_learnt)
