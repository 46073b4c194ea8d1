"""Budget 4: a cached case takes at most 150 KiB of the worker's memory."""

from __future__ import annotations

import asyncio
import gc
import os
from pathlib import Path

from benchmarks.cases import Engine, engine
from benchmarks.measured import Measured, report

_BUDGET = 150.0
_WARM = 100
_CASES = 400
_REAL_DAY = 86_400.0


def _resident_kib() -> float:
    """Resident memory of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


async def _idle(made: Engine, name: str, count: int) -> None:
    """Start so many cases and wait until each waits for its first step."""
    dispatcher = made.dispatcher(_REAL_DAY)
    ids = made.open_cases(name, count)
    for case_id in ids:
        await dispatcher.start(case_id)
    for case_id in ids:
        while not await made.client.get_workflow_handle(case_id).query("case"):
            await asyncio.sleep(0.05)


async def _measured() -> Measured:
    async with engine() as made:
        # The first cases bring caches, connections and code.
        await _idle(made, "warm", _WARM)
        gc.collect()
        before = _resident_kib()
        await _idle(made, "idle", _CASES)
        gc.collect()
        each = (_resident_kib() - before) / _CASES
    return Measured(
        budget="memory: at most 150 KiB of the worker for a cached case",
        found=f"{each:.0f} KiB",
        share=each / _BUDGET,
        command="python -m benchmarks.case_memory",
        notes=(f"resident memory, {_CASES} idle cases after {_WARM} to warm up, with their folds in the case file",),
    )


def measure() -> Measured:
    """Let cases wait, and see how the worker's process grows."""
    return asyncio.run(_measured())


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
