"""A process of a pool that goes when the one that began it is gone, however that ended.

A pool ends its processes when it is closed. Whoever is killed closes nothing, and they would wait for work for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait

__all__ = ["leave_with_parent"]


def leave_with_parent() -> None:
    """Go when the parent is gone; called in the new process, first of all. Ctrl-C is for the parent alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.sentinel,), daemon=True).start()


def _leave_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
