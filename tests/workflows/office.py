"""An office at work: cases of whom nothing is due, one or two workers, and a provider that waits when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from temporalio.client import Client
from temporalio.service import RPCError

from casefile import tables
from domain.clock import Clock
from domain.facts import CloseReason
from domain.policy import Policy
from engine.dispatcher import Dispatcher
from services.ports import Outgoing, Sent
from tests.casefile.builders import reminders
from tests.domain.builders import invoice, local
from tests.engine.bench import PATIENCE, Bench, Shelf, stocked
from tests.engine.server import TASK_TIMEOUT, another

_queues = itertools.count()


class PatientShelf(Shelf):
    """A provider with whom each send waits until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.called = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def send(self, message: Outgoing) -> Sent:
        self.called.set()
        await self.may_go_on.wait()
        return await super().send(message)


@dataclass
class Office(Bench):
    """Cases whose workers are at work."""

    shelf: PatientShelf = field(default_factory=PatientShelf)

    def of(self, case_id: str) -> Office:
        """The same office, as far as one of its cases goes."""
        return replace(self, case_ids=(case_id,))

    def quarantine(self, case_id: str | None = None) -> dict[str, tuple[str, bytes, str | None]]:
        """Name, bytes and what a person decided of every message in quarantine."""
        table = tables.quarantine
        with self.file.read() as transaction:
            rows = transaction.session.connection.execute(
                select(table.c.id, table.c.name, table.c.body, table.c.settled).where(
                    table.c.case_id == (case_id or self.case_id)
                )
            )
            return {row.id: (row.name, row.body or b"", row.settled) for row in rows}

    def errors(self) -> list[str]:
        with self.file.read() as transaction:
            return list(transaction.session.connection.scalars(select(tables.quarantine.c.error)))

    def recorded(self) -> int:
        with self.file.read() as transaction:
            rows = transaction.session.connection.execute(
                select(tables.inbox.c.seq).where(
                    tables.inbox.c.recorded_at.is_not(None), tables.inbox.c.case_id.in_(self.case_ids)
                )
            )
            return len(rows.all())

    async def until_recorded(self, messages: int) -> None:
        await self.until(lambda: self.recorded() >= messages, f"{messages} recorded messages, not {self.recorded()}")

    async def pay_all(self) -> None:
        """A payment of everything that is open closes the case: it is not jammed."""
        before = self.case()
        content = {"id": "everything", "amount": before.open.text}
        assert await self.dispatcher.tell(self.case_id, "payment_received", content, "everything")
        await self.until(lambda: self.case().closed is CloseReason.PAID, "the closing of the case")
        await asyncio.wait_for(self.handle.result(), PATIENCE)


@contextlib.asynccontextmanager
async def office(
    client: Client,
    folder: Path,
    *,
    begin: datetime | None = None,
    policy: Policy | None = None,
    cases: int = 1,
    workers: int = 1,
    broken: bool = False,
    **dispatching: Any,
) -> AsyncIterator[Office]:
    """An office on the first of March 2026 (or at `begin`), with running cases of whom nothing is due."""
    policy = policy or reminders()
    now = datetime.now(UTC)
    begin = begin or local("2026-03-01", "09:00")
    clock = Clock(offset=(begin - now).total_seconds())
    queue = f"signals-{next(_queues)}"
    ids = tuple(f"case:devaart:{queue}-{number}" for number in range(cases))
    invoices = {case_id: invoice(number=f"F-{number}") for number, case_id in enumerate(ids)}
    file = stocked(folder, policy, invoices, local("2026-03-01"), begin)
    if broken:
        # A profile that no one can read: every step that needs it fails.
        with file.write() as transaction:
            transaction.session.connection.execute(tables.creditors.update().values(body="{}"))
    dispatching = {"step_seconds": 5.0, "task_timeout": TASK_TIMEOUT, **dispatching}
    dispatcher = Dispatcher(client, file, queue, clock=clock, **dispatching)
    at_work = Office(client, file, dispatcher, ids)
    async with contextlib.AsyncExitStack() as running:
        for number in range(workers):
            # One client has one worker for a queue; two workers are two processes, or as here two clients.
            own = client if number == 0 else await another(client)
            await running.enter_async_context(at_work.worker(own, simulation=True))
        await dispatcher.sweep()
        await at_work.until(at_work.view, "the first view")
        try:
            yield at_work
        finally:
            # Also where a test fails: none of its cases asks again and again afterwards.
            at_work.shelf.may_go_on.set()
            for case_id in ids:
                with contextlib.suppress(RPCError):
                    await client.get_workflow_handle(case_id).terminate()
