"""The race between a payment and a message: it stops the message, or the message is marked as crossed."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.case_activities import FileCaseActivities
from activities.contracts import AdvanceRequest, StepRequest
from casefile.case_file import CaseFile
from domain.clock import Clock
from domain.facts import CloseReason
from domain.messages import inbox_id
from domain.opening import open_case
from gateways.dossier import build_dossier
from services.ports import Finding, Found, NotThere, OutcomeUnknown, Outgoing, Sent
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from tests.domain.builders import invoice, local, policy, send
from tests.engine.bench import CHANNELS

TRIES = 200 if os.environ.get("MAANWERK_CHAOS") == "full" else 48
SEED = 20261121
LADDER = policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}))
DUE = local("2026-03-06", "12:30")
"""The reminder's moment has come."""
PAYMENT = b'{"id": "p1", "amount": "1000.00", "credited_on": "2026-03-06"}'


class Turns:
    """Lets everything that runs at the same time go on in an order drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    async def pause(self) -> None:
        """Stand back for a random number of turns of the event loop, sometimes long enough for a transaction."""
        for _ in range(self.draw.choice((0, 1, 2, 5, 20))):
            await asyncio.sleep(0)
        if self.draw.random() < 0.5:
            await asyncio.sleep(self.draw.random() * 0.01)


class Provider:
    """Takes messages at its own pace, and in one case of four loses the answer."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.taken: list[str] = []

    async def send(self, message: Outgoing) -> Sent:
        await self.turns.pause()
        self.taken.append(message.key)
        await self.turns.pause()
        if self.turns.draw.random() < 0.25:
            raise OutcomeUnknown("connection dropped")
        return Sent(message.key)

    async def find(self, key: str, *, since: datetime) -> Finding:
        return Found(key) if key in self.taken else NotThere()


class Try:
    """One case, one step, one payment."""

    def __init__(self, file: CaseFile, threads: ThreadPoolExecutor, number: int) -> None:
        self.turns = Turns(SEED + number)
        self.file = file
        self.threads = threads
        self.case_id = f"case:devaart:2026-F-{number}"
        self.provider = Provider(self.turns)
        self.real = datetime.now(UTC)
        self.clock = Clock(offset=(DUE - self.real).total_seconds())
        self.activities = FileCaseActivities(
            file=file,
            gateways=dict.fromkeys(CHANNELS, self.provider),
            dossier=build_dossier,
            threads=threads,
            seconds=lambda: 0.0,
            simulation=True,
        )
        with file.write() as transaction:
            facts = open_case(invoice(number=f"F-{number}"), LADDER, local("2026-03-01"))
            transaction.cases.open(self.case_id, CREDITOR.id, facts, local("2026-03-01"))

    async def send(self) -> None:
        await self.turns.pause()
        request = StepRequest(case_id=self.case_id, at=DUE, clock=self.clock, step_seconds=60)
        await ActivityEnvironment().run(self.activities.send_message, request)

    async def pay(self) -> bool:
        """A payment is acknowledged; says whether the intent of the message was written before."""
        await self.turns.pause()
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._accept)

    def _accept(self) -> bool:
        with self.file.write(self.case_id) as transaction:
            intended = bool(transaction.deliveries.of_case(self.case_id))
            assert transaction.inbox.accept(
                self.case_id, inbox_id("payment_received", PAYMENT, "d1"), "payment_received", PAYMENT, DUE
            )
            return intended

    async def told(self) -> None:
        """The signal comes at any moment after the acknowledgement, here last."""
        at = DUE + timedelta(hours=1)
        await ActivityEnvironment().run(self.activities.advance, AdvanceRequest(case_id=self.case_id, at=at))
        request = StepRequest(case_id=self.case_id, at=at, step_seconds=0.001)
        await ActivityEnvironment().run(self.activities.reconcile, request)

    async def outcome(self) -> str:
        _, intended_before = await asyncio.gather(self.send(), self.pay())
        await self.told()
        with self.file.read() as transaction:
            deliveries = transaction.deliveries.of_case(self.case_id)
            case = transaction.cases.load(self.case_id).case
            assert transaction.inbox.waiting(self.case_id) == ()
        assert case.open.text == "0.00", "the payment was lost"
        assert case.closed is CloseReason.PAID
        assert len(self.provider.taken) <= 1, "sent twice"
        assert bool(deliveries) == intended_before == bool(self.provider.taken)
        if not intended_before:
            assert case.taken == ()
            return "stopped"
        assert all(delivery.crossed for delivery in deliveries), "sent after the payment, and not marked"
        assert [delivery.status for delivery in deliveries] == ["sent"]
        return "crossed"


@pytest.mark.chaos
async def test_a_payment_at_any_moment_stops_the_message_or_marks_it_as_crossed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print(f"seed {SEED}")
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(LADDER)
    outcomes: Counter[str] = Counter()
    with ThreadPoolExecutor(4) as threads:
        for first in range(0, TRIES, 4):
            tries = [Try(file, threads, number) for number in range(first, first + 4)]
            outcomes.update(await asyncio.gather(*(one.outcome() for one in tries)))
    assert sum(outcomes.values()) == TRIES
    assert min(outcomes["stopped"], outcomes["crossed"]) >= TRIES // 10, outcomes
    with capsys.disabled():
        print(
            f"\nrace: {TRIES} payments around a send: {outcomes['stopped']} stopped it, {outcomes['crossed']} crossed"
        )
