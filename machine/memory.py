"""How much memory this process may use."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["memory_bytes"]

_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where a container's limit stands: of Linux' control groups, version 2 and 1."""


def memory_bytes(limits: tuple[Path, ...] = _LIMITS) -> int | None:
    """The memory of the machine, or what a container leaves of it; None where nobody tells.

    Args:
        limits: Files that may hold a limit in bytes; `max` is none.
    """
    try:
        found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (OSError, ValueError):
        found = []
    for file in limits:
        try:
            said = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if said.isdecimal():
            found.append(int(said))
    return min((each for each in found if each > 0), default=None)
