"""What tests write is thrown away, by SQLite as by PostgreSQL: no commit in a process of tests waits for the disk.

One that waits takes a hundred times as long. Processes of ours that tests start wait as ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


def _not_waited_for(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA synchronous=OFF")


def wait_for_no_disk() -> None:
    """From now on."""
    event.listen(Engine, "engine_connect", _not_waited_for)


@contextmanager
def as_in_production() -> Iterator[None]:
    """Connections that are new within the block are as our program has made them."""
    event.remove(Engine, "engine_connect", _not_waited_for)
    try:
        yield
    finally:
        wait_for_no_disk()
