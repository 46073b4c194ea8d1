"""Processes that end with the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

__all__ = ["ends_with"]

_PR_SET_PDEATHSIG = 1
"""Of Linux' prctl: the signal that a process gets when its parent ends."""


def ends_with(parent: int) -> Callable[[], None] | None:
    """What a new child does first so that it ends with its parent, by SIGKILL; only Linux can.

    Args:
        parent: The process that starts it.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # He was gone before the tie was made.
            os._exit(1)

    return tie
