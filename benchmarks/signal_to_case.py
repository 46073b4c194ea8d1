"""Budget: from a signal to the changed case it takes at most 2 × a bare workflow that only writes a row.

On one dev server and one worker process each. Payments are signalled to idle cases, and then as many signals to bare
workflows whose local activity commits one row to a SQLite file as durable as ours: from the call until the ledger (the
row) can be read.

`python -m benchmarks.signal_to_case [SIGNALS]`
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from temporalio import activity
from temporalio.worker import Worker

from benchmarks.bare_workflow import BareTold
from benchmarks.cases import Engine, engine
from benchmarks.measured import Measured, report
from benchmarks.webhook_door import share_of
from casefile.database import Database
from workflows.overdue_invoice import OverdueInvoice

_BUDGET = 2.0
_SIGNALS = 150
_PER_SECOND = 10
_PAIRS = 3
_BOOKED = "SELECT case_id FROM ledger_entries WHERE id = 'p1'"
_LOOK_SECONDS = 0.002
_PATIENCE = 120.0

Tell = Callable[[str], Awaitable[None]]
Seen = Callable[[], set[str]]


async def _timed(ids: list[str], tell: Tell, seen: Seen) -> tuple[float, ...]:
    """Tell each, so many a second; milliseconds of each until it was seen to have changed."""
    began: dict[str, float] = {}
    took: dict[str, float] = {}

    async def look() -> None:
        deadline = time.monotonic() + _PATIENCE
        while len(took) < len(ids) and time.monotonic() < deadline:
            there, now = seen(), time.monotonic()
            took.update({own: (now - began[own]) * 1000 for own in there & began.keys() if own not in took})
            await asyncio.sleep(_LOOK_SECONDS)

    async def one(place: int, own: str) -> None:
        await asyncio.sleep(start + place / _PER_SECOND - time.monotonic())
        began[own] = time.monotonic()
        await tell(own)

    start = time.monotonic()
    await asyncio.gather(look(), *(one(place, own) for place, own in enumerate(ids)))
    if len(took) < len(ids):
        raise TimeoutError(f"{len(ids) - len(took)} of {len(ids)} signals changed nothing")
    return tuple(took.values())


def _rows(database: Database, statement: str) -> set[str]:
    with database.read() as connection:
        return set(connection.exec_driver_sql(statement).scalars())


async def _cases(made: Engine, name: str, count: int) -> tuple[float, ...]:
    ids = made.open_cases(name, count)
    # A clock as slow as ours: nothing falls due meanwhile but what stands there.
    start = made.dispatcher(86400.0)
    for own in ids:
        await made.client.start_workflow(OverdueInvoice.run, start.case_input(own), id=own, task_queue=made.task_queue)
    while len(_rows(made.file.database, "SELECT id FROM cases WHERE viewed_at IS NOT NULL") & set(ids)) < count:
        await asyncio.sleep(0.1)

    async def tell(own: str) -> None:
        payment = {"id": "p1", "amount": "10.00", "credited_on": "2026-03-01"}
        await made.client.get_workflow_handle(own).signal("payment_received", payment)

    return await _timed(ids, tell, lambda: _rows(made.file.database, _BOOKED))


async def _bare(made: Engine, database: Database, name: str, count: int) -> tuple[float, ...]:
    ids = [f"{name}-{number}" for number in range(count)]
    for own in ids:
        await made.client.start_workflow(BareTold.run, own, id=own, task_queue="bare")

    async def tell(own: str) -> None:
        await made.client.get_workflow_handle(own).signal("payment_received", {"id": "p1"})

    return await _timed(ids, tell, lambda: _rows(database, "SELECT own FROM bare_rows"))


def _writer(database: Database) -> Any:
    def insert(connection: Connection, own: str) -> None:
        connection.exec_driver_sql("INSERT INTO bare_rows VALUES (?)", (own,))

    @activity.defn(name="write_row")
    async def write_row(own: str) -> None:
        def write() -> None:
            with database.write() as connection:
                insert(connection, own)

        await asyncio.to_thread(write)

    return write_row


async def _measured(count: int) -> Measured:
    pairs = []
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bare.sqlite3'}")
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE bare_rows (own TEXT)")
        async with (
            engine() as made,
            Worker(made.client, task_queue="bare", workflows=[BareTold], activities=[_writer(database)]),
        ):
            for pair in range(-1, _PAIRS):
                # The first pair warms everything up.
                number = count // _PAIRS if pair >= 0 else 10
                bare = await _bare(made, database, f"b{pair}", number)
                pairs.append((await _cases(made, f"c{pair}", number), bare))
        database.close()
    pairs = pairs[1:]
    shares = (0.5, 0.99)
    ours, others = (
        [statistics.median(share_of(pair[which], share) for pair in pairs) for share in shares] for which in (0, 1)
    )
    ratios = [statistics.median(share_of(own, s) / share_of(other, s) for own, other in pairs) for s in shares]
    return Measured(
        budget=f"from a signal to the changed case: at most {_BUDGET:.0f} × a bare workflow that writes a row",
        found=f"p50 {ours[0]:.0f} ms ({ratios[0]:.2f} ×), p99 {ours[1]:.0f} ms ({ratios[1]:.2f} ×)",
        share=max(ratios) / _BUDGET,
        command="python -m benchmarks.signal_to_case",
        notes=(
            f"{_PAIRS} pairs of {count // _PAIRS} signals to idle cases, {_PER_SECOND} a second, SQLite; median of the "
            f"pairs; the bare one: p50 {others[0]:.0f} ms, p99 {others[1]:.0f} ms; a case also judges the message, "
            "decides what is next and writes its view",
        ),
    )


def measure(count: int = _SIGNALS) -> Measured:
    """Signal payments to cases and to bare workflows, in turn."""
    return asyncio.run(_measured(count))


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else _SIGNALS))
