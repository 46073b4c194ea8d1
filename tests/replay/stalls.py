"""Lives of a case whose file stalls: decisions that take longer than Temporal waits, and messages meanwhile.

They are played on the real server: only there a long local activity keeps its workflow task alive by heartbeats, and
only such histories show what a replay makes of them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from casefile.case_file import CaseFile, Transaction
from casefile.database import Database
from domain.case import Case
from domain.clock import Clock
from domain.opening import open_case
from engine.dispatcher import Dispatcher
from engine.plugin import maanwerk_plugin
from gateways.outbox import FileOutbox
from tests.casefile.builders import CREDITOR, DEBTOR
from tests.domain.builders import invoice, local, policy, send
from tests.engine.bench import CHANNELS, until
from worker.case_worker import case_worker

PATIENCE = 60.0
TASK_TIMEOUT = timedelta(seconds=1)
"""A local activity that takes longer makes its workflow task send heartbeats."""

LADDER = policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}))
CASE_ID = "case:devaart:2026-F-1"
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED


class Hold:
    """One writer of the case file is kept waiting until it is released; then it goes on, or fails."""

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails
        self.reached = threading.Event()
        self._free = threading.Event()

    def release(self) -> None:
        """Let the writer go on."""
        self._free.set()

    def keep(self) -> None:
        """What the writer meets."""
        self.reached.set()
        assert self._free.wait(PATIENCE), "nobody released the case file"
        if self.fails:
            raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))


class StallingFile(CaseFile):
    """A case file whose next writers can be kept waiting, one by one, as a locked database keeps them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._holds: deque[Hold] = deque()
        self.made: list[Hold] = []

    def release_all(self) -> None:
        """Keep nobody waiting any more, whatever went wrong."""
        for hold in self.made:
            hold.release()
        self._holds.clear()

    def hold_next(self, *, fails: bool = False) -> Hold:
        """Keep one more writer waiting: the next one that is not kept yet."""
        hold = Hold(fails=fails)
        self._holds.append(hold)
        self.made.append(hold)
        return hold

    @contextmanager
    def write(self, of: str | None = None) -> Iterator[Transaction]:
        if self._holds:
            self._holds.popleft().keep()
        with super().write(of) as transaction:
            yield transaction


@dataclass
class Stall:
    """One case with its worker on the real server.

    Attributes:
        after: Time from the beginning to the moment of the reminder.
    """

    client: Client
    folder: Path
    queue: str
    events_per_run: int | None = None
    after: timedelta = timedelta(seconds=1)
    file: StallingFile = field(init=False)
    dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        database = Database(f"sqlite:///{self.folder}/case-file.sqlite3")
        database.migrate()
        self.file = StallingFile(database)
        now = datetime.now(UTC)
        clock = Clock(offset=(local("2026-03-06", "12:00") - now - self.after).total_seconds())
        self.dispatcher = Dispatcher(
            self.client,
            self.file,
            self.queue,
            clock=clock,
            task_timeout=TASK_TIMEOUT,
            events_per_run=self.events_per_run,
        )
        opening = local("2026-03-01", "09:00")
        with self.file.write() as transaction:
            transaction.parties.save_creditor(CREDITOR)
            transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
            transaction.parties.save_policy(LADDER)
            transaction.cases.open(CASE_ID, CREDITOR.id, open_case(invoice(number="F-1"), LADDER, opening), opening)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(CASE_ID)

    async def worker(self) -> Any:
        """A worker with a memory of its own: its first task of a case is a replay."""
        address = self.client.service_client.config.target_host
        client = await Client.connect(
            address, namespace=self.client.namespace, plugins=[maanwerk_plugin()], identity="recorder"
        )
        gateways = dict.fromkeys(CHANNELS, FileOutbox(self.folder / "outbox"))
        return case_worker(
            client,
            self.file,
            gateways,
            task_queue=self.queue,
            simulation=True,
            sticky_timeout=timedelta(milliseconds=200),
        )

    async def events(self) -> Sequence[Any]:
        return (await self.handle.fetch_history()).events

    async def until(self, condition: Callable[[], object] | Callable[[], Awaitable[object]], what: str) -> None:
        await until(condition, what)

    async def tasks(self, more: int) -> None:
        """Wait for so many more workflow tasks: those of a long decision only say that it is still under way."""
        async with self.task_after(more):
            pass

    @asynccontextmanager
    async def task_after(self, more: int = 1) -> AsyncIterator[None]:
        """Wait for so many more workflow tasks, counted from before what is done in the block."""
        before = sum(event.event_type == COMPLETED for event in await self.events())
        yield

        async def enough() -> bool:
            return bool(sum(event.event_type == COMPLETED for event in await self.events()) >= before + more)

        await self.until(enough, f"{more} workflow tasks")

    async def first_decision(self) -> None:
        await self.dispatcher.start(CASE_ID)
        await self.until(lambda: _view(self), "the first decision")

    def case(self) -> Case:
        with self.file.read() as transaction:
            return transaction.cases.load(CASE_ID).case

    async def told(self, name: str, content: object) -> None:
        """A signal straight to Temporal."""
        await self.handle.signal(name, content)


async def step_fails_and_the_decision_stalls(stall: Stall) -> None:
    """As it was found: told during a step that fails, and its record takes longer than the wait for a new try."""
    await stall.first_decision()
    step, record = stall.file.hold_next(fails=True), stall.file.hold_next()
    await stall.until(step.reached.is_set, "the step")
    async with stall.task_after():
        await stall.handle.signal("nudge")
    step.release()
    await stall.until(record.reached.is_set, "the record of the failure")
    await stall.tasks(4)
    record.release()
    await stall.until(lambda: stall.case().taken, "the reminder")


async def told_while_the_decision_stalls(stall: Stall) -> None:
    """Signals, one of them without an id, between the heartbeats of a long decision."""
    await stall.first_decision()
    record = stall.file.hold_next()
    await stall.told("payment_received", {"id": "p1", "amount": "100.00"})
    await stall.until(record.reached.is_set, "the record")
    await stall.tasks(2)
    await stall.told("payment_received", {"amount": "50.00"})
    await stall.tasks(2)
    await stall.told("pause", {"reason": "stalled"})
    await stall.tasks(1)
    record.release()
    await stall.until(lambda: stall.case().holds, "the pause")


async def step_fails_twice_and_is_told(stall: Stall) -> None:
    """Two steps fail, each told of a payment while it was under way and again while its failure was recorded."""
    await stall.first_decision()
    for number in (1, 2):
        step, record = stall.file.hold_next(fails=True), stall.file.hold_next()
        await stall.until(step.reached.is_set, "the step")
        async with stall.task_after():
            await stall.told("payment_received", {"id": f"p{number}", "amount": "100.00"})
        step.release()
        await stall.until(record.reached.is_set, "the record of the failure")
        await stall.tasks(2)
        await stall.told("payment_received", {"amount": "7.00"})
        await stall.tasks(3)
        record.release()
    await stall.until(lambda: stall.case().taken, "the reminder")


async def the_first_decision_stalls(stall: Stall) -> None:
    """Nothing is decided yet, and the reminder falls due meanwhile."""
    record = stall.file.hold_next()
    await stall.client.start_workflow(
        "OverdueInvoice",
        stall.dispatcher.case_input(CASE_ID),
        id=CASE_ID,
        task_queue=stall.queue,
        task_timeout=TASK_TIMEOUT,
    )
    await stall.until(record.reached.is_set, "the first decision")
    await stall.tasks(3)
    record.release()
    await stall.until(lambda: stall.case().taken, "the reminder")


async def a_run_ends_while_it_stalls(stall: Stall) -> None:
    """A run grows to the length at which it goes on as a new one, in a record that began when a step had ended."""
    await stall.first_decision()
    step, record = stall.file.hold_next(), stall.file.hold_next()
    await stall.until(step.reached.is_set, "the step")
    async with stall.task_after():
        await stall.told("payment_received", {"id": "p1", "amount": "1.00"})
    conclusion = record
    step.release()
    await stall.until(conclusion.reached.is_set, "the end of the step")
    later = stall.file.hold_next()
    async with stall.task_after():
        await stall.told("payment_received", {"id": "p2", "amount": "1.00"})
    conclusion.release()
    await stall.until(later.reached.is_set, "the record of what it was told")
    await stall.tasks(5)
    later.release()
    await stall.until(lambda: stall.case().ledger.entry("p2"), "the payment")


def _view(stall: Stall) -> object:
    with stall.file.read() as transaction:
        return transaction.views.of_case(CASE_ID)


STALLS: dict[str, Callable[[Stall], Awaitable[None]]] = {
    play.__name__: play
    for play in (
        step_fails_and_the_decision_stalls,
        told_while_the_decision_stalls,
        step_fails_twice_and_is_told,
        the_first_decision_stalls,
        a_run_ends_while_it_stalls,
    )
}
EVENTS_PER_RUN = {"a_run_ends_while_it_stalls": 26}
