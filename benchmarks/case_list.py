"""`maanwerk case list` of 50,000 cases, the whole command in a process of its own.

`python -m benchmarks.case_list [CASES]`
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

from benchmarks.import_lock import bring, rows
from benchmarks.measured import FURNISHED, Measured, report
from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.surroundings import surroundings_of
from domain.reactions.react import react
from domain.views.ahead import ahead_of
from domain.views.case_view import view_of
from engine.embedded import free_port
from services.current_case import current_case

CASES = 50_000
BUDGET_SECONDS = 1.0
_ROUNDS = 5
_NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


def furnish(file: CaseFile, count: int) -> None:
    """So many cases, each seen by a worker, a tenth of them with a message that waits."""
    bring(file, rows(0, count))
    with file.read() as transaction:
        cases = transaction.cases.ids()
    for begin in range(0, len(cases), 1000):
        with file.write() as transaction:
            for number, case_id in enumerate(cases[begin : begin + 1000]):
                now = _NOW + timedelta(minutes=number)
                current = current_case(transaction, case_id, now)
                surroundings = surroundings_of(transaction, current.as_loaded)
                going = react(current.case, current.policy, surroundings, now)
                view = view_of(going.case, current.policy, going.decision, now, surroundings=surroundings)
                ahead = ahead_of(going.case, current.policy, surroundings.terms, going.decision, now)
                transaction.views.write(case_id, view, now, ahead)
                if number % 10 == 0:
                    transaction.inbox.accept(case_id, f"m{number}", "pause", b"{}", now)


def furnished(url: str, count: int) -> None:
    """A case file of SQLite with so many cases: a copy where `make bench` has made one already."""
    shared = os.environ.get(FURNISHED)
    kept = Path(shared) / f"{count}.sqlite3" if shared else None
    place = Path(url.removeprefix("sqlite:///"))
    if kept is not None and kept.exists():
        copyfile(kept, place)
        return
    database = Database(url)
    database.migrate()
    furnish(CaseFile(database), count)
    database.close()
    if kept is not None:
        copyfile(place, kept)


@dataclass(frozen=True)
class Took:
    """How long a command takes, in seconds: on the clock, as whoever types it waits, and of processors."""

    clock: float
    processor: float

    def __str__(self) -> str:
        """In words."""
        return f"{self.clock:.2f} s (processor time {self.processor:.2f} s)"


def time_of(*arguments: str, url: str) -> Took:
    """How long a command takes: the median of some rounds."""
    # Nobody listens there: whether Temporal is asked in vain is part of what one waits for.
    environment = {**os.environ, "MAANWERK_DATABASE": url, "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
    command = [sys.executable, "-m", "cli.main", *arguments]
    clock, processor = [], []
    for _ in range(_ROUNDS):
        begun, before = time.perf_counter(), os.times()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        clock.append(time.perf_counter() - begun)
        processor.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return Took(statistics.median(clock), statistics.median(processor))


def measure(count: int = CASES) -> Measured:
    """Measure on SQLite."""
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'case-file.sqlite3'}"
        furnished(url, count)
        table = time_of("case", "list", url=url)
        as_json = time_of("case", "list", "--json", url=url)
        attention = time_of("case", "list", "--attention", url=url)
    bare = time_of("--version", url=url)
    return Measured(
        budget=f"`case list` of {count:,} cases: at most {BUDGET_SECONDS:.0f} s, the whole command",
        found=str(table),
        share=table.clock / BUDGET_SECONDS,
        command="python -m benchmarks.case_list",
        notes=(
            f"`--json` {as_json}, `--attention` {attention}, `--version` {bare}; median of {_ROUNDS}, without a"
            " Temporal; the processor time counts the process, too, that asks for it on another core",
        ),
    )


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
