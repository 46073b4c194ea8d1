"""The folder `var/`: what a process that stands alone keeps in it, for its owner alone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["ENGINE_DATABASE", "ENGINE_LOG", "FOLDER", "LOCK", "WORKER_LOG", "is_ours"]

FOLDER: Final = Path("var")
"""Below the folder in which a command is given."""

LOCK: Final = "up.lock"
WORKER_LOG: Final = "worker.log"
ENGINE_LOG: Final = "temporal.log"
ENGINE_DATABASE: Final = "temporal.sqlite3"

_OTHERS: Final = ("case-file.sqlite3", "backup.sqlite3", "outbox")
_NAMES: Final = (LOCK, WORKER_LOG, ENGINE_LOG, ENGINE_DATABASE, *_OTHERS)


def is_ours(name: str) -> bool:
    """Whether an entry of `var/` is one that we make, or that docs/runbook.md has people make.

    A folder with anything else in it may be another one of that name: `/var`, of the system.
    """
    return any(name == own or name.startswith(f"{own}-") or name.startswith(f"{own}.") for own in _NAMES)
