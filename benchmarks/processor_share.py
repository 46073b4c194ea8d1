"""Processes that get a share of one processor each, as on a machine that has more of them: control groups of Linux.

Measured with those of the first version; those of the second are written by their documentation, and were not tried.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PERIOD = 20_000
"""Microseconds: a process that has had its share rests until the next period."""
_numbers = count(1)


@contextmanager
def held_to(share: float) -> Iterator[Callable[[int], None]]:
    """What takes a process, and whatever it starts from then on, into a group; all of them have ended with the block.

    Args:
        share: Of one processor, for all of the group: 0.25 is a quarter.

    Raises:
        PermissionError: this user may not make such groups (root may).
        FileNotFoundError: this machine has none.
    """
    first = _ROOT / "cpu"  # Of the first version; in the second all controllers stand in one tree.
    group = (first if first.is_dir() else _ROOT) / f"maanwerk-{os.getpid()}-{next(_numbers)}"
    group.mkdir()
    try:
        if first.is_dir():
            (group / "cpu.cfs_period_us").write_text(f"{_PERIOD}")
            (group / "cpu.cfs_quota_us").write_text(f"{round(_PERIOD * share)}")
        else:
            (_ROOT / "cgroup.subtree_control").write_text("+cpu")
            (group / "cpu.max").write_text(f"{round(_PERIOD * share)} {_PERIOD}")
        yield lambda pid: _take(group, pid)
    finally:
        group.rmdir()


def _take(group: Path, pid: int) -> None:
    (group / "cgroup.procs").write_text(f"{pid}")
