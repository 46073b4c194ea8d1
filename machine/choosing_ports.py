"""Choosing ports that are free: one process of a user at a time, until it listens on what it chose.

Between the look whether a port is free and the moment of listening another process may take it. Two `maanwerk up` that
begin together would both find Temporal's usual port free, and one of them meet the other's Temporal there.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

__all__ = ["choosing_ports"]

_LOOK_AGAIN_SECONDS = 0.05
_PATIENCE_SECONDS = 60.0


async def choosing_ports() -> Callable[[], None]:
    """Wait until no other process of this user chooses; gives what is to be called once everything listens.

    A process that ends without calling it frees the others too. Who can't have the lock, or waits for a minute, goes on
    without: then a port that was taken meanwhile is an error, as anywhere.
    """
    path = Path(tempfile.gettempdir()) / f"maanwerk-ports-{os.getuid()}.lock"
    try:
        # Not what somebody else may have put there in a folder that is everybody's.
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return lambda: None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not _taken(lock):
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    freed: list[int] = []

    def chosen() -> None:
        if not freed:  # It may be called twice, and the number may be another file's by then.
            freed.append(lock)
            os.close(lock)

    return chosen


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
