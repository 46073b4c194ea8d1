"""The moment at which a process is gone, whatever one of its threads still waits for: a database, a disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

__all__ = ["end_at_the_latest"]


def end_at_the_latest(seconds: float, code: int, say: Callable[[], None] = lambda: None) -> None:
    """End this process in so many seconds, unless it has ended by itself; what it still does is cut short.

    Args:
        seconds: From now.
        code: Its exit code then.
        say: Called just before, in a thread of its own; whatever comes of it, the process ends.
    """

    def end() -> None:
        try:
            say()
        finally:
            os._exit(code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True  # Who has ended in time waits for nobody.
    timer.start()
