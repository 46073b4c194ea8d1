"""The tables of a new case file in SQLite, made at once: dozens of migrations lead there, too, in twelve times as long.

`migrations/new_file.sql` says what they are; a test compares it with what the migrations make, and writes it.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from importlib.resources import files
from uuid import uuid4

from sqlalchemy import Connection, insert

from casefile import tables as t

__all__ = ["NEW_FILE", "SEPARATOR", "make_tables"]

NEW_FILE = "new_file.sql"
"""In the folder of the migrations; its last statement says of which of them it is."""
SEPARATOR = ";\n"


def make_tables(connection: Connection) -> bool:
    """Make them where there is nothing yet, in the transaction that the caller has begun with its lock.

    Args:
        connection: To SQLite.

    Returns:
        Whether it did: a file in which anything is goes the way of the migrations.
    """
    if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one():
        return False
    script = (files("casefile") / "migrations" / NEW_FILE).read_text(encoding="utf-8")
    for statement in script.removesuffix(SEPARATOR).split(SEPARATOR):
        connection.exec_driver_sql(statement)
    # Drawn by lot for each file, as migrations 0005 and 0007 do.
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    connection.execute(insert(t.identity), {"row": 1, "id": uuid4().hex, "created_at": now})
    connection.execute(insert(t.secrets), {"name": "debtor_attribute", "secret": secrets.token_hex(32)})
    return True
