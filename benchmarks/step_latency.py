"""Budget: a step is taken within 150 ms at p99 while 16 are asked for at once, on SQLite and on PostgreSQL.

`python -m benchmarks.step_latency [STEPS] [THREADS] [cold]`. A worker has four threads for its transactions; with as
many as there are steps each of them waits for the lock by itself, as several processes do. Steps are taken in a worker,
which has made itself ready before it takes the first (`worker/warming.py`): how long that took is told beside it. With
`cold` as the last word nothing is made ready.
"""

from __future__ import annotations

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest, StepRequest
from activities.sending import Sending
from benchmarks.cases import BEGIN, CREDITOR, FIVE_STEPS, Taker, begin_worker, creditor_by, open_invoice
from benchmarks.databases import postgresql_url, sqlite_url
from benchmarks.measured import Measured, report
from casefile.case_file import CaseFile
from casefile.database import Database
from domain.parties import Contact, Debtor
from gateways.dossier import build_dossier
from worker.warming import Rehearsals

STEPS = 400
THREADS = 4
AT_ONCE = 16
BUDGET_SECONDS = 0.15


@dataclass(frozen=True)
class Found:
    """What the steps on one database came to, in seconds.

    Attributes:
        waits: From asking for a step to its end, on the clock, the shortest first.
        others: How many others ended meanwhile, the fewest first: it says who passes whom on a machine with other work.
        seconds: All of them on the clock; `processor` of this process.
        ready: How long the worker took to make itself ready, in seconds; None where it did not.
    """

    waits: list[float]
    others: list[int]
    seconds: float
    processor: float
    ready: float | None

    def at(self, share: float) -> float:
        """So long took the quickest part of them at most."""
        return self.waits[min(int(len(self.waits) * share), len(self.waits) - 1)]

    def said(self) -> str:
        """In words."""
        first = "nothing was made ready; " if self.ready is None else ""
        if self.ready is not None:
            first = f"after the worker made itself ready, which took {self.ready * 1000:.0f} ms; "
        return (
            f"{first}{self.others[len(self.others) // 2]} others ended before a step at p50,"
            f" {self.others[len(self.others) * 99 // 100]} at p99, {self.others[-1]} at most;"
            f" p50 {self.at(0.5) * 1000:.0f}, p99 {self.at(0.99) * 1000:.0f}, longest {self.waits[-1] * 1000:.0f} ms;"
            f" {len(self.waits) / self.seconds:.0f} steps/s, {self.processor / len(self.waits) * 1000:.1f} ms of"
            " processor time each"
        )


def opened_cases(file: CaseFile, count: int) -> list[str]:
    """So many cases, each of a debtor of its own."""
    ids = []
    with file.write() as transaction:
        transaction.parties.save_policy(FIVE_STEPS)
        transaction.parties.save_creditor(creditor_by(FIVE_STEPS))
        for number in range(count):
            debtor = Debtor(id=f"d{number}", name="Debiteur", contacts=(Contact(email="post@debiteur.example"),))
            transaction.parties.save_debtor(CREDITOR, debtor)
            ids.append(open_invoice(transaction, f"F-{number}", debtor.id, FIVE_STEPS))
    return ids


async def steps(file: CaseFile, count: int, threads: int, *, cold: bool = False) -> Found:
    """Take the first step of so many cases, 16 at once."""
    advancing = Advancing(file, "all")
    with ThreadPoolExecutor(threads, "case-file") as pool:
        sending = Sending(
            file, {"email": Taker()}, build_dossier, pool, lambda point: None, lambda: datetime.now(UTC), advancing
        )
        due = []
        for own in opened_cases(file, count):
            turn = advancing.advance(AdvanceRequest(case_id=own, at=BEGIN, all_of_timeline=True))
            if turn.action != "send" or turn.at is None:
                raise ValueError(f"{own} sends nothing: {turn.summary}")
            due.append(StepRequest(case_id=own, at=turn.at, seen=turn.seen))
        asked = time.perf_counter()
        if not cold:
            Rehearsals(file, now=lambda: BEGIN).begin()
        ready = None if cold else time.perf_counter() - asked
        left, waits, others = iter(due), list[float](), list[int]()

        async def one_after_the_other() -> None:
            for request in left:
                asked, ended = time.perf_counter(), len(waits)
                await sending.take(request, request.at)
                others.append(len(waits) - ended)
                waits.append(time.perf_counter() - asked)

        began, used = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        took, used = time.perf_counter() - began, time.process_time() - used
        return Found(sorted(waits), sorted(others), took, used, ready)


def run(url: str, count: int, threads: int, *, cold: bool = False) -> Found:
    """Measure on one empty database."""
    database = Database(url)
    database.migrate()
    begin_worker()
    try:
        return asyncio.run(steps(CaseFile(database), count, threads, cold=cold))
    finally:
        database.close()


def measure(count: int = STEPS, threads: int = THREADS, *, cold: bool = False) -> Measured:
    """Measure on both databases."""
    found: dict[str, Found] = {}
    with sqlite_url() as url:
        found["SQLite"] = run(url, count, threads, cold=cold)
    with postgresql_url() as other:
        if other is not None:
            found["PostgreSQL"] = run(other, count, threads, cold=cold)
    worst = max(each.at(0.99) for each in found.values())
    return Measured(
        budget=f"a step: at most {BUDGET_SECONDS * 1000:.0f} ms at p99 with {AT_ONCE} at once",
        found=f"{worst * 1000:.0f} ms",
        share=worst / BUDGET_SECONDS,
        command="python -m benchmarks.step_latency",
        notes=(
            f"{count} steps with an e-mail, in {threads} threads; each of two transactions",
            *(f"{name}: {each.said()}" for name, each in found.items()),
        ),
    )


if __name__ == "__main__":
    report(measure(*(int(each) for each in sys.argv[1:3] if each.isdecimal()), cold="cold" in sys.argv))
