"""An engine that scans: a table of what is due, looked through again and again.

`python -m benchmarks.peers.scanning HOW FOLDER COUNT [ROWS]`; HOW is `python` (all rows are read, and compared here),
`sql` (the database compares them) or `indexed` (it has an index). ROWS others lie in the table that are not due. Sent,
then marked: what is killed in between is sent again.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.peers.provider import take

_BATCH = 32
_THREADS = 16
_FAR = 9e12
_SECONDS_BETWEEN = 1.0


def opened(folder: Path, how: str, count: int, rows: int) -> sqlite3.Connection:
    """The table, made when it is not there."""
    connection = sqlite3.connect(folder / "scanning.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    made = connection.execute("SELECT count(*) FROM sqlite_master WHERE name='due'").fetchone()[0]
    if not made:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE due (key TEXT PRIMARY KEY, at REAL NOT NULL, debtor TEXT NOT NULL)")
        if how == "indexed":
            connection.execute("CREATE INDEX ix_due ON due (at)")
        fresh = [(f"F-{number}", 0.0, f"Debiteur {number}") for number in range(count)]
        others = ((f"G-{number}", _FAR, f"Debiteur {number}") for number in range(rows))
        connection.executemany("INSERT INTO due VALUES (?, ?, ?)", fresh)
        connection.executemany("INSERT INTO due VALUES (?, ?, ?)", others)
        connection.execute("COMMIT")
    return connection


def due(connection: sqlite3.Connection, how: str, now: float) -> list[str]:
    """Some keys that are due."""
    if how == "python":
        rows = connection.execute("SELECT key, at, debtor FROM due").fetchall()
        return [key for key, at, _ in rows if at <= now][:_BATCH]
    return [
        key for (key,) in connection.execute("SELECT key FROM due WHERE at <= ? ORDER BY at LIMIT ?", (now, _BATCH))
    ]


def main(how: str, folder: Path, count: int, rows: int) -> None:
    """Send all that is due; with COUNT 0 look once a second until it is ended."""
    connection = opened(folder, how, count, rows)
    print("begun", flush=True)
    with ThreadPoolExecutor(_THREADS) as threads:
        while True:
            some = due(connection, how, time.time())
            list(threads.map(lambda key: take(folder, key), some))
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("UPDATE due SET at = ? WHERE key = ?", [(_FAR, key) for key in some])
            connection.execute("COMMIT")
            if not some:
                if count:
                    break
                time.sleep(_SECONDS_BETWEEN)
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
