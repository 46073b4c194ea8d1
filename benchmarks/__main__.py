"""Measures the budgets and writes the table of docs/performance.md: `python -m benchmarks [YYYY-MM-DD] [NAME …]`.

The day is written into the file when it is given; with names only those are measured, and the rows of the others stay.
Each benchmark runs in a process of its own. `today_speed` and the others that are not in the list are for who works on
what they measure, and some measure less here than by themselves: the list ends within ten minutes.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from benchmarks.measured import FURNISHED, Measured, measured_by, report

RESULTS = Path(__file__).parents[1] / "docs" / "performance.md"
ALL = {
    "planner_speed": "measure",
    "claim_speed": "measure",
    "letter_speed": "measure",
    "pure_simulation": "measure",
    "portfolio_speed": "measure_part",
    "whole_life": "measure",
    "step_latency": "measure",
    "storm": "measure",
    "bundle_growth": "measure",
    "family_messages": "measure",
    "encrypted_life": "measure",
    "case_memory": "measure",
    "history_size": "measure",
    "webhook_door": "measure",
    "webhook_beside_bare": "measure",
    "signal_to_case": "measure",
    "import_lock": "measure",
    "commands": "measure",
    "case_list": "measure",
    "case_list_http": "measure",
    "list_speed": "measure_part",
}
"""Modules, and what in them measures: imported in the process that does."""

_BEGIN, _END = "<!-- measured -->", "<!-- /measured -->"
"""What stands between them in the file is written here; all else in it is a person's."""
_HEAD = "| Budget | Measured | Share | Command |\n|---|---|---|---|\n"


def written(text: str, found: Sequence[Measured], on: date | None) -> str:
    """docs/performance.md with these measurements; rows and notes of what was not measured stay.

    Args:
        text: The file as it is.
        found: What was measured.
        on: The day, where it is to be told.

    Raises:
        ValueError: the file does not say where the table begins and ends.
    """
    before, begin, rest = text.partition(_BEGIN)
    now, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"docs/performance.md has no line {_BEGIN} before and {_END} after its table; put them back")
    rows = {_command(line): line for line in now.splitlines() if line.startswith("| ") and line != _HEAD.split("\n")[0]}
    notes = {line.partition(": ")[0]: line for line in now.splitlines() if line.startswith("- ")}
    for each in found:
        name = each.budget.partition(":")[0]
        # A budget that is told in other words is the same row: its command says which.
        if (former := rows.get(_command(each.row))) is not None:
            notes.pop(f"- {former[2:].partition(':')[0]}", None)
        rows[_command(each.row)] = each.row
        if each.notes:
            notes[f"- {name}"] = f"- {name}: {'; '.join(each.notes)}."
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    measured = f"Measured{f' on {on.isoformat()}' if on else ''}: {machine}."
    order = [*(name for name in ALL if name in rows), *(name for name in rows if name not in ALL)]
    table = _HEAD + "\n".join(rows[name] for name in order)
    return (
        f"{before}{begin}\n"
        + "\n\n".join(filter(None, [table, measured, "\n".join(notes.values())]))
        + f"\n{end}{after}"
    )


def _command(row: str) -> str:
    """The module that a row was measured by: its command may have numbers behind it."""
    return row.rpartition("benchmarks.")[2].partition("`")[0].partition(" ")[0]


def _asked(arguments: Sequence[str]) -> tuple[date | None, list[str]]:
    """The day, and what is measured.

    Raises:
        ValueError: there is no such benchmark, and it is no day.
    """
    on, names = None, []
    for each in arguments:
        if each in ALL:
            names.append(each)
            continue
        try:
            on = date.fromisoformat(each)
        except ValueError:
            raise ValueError(
                f"{each!r} is no day and no benchmark; write a day like 2026-11-21, or of {', '.join(ALL)}"
            ) from None
    return on, names or list(ALL)


def _measured(name: str) -> Measured:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        return alone.submit(measured_by, name, ALL[name]).result()


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write."""
    try:
        on, names = _asked(arguments)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    begun, found, failed = time.monotonic(), [], []
    try:
        with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
            os.environ[FURNISHED] = folder
            for place, name in enumerate(names, start=1):
                print(f"[{place} of {len(names)}] {name}, after {time.monotonic() - begun:.0f} s", flush=True)
                try:
                    found.append(_measured(name))
                except Exception as problem:
                    failed.append(name)
                    print(f"{name} could not be measured: {problem!r}", file=sys.stderr, flush=True)
                else:
                    report(found[-1])
    except KeyboardInterrupt:
        print(f"stopped; {RESULTS.name} is as it was", file=sys.stderr)
        return 130
    # In one step: whoever stops it here finds the file of before or that of now.
    new = RESULTS.with_suffix(".new")
    new.write_text(written(RESULTS.read_text("utf-8"), found, on), encoding="utf-8")
    new.replace(RESULTS)
    print(f"{len(found)} measured in {time.monotonic() - begun:.0f} s, written to {RESULTS.name}", flush=True)
    if failed:
        print(f"not measured, their rows are those of before: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
