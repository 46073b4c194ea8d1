"""The engine runner: a scenario through the real workflow, on the embedded time-skipping server.

The same file, the same events, the same output as the pure runner; what differs is everything between a decision
and its effect. Virtual time is moved by sleeping only, never by waiting for results, and only when every case
that had something to do has done it.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from google.protobuf.empty_pb2 import Empty
from temporalio.api.testservice.v1 import SleepRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from activities.ports import Channel, Gateway
from casefile.case_file import CaseFile
from casefile.database import Database
from domain.case_ids import case_id
from domain.clock import Clock
from domain.messages import inbox_id
from domain.opening import open_case
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from domain.policy import Policy
from domain.view import CaseView
from gateways.outbox import FileOutbox
from simulation.outcome import Outcome, Played
from simulation.scenario import BankCovers, Event, Scenario
from simulation.script import Refusal, Script
from worker.case_worker import case_worker
from worker.delivery import Dispatcher
from worker.embedded import test_server
from workflows.overdue_invoice import OverdueInvoice

_CREDITOR = "scenario"
_TASK_QUEUE = "scenario"
_POLL = 0.004
_PATIENCE = 120.0
"""Real seconds that a case may take to settle before the run is given up."""


class NotOnEngine(ValueError):
    """A scenario that only the pure runner can play."""


class EngineStuck(RuntimeError):
    """A case did not settle: the engine and the rules disagree about what is due."""


def run_on_engine(scenario: Scenario) -> Outcome:
    """Play a scenario through the real workflow.

    Raises:
        NotOnEngine: for a scenario with `awake`: virtual time stands still while no worker runs.
    """
    if scenario.awake is not None:
        raise NotOnEngine(f"{scenario.path}: `awake` is for the pure run only; leave it out or drop --on temporal")
    with tempfile.TemporaryDirectory(prefix="maanwerk-") as folder:
        return asyncio.run(_played(scenario, Path(folder)))


async def _played(scenario: Scenario, folder: Path) -> Outcome:
    async with test_server() as client:
        return await play_on(client, scenario, folder, _TASK_QUEUE)


async def play_on(client: Client, scenario: Scenario, folder: Path, task_queue: str) -> Outcome:
    """Play a scenario on a time-skipping server that is running already.

    Args:
        client: Connected to the server.
        scenario: What to play; its clock begins where the server's stands now.
        folder: An empty folder for case file and outbox.
        task_queue: A task queue of its own; it also keeps the case ids of several runs on one server apart.
    """
    database = Database(f"sqlite:///{folder / 'case-file.sqlite3'}")
    database.migrate()
    outbox = FileOutbox(folder / "outbox")
    gateways: Mapping[Channel, Gateway] = {
        "email": outbox, "sms": outbox, "call": outbox, "post": outbox, "registered": outbox, "agency": outbox,
    }  # fmt: skip
    try:
        file = CaseFile(database)
        driver = await _Driver.begin(client, file, scenario, task_queue)
        async with case_worker(client, file, gateways, task_queue=task_queue):
            await driver.play()
        result = driver.outcome()
        # A timer that fires without a worker would stop the server's clock for whoever plays next.
        await driver.end()
        return result
    finally:
        database.close()


class _Driver:
    """Moves virtual time from one thing that happens to the next."""

    def __init__(self, client: Client, file: CaseFile, scenario: Scenario, task_queue: str, clock: Clock) -> None:
        self.client = client
        self.file = file
        self.scenario = scenario
        self.script = Script(scenario)
        self.clock = clock
        self.dispatcher = Dispatcher(client, file, task_queue, clock=clock)
        self.creditor = f"{_CREDITOR}-{task_queue}"
        self.calendar = scenario.invoices[0].policy.sending_calendar
        self.ids: dict[str, str] = {}
        self.wake: dict[str, datetime | None] = {}
        self.told: set[str] = set()
        self.refusals: list[Refusal] = []
        self.policies = _own_versions(each.policy for each in scenario.invoices)

    @classmethod
    async def begin(cls, client: Client, file: CaseFile, scenario: Scenario, task_queue: str) -> _Driver:
        """A driver whose clock stands at the first morning of the scenario."""
        morning = scenario.invoices[0].policy.sending_calendar.day_start(scenario.start)
        offset = (morning - await _server_time(client)).total_seconds()
        return cls(client, file, scenario, task_queue, Clock(offset=offset))

    async def play(self) -> None:
        """Play all days."""
        with self.file.write() as transaction:
            transaction.save_creditor(_creditor(self.creditor))
            for policy in self.policies.values():
                transaction.save_policy(policy)
        openings: dict[date, list[str]] = {}
        for each in self.scenario.invoices:
            openings.setdefault(self.scenario.opens_on(each.number), []).append(each.number)
        events: dict[date, list[Event]] = {}
        for event in self.scenario.events:
            events.setdefault(event.on, []).append(event)
        for day in sorted({*openings, *events}):
            await self._pass_time(self.calendar.day_start(day))
            for number in openings.get(day, ()):
                await self._open(number, day)
            for event in events.get(day, ()):
                await self._happens(event, day)
        await self._pass_time(self.calendar.day_start(self.scenario.until + timedelta(days=1)))

    # Time

    async def _pass_time(self, until: datetime) -> None:
        """Let everything happen that is due before a moment, then stand at it."""
        while True:
            due = [at for at in self.wake.values() if at is not None and at < until]
            if not due:
                break
            await self._sleep_to(min(due) + timedelta(seconds=1))
            now = await self._now()
            await self._settle([number for number, at in self.wake.items() if at is not None and at <= now])
        await self._sleep_to(until)

    async def _sleep_to(self, moment: datetime) -> None:
        left = moment - await self._now()
        if left > timedelta(0):
            request = SleepRequest()
            request.duration.FromTimedelta(left)
            await self.client.test_service.unlock_time_skipping_with_sleep(request)

    async def _now(self) -> datetime:
        return self.clock.now(await _server_time(self.client))

    async def _settle(self, numbers: Iterable[str]) -> None:
        """Wait until these cases have done what is due, and note when they wake next."""
        for number in numbers:
            self.wake[number] = await asyncio.wait_for(self._settled(number), _PATIENCE)

    async def _settled(self, number: str) -> datetime | None:
        handle = self.client.get_workflow_handle(self.ids[number])
        while True:
            with self.file.read() as transaction:
                waits = bool(transaction.waiting(self.ids[number]))
            if not waits:
                description = await handle.describe()
                if description.status is not WorkflowExecutionStatus.RUNNING:
                    return None
                try:
                    answer = await handle.query(OverdueInvoice.case)
                except RPCError:
                    answer = {}
                if answer:
                    view = CaseView.model_validate(answer)
                    if view.next != "close" and (view.at is None or view.at > await self._now()):
                        return view.at
            await asyncio.sleep(_POLL)

    # What happens

    async def _open(self, number: str, day: date) -> None:
        each = self.scenario.by_number[number]
        policy = self.policies[id(each.policy)]
        morning = self.calendar.day_start(day)
        self.ids[number] = case_id(self.creditor, f"{each.invoice.invoice_date.year}-{number}")
        with self.file.write() as transaction:
            transaction.save_debtor(self.creditor, _debtor(each.invoice.debtor))
            facts = open_case(each.invoice, policy, morning)
            transaction.open_case(self.ids[number], self.creditor, facts, morning)
        await self.dispatcher.start(self.ids[number])
        await self._settle([number])

    async def _happens(self, event: Event, day: date) -> None:
        with self.file.read() as transaction:
            cases = {number: transaction.load(case).case for number, case in self.ids.items()}
        cue = self.script.cue(event, cases)
        if cue.refusal is not None:
            self.refusals.append(cue.refusal)
        morning = self.calendar.day_start(day)
        for message in cue.messages:
            raw = json.dumps(message.payload).encode()
            with self.file.write() as transaction:
                own = inbox_id(message.name, raw, message.id)
                transaction.accept(self.ids[message.number], own, message.name, raw, morning)
            await self.dispatcher.nudge(self.ids[message.number])
            await self._settle([message.number])
        if isinstance(event, BankCovers) and cue.bank_covers is not None:
            with self.file.write() as transaction:
                transaction.set_bank_coverage(self.creditor, cue.bank_covers)
            for number, case in self.ids.items():
                await self.dispatcher.nudge(case)
                await self._settle([number])

    # The end

    async def end(self) -> None:
        """Terminate the workflows that still wait."""
        for number, case in self.ids.items():
            handle = self.client.get_workflow_handle(case)
            if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                await handle.terminate(f"the scenario with {number} is over")

    def outcome(self) -> Outcome:
        """What the scenario came to, from the case file alone."""
        played = []
        with self.file.read() as transaction:
            for each in self.scenario.invoices:
                if each.number in self.ids:
                    loaded = transaction.load(self.ids[each.number])
                    facts = transaction.facts(loaded.id)
                    view = transaction.view(loaded.id)
                    decision = None if view is None else view.decision
                    played.append(Played(each.number, each.policy, facts, loaded.case, decision))
        return Outcome(self.scenario.name, self.scenario.until, tuple(played), tuple(self.refusals))


async def _server_time(client: Client) -> datetime:
    answer = await client.test_service.get_current_time(Empty())
    return answer.time.ToDatetime(tzinfo=UTC)


def _own_versions(policies: Iterable[Policy]) -> dict[int, Policy]:
    """Each policy under a version of its own, as the case file wants it."""
    found: dict[int, Policy] = {}
    taken: set[tuple[str, int]] = set()
    for policy in policies:
        if id(policy) in found:
            continue
        version = policy.version
        while (policy.policy, version) in taken:
            version += 1
        taken.add((policy.policy, version))
        found[id(policy)] = policy if version == policy.version else policy.model_copy(update={"version": version})
    return found


def _creditor(name: str) -> Creditor:
    return Creditor(
        id=name,
        name="Voorbeeld BV",
        address=("Voorbeeldstraat 1", "1000 AA Voorbeeld"),
        iban="NL91ABNA0417164300",
        email="administratie@voorbeeld.example",
        policies=(PolicyRule(policy="any"),),
    )


def _debtor(name: str) -> Debtor:
    return Debtor(
        id=name,
        name=f"Debiteur {name}",
        address=("Postbus 1", "2000 BB Elders"),
        contacts=(Contact(email="post@debiteur.example", phone="+31970000000"),),
    )
