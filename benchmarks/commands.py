"""What commands that people type all day take: `--version`, `case list` and `case show`, each in a process of its own.

`python -m benchmarks.commands [CASES]`. The processor time is given beside that of Python doing nothing (`python -c
pass`), measured in turn: on a machine that does other work the ratio says more than the seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.import_lock import bring, rows
from benchmarks.measured import Measured, report
from casefile.case_file import CaseFile
from casefile.database import Database
from engine.embedded import free_port

CASES = 11
_ROUNDS = 7


@dataclass(frozen=True)
class Command:
    """A command with its budget.

    Attributes:
        arguments: As it is typed behind `maanwerk`; None: Python alone, doing nothing.
        seconds: How long it may take on the clock; None where nothing was promised.
    """

    arguments: tuple[str, ...] | None
    seconds: float | None


COMMANDS = (
    Command(None, None),
    Command(("--version",), 0.1),
    Command(("case", "list"), 0.6),
    Command(("case", "show", "F-3"), 0.8),
)


def _took(command: Command, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds on the clock, and of processors."""
    if command.arguments is None:
        words = [sys.executable, "-c", "pass"]
    else:
        words = [sys.executable, "-m", "cli.main", *command.arguments]
    begun, before = time.perf_counter(), os.times()
    subprocess.run(words, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begun, used


def measure(count: int = CASES) -> Measured:
    """Measure on SQLite, without a Temporal, each command in turn."""
    found: dict[Command, list[tuple[float, float]]] = {command: [] for command in COMMANDS}
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'case-file.sqlite3'}"
        database = Database(url)
        database.migrate()
        bring(CaseFile(database), rows(0, count))
        database.close()
        environment = {**os.environ, "MAANWERK_DATABASE": url, "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
        for _ in range(_ROUNDS):
            for command, took in found.items():
                took.append(_took(command, environment))
    clock = {command: statistics.median(seconds for seconds, _ in took) for command, took in found.items()}
    used = {command: statistics.median(seconds for _, seconds in took) for command, took in found.items()}
    shares = {each: clock[each] / each.seconds for each in COMMANDS if each.seconds is not None}
    nothing = used[COMMANDS[0]]
    promised = ", ".join(f"`{_name(each)}` {each.seconds:.1f} s" for each in shares if each.seconds is not None)
    return Measured(
        budget=f"commands with {count} cases: at most {promised}",
        found=", ".join(f"{clock[each]:.2f} s" for each in shares),
        share=max(shares.values()),
        command="python -m benchmarks.commands",
        notes=(
            "; ".join(
                f"`{_name(each)}` {used[each]:.2f} s of processor time, {used[each] / max(nothing, 0.001):.0f} × Python"
                for each in shares
            )
            + f" doing nothing ({nothing:.3f} s); medians of {_ROUNDS}, in turn, without a Temporal",
        ),
    )


def _name(command: Command) -> str:
    return " ".join(command.arguments or ())


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
