"""Where SQLite's file stood when it was opened, and whether it still does.

SQLite goes on writing to a file that was deleted, and what it commits there nobody can ever read.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

__all__ = ["CaseFileGone", "FilePlace", "Place", "place_of"]


class CaseFileGone(OperationalError):
    """SQLite's file was deleted, emptied, moved or replaced since it was opened: nothing may be acknowledged."""

    def __init__(self, path: Path) -> None:
        """Name the file.

        Args:
            path: Where it was.
        """
        self.path = path
        said = f"{path} was deleted, emptied, moved or replaced while it was in use"
        super().__init__(None, None, sqlite3.OperationalError(said))


class FilePlace:
    """Where SQLite's file stood when it was opened. Threads may share it; without a file it says nothing."""

    def __init__(self, url: URL) -> None:
        """Nothing is opened yet.

        Args:
            url: Of the database.
        """
        self.path: Path | None = None
        self._wal: str | None = None
        self._opened: Place | None = None
        plain = url.database and not url.query and url.database != ":memory:"
        # As it was written, not as SQLite resolves it: a link that points elsewhere is another file, too.
        self._written = Path(os.path.abspath(str(url.database))) if plain else None

    def before_opening(self, *_: Any) -> None:
        """Look before another connection is opened: SQLite would make an empty file where ours is gone."""
        self.check()

    def opened(self, connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        """The first connection says which file it is; the others must find the same."""
        real: str = connection.execute("PRAGMA database_list").fetchone()[2]
        if not real:
            return  # In memory.
        if self._opened is None:
            logs_ahead = connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            self._wal = f"{real}-wal" if logs_ahead else None
            self.path = self._written or Path(real)
            self._opened = place_of(self.path)
        self.check()

    def check(self, *, written: bool = False) -> None:
        """Look whether the file is there.

        Args:
            written: Something was just committed: then the log beside it must be there, too.

        Raises:
            CaseFileGone: it is not, or it is another one.
        """
        if self._opened is None or self.path is None:
            return
        if not self._opened.still(place_of(self.path)):
            raise CaseFileGone(self.path)
        if written and self._wal is not None and not os.path.exists(self._wal):
            # It stays as long as a connection is open: without it the file does not hold what was written.
            raise CaseFileGone(Path(self._wal))

    def leave(self) -> None:
        """All connections are closed: the next one may find another file."""
        self.path, self._opened = None, None


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at a path.

    Attributes:
        device: Its device.
        inode: Its inode there.
        filled: Whether it is a file with something in it.
    """

    device: int
    inode: int
    filled: bool

    def still(self, now: Place | None) -> bool:
        """Whether this is what stands there now; a file that was emptied is not."""
        return now is not None and (self.device, self.inode) == (now.device, now.inode) and self.filled <= now.filled


def place_of(path: Path) -> Place | None:
    """What stands at a path, None where there is nothing."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return Place(found.st_dev, found.st_ino, stat.S_ISREG(found.st_mode) and found.st_size > 0)
