"""Measures all budgets and writes docs/performance.md: `python -m benchmarks [YYYY-MM-DD]`.

The day is written into the file when it is given. Each benchmark runs in a process of its own. `today_speed` and the
others that are not in the list are for who works on what they measure: the list ends within ten minutes.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from benchmarks import (
    bundle_growth,
    case_list,
    case_list_http,
    case_memory,
    claim_speed,
    commands,
    encrypted_life,
    family_messages,
    history_size,
    import_lock,
    letter_speed,
    list_speed,
    planner_speed,
    portfolio_speed,
    pure_simulation,
    signal_to_case,
    step_latency,
    storm,
    webhook_beside_bare,
    webhook_door,
    whole_life,
)
from benchmarks.measured import Measured, report

RESULTS = Path(__file__).parents[1] / "docs" / "performance.md"
ALL: tuple[Callable[[], Measured], ...] = (
    planner_speed.measure,
    claim_speed.measure,
    letter_speed.measure,
    pure_simulation.measure,
    portfolio_speed.measure,
    whole_life.measure,
    step_latency.measure,
    storm.measure,
    bundle_growth.measure,
    family_messages.measure,
    encrypted_life.measure,
    case_memory.measure,
    history_size.measure,
    webhook_door.measure,
    webhook_beside_bare.measure,
    signal_to_case.measure,
    import_lock.measure,
    commands.measure,
    case_list.measure,
    case_list_http.measure,
    list_speed.measure,
)

_HEAD = """# Performance

What the budgets of the design come to. `make bench` measures them again and rewrites this file; it asserts nothing,
because times depend on the machine and on what else it does. A share above 1 misses the budget. What a million open
invoices would take, and more, is calculated in [scale](scale.md).

| Budget | Measured | Share | Command |
|---|---|---|---|
"""


def page(found: list[Measured], on: date | None) -> str:
    """docs/performance.md for these measurements."""
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    notes = [f"- {each.budget.partition(':')[0]}: {'; '.join(each.notes)}." for each in found if each.notes]
    day = f" on {on.isoformat()}" if on else ""
    return (
        _HEAD
        + "".join(f"{each.row}\n" for each in found)
        + f"\nMeasured{day}: {machine}.\n\n"
        + "\n".join(notes)
        + "\n"
    )


def main(arguments: list[str]) -> int:
    """Measure, print, write."""
    try:
        on = date.fromisoformat(arguments[0]) if arguments else None
    except ValueError:
        print(f"{arguments[0]!r} is no day; write it like 2026-11-21", file=sys.stderr)
        return 2
    found = []
    for measure in ALL:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
            found.append(alone.submit(measure).result())
        report(found[-1])
    # What `make bench-peers` wrote below stays.
    _, heading, peers = RESULTS.read_text("utf-8").partition("\n## Beside peers")
    RESULTS.write_text(page(found, on) + heading + peers, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
