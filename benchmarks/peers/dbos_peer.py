"""DBOS: a workflow of three steps a case (write the intent, send, write the outcome), its journal in SQLite.

`python dbos_peer.py FOLDER COUNT [idle]`, with an interpreter that has `dbos`. Run again on the same folder, it goes on
with what it finds, as DBOS does by itself.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path

from dbos import DBOS, DBOSConfig, SetWorkflowID

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.peers.provider import take

_THREADS = 16
_YEAR = 365 * 86400.0
FOLDER = Path(sys.argv[1])


def written(table: str, key: str) -> None:
    """A row in the file of the application, committed."""
    with sqlite3.connect(FOLDER / "application.sqlite3", timeout=30, isolation_level=None) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"INSERT OR REPLACE INTO {table} VALUES (?)", (key,))


@DBOS.step()
def intend(key: str) -> None:
    """Write that it is about to be sent."""
    written("intended", key)


@DBOS.step()
def send(key: str) -> None:
    """Send it."""
    take(FOLDER, key)


@DBOS.step()
def conclude(key: str) -> None:
    """Write that it was sent."""
    written("sent", key)


@DBOS.workflow()
def case(key: str) -> None:
    """One reminder that is due."""
    intend(key)
    send(key)
    conclude(key)


@DBOS.workflow()
def case_of_next_year(key: str) -> None:
    """One that is due in a year."""
    DBOS.sleep(_YEAR)
    case(key)


def main(count: int, idle: bool) -> None:
    """Begin all that was not begun, and wait until all is done; idle ones are waited for in vain."""
    with sqlite3.connect(FOLDER / "application.sqlite3", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for table in ("intended", "sent"):
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (key TEXT PRIMARY KEY)")
    config: DBOSConfig = {
        "name": "peer",
        "system_database_url": f"sqlite:///{FOLDER / 'dbos.sqlite3'}",
        "max_executor_threads": count + 8 if idle else _THREADS,
        "log_level": "ERROR",
        "application_version": "1",
    }
    DBOS(config=config)
    DBOS.launch()
    print("begun", flush=True)
    for number in range(count):
        with SetWorkflowID(f"F-{number}"):
            DBOS.start_workflow(case_of_next_year if idle else case, f"F-{number}")
    if idle:
        print("idle", flush=True)
        time.sleep(_YEAR)
    # A result is looked for once a second by DBOS itself: the last one would count as a second more.
    with sqlite3.connect(FOLDER / "application.sqlite3") as connection:
        while connection.execute("SELECT count(*) FROM sent").fetchone()[0] < count:
            time.sleep(0.02)
    print("done", flush=True)
    DBOS.destroy()


if __name__ == "__main__":
    main(int(sys.argv[2]), len(sys.argv) > 3)
