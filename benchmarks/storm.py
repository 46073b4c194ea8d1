"""Budget: at 09:00 the reminders of 3,000 debtors fall due at once, and one worker has sent them within 40 s.

`python -m benchmarks.storm [DEBTORS] [WORKERS …] [sqlite] [postgresql]`: for each database and number of worker
processes the cases are started, sleep until one moment, and each sends its e-mail then. `make bench` takes fewer.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from benchmarks.cases import Taker, begin_worker
from benchmarks.databases import postgresql_url, sqlite_url
from benchmarks.measured import Measured, report
from benchmarks.processor_share import held_to
from benchmarks.step_latency import opened_cases
from casefile.case_file import CaseFile
from casefile.database import Database
from domain.clock import Clock
from engine.dispatcher import Dispatcher
from engine.embedded import dev_server
from engine.plugin import maanwerk_plugin
from machine.tied_process import ends_with
from worker.case_worker import case_worker

DEBTORS = 150
"""What `make bench` takes; the budget is of `WHOLE`."""
WHOLE = 3000
BUDGET_SECONDS = 40.0
_START_SECONDS = 0.06
"""For each debtor, before the moment: so long may starting its case take."""
_AT_ONCE = 32
_PATIENCE = 900.0
_LULL = 1.0
_RESTING = 0.2
"""Of a processor: a server and a worker with nothing to do take less."""
# The first reminder of `FIVE_STEPS`: the day after the due date, at midnight in Amsterdam.
_MOMENT = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
_TAKEN = "SELECT count(*) FROM facts WHERE kind = 'step_taken'"
_SEEN = "SELECT count(*) FROM cases WHERE viewed_at IS NOT NULL"
_INTENDED = "SELECT intended_real FROM deliveries"


@dataclass(frozen=True)
class Storm:
    """What one storm came to, in seconds.

    Attributes:
        debtors: How many there were, and `workers` processes for them.
        seconds: From the moment until the last was sent and recorded.
        worker: Processor time of the workers until all runs had heard of it; `server` of Temporal's.
        waits: From the moment until each message left, the shortest first.
        kib: Of a worker for each case that it keeps; None where several share them.
    """

    debtors: int
    workers: int
    seconds: float
    worker: float
    server: float
    waits: Sequence[float]
    kib: float | None

    def said(self) -> str:
        """In words."""
        memory = "" if self.kib is None else f", {self.kib:.0f} KiB a case"
        return (
            f"{self.workers} worker{'s' * (self.workers > 1)}: {self.seconds:.1f} s,"
            f" {self.debtors / self.seconds:.0f}/s, left after {self.waits[len(self.waits) // 2]:.1f} s at p50 and"
            f" {self.waits[min(len(self.waits) * 99 // 100, len(self.waits) - 1)]:.1f} at p99, processor time"
            f" {self.worker / self.debtors * 1000:.1f} ms of workers and {self.server / self.debtors * 1000:.1f} of"
            f" the server each{memory}"
        )


def _used(pid: int) -> float:
    """Processor time of a process (Linux, proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_kib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


async def serve(address: str, url: str, cached: int) -> None:
    """Be a worker until somebody ends it: what one of the processes does."""
    begin_worker()
    client = await Client.connect(address, plugins=[maanwerk_plugin(None)])
    taker, file = Taker(), CaseFile(Database(url))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with case_worker(
        client, file, {"email": taker, "agency": taker}, task_queue="cases", simulation=True, max_cached_cases=cached
    ):
        await ended.wait()


@contextmanager
def _workers(
    count: int, address: str, url: str, cached: int, share: float | None
) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "benchmarks.storm", "serve", address, url, str(cached)]
    with ExitStack() as held:
        running = []
        for _ in range(count):
            take = held.enter_context(held_to(share)) if share is not None else None
            running.append(subprocess.Popen(command, preexec_fn=ends_with(os.getpid())))
            if take is not None:
                take(running[-1].pid)
        try:
            yield running
        finally:
            for each in running:
                each.terminate()
            for each in running:
                each.wait(timeout=120)


@asynccontextmanager
async def _server() -> AsyncIterator[tuple[Client, int]]:
    """A dev server, and the id of its process: the one child that appeared with it."""
    before = _children()
    async with dev_server() as client:
        (pid,) = _children() - before
        yield client, pid


def _children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


async def storm(url: str, debtors: int, workers: int, *, share: float | None = None) -> Storm:
    """Let it come over one empty database.

    Args:
        url: Of the database.
        debtors: How many, with an invoice each.
        workers: Processes.
        share: Of one processor, for each of them; by default they take what they get.
    """
    database = Database(url)
    database.migrate()
    file = CaseFile(database)
    ids = opened_cases(file, debtors)
    async with _server() as (client, server):
        with _workers(workers, client.service_client.config.target_host, url, debtors + 100, share) as running:
            pids = [each.pid for each in running]
            ahead = timedelta(seconds=10 + debtors * _START_SECONDS / (share or 1))
            now = datetime.now(UTC)
            clock = Clock(offset=(_MOMENT - ahead - now).total_seconds())
            start = Dispatcher(client, file, "cases", clock=clock)
            left = iter(ids)

            async def one_after_the_other() -> None:
                for own in left:
                    await start.nudge(own)

            # The first ones bring caches, connections and code.
            for own in ids[:50]:
                await start.nudge(own)
                next(left)
            await _until(database, _SEEN, min(50, debtors), now + ahead)
            idle = _resident_kib(pids[0])
            await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))
            await _until(database, _SEEN, debtors, now + ahead)
            kib = (_resident_kib(pids[0]) - idle) / (debtors - 50) if workers == 1 and debtors > 50 else None
            moment = now + ahead
            await asyncio.sleep((moment - datetime.now(UTC)).total_seconds())
            used = sum(map(_used, pids)), _used(server)
            await _until(database, _TAKEN, debtors, moment + timedelta(seconds=_PATIENCE))
            seconds = (datetime.now(UTC) - moment).total_seconds()
            after = await _rested([*pids, server])
            with database.read() as connection:
                left_at = [datetime.fromisoformat(at) for at in connection.exec_driver_sql(_INTENDED).scalars()]
    database.close()
    if len(left_at) != debtors:
        raise ValueError(f"{len(left_at)} messages of {debtors} debtors")
    waits = sorted((at - moment).total_seconds() for at in left_at)
    return Storm(debtors, workers, seconds, sum(after[:-1]) - used[0], after[-1] - used[1], waits, kib)


async def _rested(pids: Sequence[int]) -> list[float]:
    """Processor time of processes once they rest: when the last message has left, runs have still to hear of it."""
    while True:
        before = [_used(pid) for pid in pids]
        await asyncio.sleep(_LULL)
        after = [_used(pid) for pid in pids]
        if sum(after) - sum(before) < _LULL * _RESTING:
            return after


async def _until(database: Database, question: str, wanted: int, deadline: datetime) -> None:
    """Wait until so many are counted."""
    while True:
        with database.read() as connection:
            found = int(connection.exec_driver_sql(question).scalar_one())
        if found >= wanted:
            return
        if datetime.now(UTC) > deadline:
            raise TimeoutError(f"{found} of {wanted} by then: {question}")
        await asyncio.sleep(0.1)


def measure(
    debtors: int = DEBTORS, workers: Sequence[int] = (1,), databases: Sequence[str] = ("sqlite", "postgresql")
) -> Measured:
    """Let it come over each database, with each number of workers."""
    notes, worst = [], 0.0
    for name in databases:
        found = []
        for count in workers:
            with sqlite_url() if name == "sqlite" else postgresql_url() as url:
                if url is not None:
                    found.append(asyncio.run(storm(url, debtors, count)))
                    print(f"  {name}: {found[-1].said()}", file=sys.stderr, flush=True)
        if found:
            one = found[0].seconds
            ratios = "".join(f"; {each.workers} workers {one / each.seconds:.2f} × one" for each in found[1:])
            notes.append(f"{name}: {'; '.join(each.said() for each in found)}{ratios}")
            worst = max(worst, one * WHOLE / debtors)
    return Measured(
        budget=f"a storm: {WHOLE:,} debtors at one moment in at most {BUDGET_SECONDS:.0f} s with one worker",
        found=f"{worst:.0f} s" + (f" (of {debtors:,}, times {WHOLE / debtors:.0f})" if debtors != WHOLE else ""),
        share=worst / BUDGET_SECONDS,
        command=f"python -m benchmarks.storm {WHOLE} 1 2",
        notes=(*notes, f"{os.cpu_count()} processors for workers, Temporal's server, the database and this"),
    )


def main(arguments: Sequence[str]) -> None:
    """Serve, or measure and print."""
    if arguments[:1] == ["serve"]:
        asyncio.run(serve(arguments[1], arguments[2], int(arguments[3])))
        return
    numbers = [int(each) for each in arguments if each.isdecimal()]
    names = [each for each in arguments if not each.isdecimal()] or ["sqlite", "postgresql"]
    report(measure(numbers[0] if numbers else DEBTORS, numbers[1:] or [1], names))


if __name__ == "__main__":
    main(sys.argv[1:])
