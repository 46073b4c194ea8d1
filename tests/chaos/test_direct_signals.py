"""Payments signalled straight to Temporal around a step, also one that waits in the queue: they stop or cross it."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.worker import Worker

from activities.case_activities import FileCaseActivities
from casefile.case_file import CaseFile
from domain.clock import Clock
from domain.facts import CloseReason
from engine.dispatcher import Dispatcher
from engine.told_meanwhile import told_meanwhile
from gateways.dossier import build_dossier
from tests.domain.builders import invoice, local, policy, send
from tests.engine.bench import CHANNELS, Shelf, stocked, until
from tests.engine.server import quick_server
from workflows.overdue_invoice import OverdueInvoice

TRIES = 200 if os.environ.get("MAANWERK_CHAOS") == "full" else 16
"""With a worker, and as many whose step waits in the queue while none runs."""
SEED = 20261127
LADDER = policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}))
PATIENCE = 120.0


@dataclass
class Office:
    """Cases whose reminder falls due at the same moment.

    Attributes:
        asked: Of each case, when its last step asked whether it was told something meanwhile.
        acknowledged: Of each case, when Temporal had taken the payment.
    """

    client: Client
    file: CaseFile
    dispatcher: Dispatcher
    cases: tuple[str, ...]
    due: datetime
    shelf: Shelf = field(default_factory=Shelf)
    asked: dict[str, datetime] = field(default_factory=dict)
    acknowledged: dict[str, datetime] = field(default_factory=dict)

    def worker(self, *, steps: bool) -> Worker:
        """A worker; without steps it only decides, so that they stay in the queue."""
        ask = told_meanwhile(self.client)

        async def asked(info: activity.Info) -> bool:
            self.asked[info.workflow_id or ""] = datetime.now(UTC)
            return await ask(info)

        activities = FileCaseActivities(
            file=self.file,
            gateways=dict.fromkeys(CHANNELS, self.shelf),
            dossier=build_dossier,
            told_meanwhile=asked,
            simulation=True,
        )
        return Worker(
            self.client,
            task_queue=self.dispatcher.task_queue,
            workflows=[OverdueInvoice],
            activities=[
                activities.advance,
                activities.send_message,
                activities.hand_off,
                activities.raise_task,
                activities.reconcile,
            ],
            no_remote_activities=not steps,
            build_id="asks",
        )

    async def pay(self, case_id: str) -> None:
        """A payment without an id of its own, straight to Temporal."""
        await self.client.get_workflow_handle(case_id).signal("payment_received", {"amount": "1000.00"})
        self.acknowledged[case_id] = datetime.now(UTC)

    def closed(self, case_id: str) -> bool:
        with self.file.read() as transaction:
            return transaction.cases.load(case_id).case.closed is CloseReason.PAID

    async def until(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        await until(condition, what, patience=PATIENCE)

    async def all_closed(self) -> bool:
        return all(self.closed(case_id) for case_id in self.cases)

    async def all_queued(self) -> bool:
        for case_id in self.cases:
            events = (await self.client.get_workflow_handle(case_id).fetch_history()).events
            if not any(event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED for event in events):
                return False
        return True

    def outcomes(self) -> Counter[str]:
        """What became of each; fails where a payment neither stopped the message nor is marked as crossed."""
        found: Counter[str] = Counter()
        with self.file.read() as transaction:
            for case_id in self.cases:
                case = transaction.cases.load(case_id).case
                assert case.open.text == "0.00" and len(case.ledger.entries) == 2, (
                    "booked once, without an id of its own"
                )
                deliveries = transaction.deliveries.of_case(case_id)
                found["crossed" if deliveries else "stopped"] += 1
                if not deliveries:
                    continue
                assert all(delivery.crossed for delivery in deliveries), f"{case_id}: sent, and not marked"
                assert self.acknowledged[case_id] >= self.asked[case_id], f"{case_id}: was told before it asked"
        assert len(self.shelf.taken) == len(set(self.shelf.taken)) == found["crossed"]
        return found


@asynccontextmanager
async def office(client: Client, folder: Path, queue: str, due_in: timedelta) -> AsyncIterator[Office]:
    now = datetime.now(UTC)
    begin = local("2026-03-06", "12:00") - due_in
    cases = tuple(f"case:devaart:{queue}-{number}" for number in range(TRIES))
    invoices = {case_id: invoice(number=f"F-{number}") for number, case_id in enumerate(cases)}
    opening = local("2026-03-01")
    file = stocked(folder, LADDER, invoices, opening, opening)
    dispatcher = Dispatcher(client, file, queue, clock=Clock(offset=(begin - now).total_seconds()), step_seconds=20)
    yield Office(client, file, dispatcher, cases, now + due_in)


@pytest.mark.chaos
async def test_a_direct_payment_stops_the_step_or_is_marked_as_crossed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = random.Random(SEED)
    async with quick_server() as client, office(client, tmp_path, "live", timedelta(seconds=4)) as at:
        async with at.worker(steps=True):
            await at.dispatcher.sweep()

            async def paid(case_id: str, wait: float) -> None:
                left = (at.due - datetime.now(UTC)).total_seconds() + wait
                await asyncio.sleep(max(0.0, left))
                await at.pay(case_id)

            await asyncio.gather(*(paid(case_id, draw.uniform(-0.6, 2.0)) for case_id in at.cases))
            await at.until(at.all_closed, "the closing of every case")
        found = at.outcomes()
    with capsys.disabled():
        print(f"\ndirect signals: {TRIES} payments around a step: {dict(found)}")


@pytest.mark.chaos
async def test_no_step_that_waited_in_the_queue_is_taken_after_a_direct_payment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with quick_server() as client, office(client, tmp_path, "queued", timedelta(seconds=1)) as at:
        async with at.worker(steps=False):
            await at.dispatcher.sweep()
            await at.until(at.all_queued, "every step in the queue")
        await asyncio.gather(*(at.pay(case_id) for case_id in at.cases))
        async with at.worker(steps=True):
            await at.until(at.all_closed, "the closing of every case")
        found = at.outcomes()
        assert found == {"stopped": TRIES}, found
        assert at.shelf.taken == []
    with capsys.disabled():
        print(f"\nqueue: {TRIES} steps that waited while no worker ran, paid meanwhile: {dict(found)}")
