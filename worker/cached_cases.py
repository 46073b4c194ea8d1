"""How many cases a worker keeps in memory: a case that is not there is replayed from its history when it wakes."""

from __future__ import annotations

from machine.memory import memory_bytes

__all__ = ["FEWEST", "cases_that_fit"]

FEWEST = 1000
"""So many are kept on the smallest machine, and where nobody tells how large it is."""
_BYTES = 150 * 1024
"""What one takes at most (docs/performance.md)."""
_SHARE = 4
"""Cases get one part in so many: Temporal, the database and letters that are being made need theirs."""


def cases_that_fit(memory: int | None = None) -> int:
    """How many cases are kept where the setting says nothing.

    Args:
        memory: Bytes of memory; None asks the machine.
    """
    found = memory_bytes() if memory is None else memory
    return max(FEWEST, (found or 0) // _SHARE // _BYTES)
