"""Looking for garbage less often while a list is imported.

Hardly anything of an import is garbage that Python has to look for: it keeps what it reads until it ends. To look
through it again and again took an eighth of its time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["seldom_collected"]

_THRESHOLDS = (50_000, 20, 20)


class _Seldom:
    """How many imports run in this process, and how often it looked before the first of them."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.running = 0
        self.before = gc.get_threshold()


_SELDOM = _Seldom()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Have this process look for garbage less often; as before when the last that asked for it is done."""
    with _SELDOM.lock:
        if not _SELDOM.running:
            _SELDOM.before = gc.get_threshold()
            if 0 < _SELDOM.before[0] < _THRESHOLDS[0]:
                gc.set_threshold(*_THRESHOLDS)
        _SELDOM.running += 1
    try:
        yield
    finally:
        with _SELDOM.lock:
            _SELDOM.running -= 1
            if not _SELDOM.running:
                gc.set_threshold(*_SELDOM.before)
