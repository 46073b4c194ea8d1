"""The provider that all of them send by: a file with a line for each message that it took.

It is slow, as providers are: whoever is killed between its taking a message and its answer does not know.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

__all__ = ["ANSWERS_AFTER", "keep", "take", "taken"]

ANSWERS_AFTER = 0.005
"""Seconds from taking a message to the answer."""


def take(folder: Path, key: str) -> None:
    """Take a message, and answer after a while."""
    keep(folder, key)
    time.sleep(ANSWERS_AFTER)


def keep(folder: Path, key: str) -> None:
    """Take a message; the answer is the caller's to wait for."""
    with (folder / "provider.txt").open("a", encoding="ascii") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fdatasync(file.fileno())


def taken(folder: Path) -> list[str]:
    """Keys of the messages that were taken, in order."""
    file = folder / "provider.txt"
    return file.read_text("ascii").split() if file.exists() else []
