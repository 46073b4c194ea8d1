"""The engine runner: a scenario through the real workflow, on the embedded time-skipping server.

The same file, the same events, the same output as the pure runner; what differs is everything between a decision
and its effect. Virtual time is moved by sleeping only, never by waiting for results, and only when every case
that had something to do has done it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from temporalio.client import Client

from casefile.case_file import CaseFile, Transaction
from casefile.database import Database
from casefile.debtor_money import loose_money
from casefile.sending_stops import PlacedStop, resume_sending, stop_sending
from casefile.surroundings import surroundings_of
from domain.case import Case
from domain.case_ids import case_id
from domain.claims.claim import open_claim, shown_open
from domain.clock import Clock
from domain.handling.arrangements import open_to_arrange
from domain.handoffs.partners import Partner
from domain.law.allocation import OpenClaim
from domain.opening import open_case
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from domain.policy import Policy
from domain.terms import CreditorTerms
from engine.dispatcher import Dispatcher
from engine.embedded import test_server
from gateways.outbox import FileOutbox
from services.ports import Channel, Gateway
from simulation.event_messages import ArrangeOn, CaseOf, ClaimOn, EventMessages, Refusal
from simulation.events import BankCovers, Event, ResumeSending, StopSending
from simulation.kept_money import keep_moved
from simulation.outcome import Outcome, Played
from simulation.scenario import Scenario
from simulation.virtual_time import VirtualTime, clock_standing_at
from worker.case_worker import case_worker

_CREDITOR = "scenario"
_TASK_QUEUE = "scenario"

_INVOICE = b"%PDF-1.7\n%%EOF\n"
"""Stands for an invoice."""


class NotOnEngine(ValueError):
    """A scenario that only the pure runner can play."""


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
        async with case_worker(client, file, gateways, task_queue=task_queue, simulation=True):
            await driver.play()
        result = driver.outcome()
        # A timer that fires without a worker would stop the server's clock for whoever plays next.
        await driver.time.end("the scenario is over")
        return result
    finally:
        database.close()


class _Driver:
    """Plays a scenario, day after day."""

    def __init__(self, client: Client, file: CaseFile, scenario: Scenario, task_queue: str, clock: Clock) -> None:
        self.file = file
        self.scenario = scenario
        self.event_messages = EventMessages(scenario)
        self.dispatcher = Dispatcher(client, file, task_queue, clock=clock)
        self.time = VirtualTime(client, file, clock, self.dispatcher.nudge)
        self.ids = self.time.cases
        self.creditor = f"{_CREDITOR}-{task_queue}"
        self.calendar = scenario.invoices[0].policy.sending_calendar
        self.refusals: list[Refusal] = []
        self.policies = _own_versions(each.policy for each in scenario.invoices)

    @classmethod
    async def begin(cls, client: Client, file: CaseFile, scenario: Scenario, task_queue: str) -> _Driver:
        """A driver whose clock stands at the first morning of the scenario."""
        morning = scenario.invoices[0].policy.sending_calendar.day_start(scenario.start)
        return cls(client, file, scenario, task_queue, await clock_standing_at(client, morning))

    async def play(self) -> None:
        """Play all days."""
        with self.file.write() as transaction:
            transaction.parties.save_creditor(_creditor(self.creditor, self.scenario.terms))
            for policy in self.policies.values():
                transaction.parties.save_policy(policy)
        openings: dict[date, list[str]] = {}
        for each in self.scenario.invoices:
            openings.setdefault(self.scenario.opens_on(each.number), []).append(each.number)
        events: dict[date, list[Event]] = {}
        for event in self.scenario.events:
            events.setdefault(event.on, []).append(event)
        for day in sorted({*openings, *events}):
            await self.time.pass_until(self.calendar.day_start(day))
            for number in openings.get(day, ()):
                await self._open(number, day)
            for event in events.get(day, ()):
                await self.happens(event)
        await self.time.pass_until(self.calendar.day_start(self.scenario.until + timedelta(days=1)))

    # What happens

    async def _open(self, number: str, day: date) -> None:
        each = self.scenario.by_number[number]
        policy = self.policies[id(each.policy)]
        morning = self.calendar.day_start(day)
        self.ids[number] = case_id(self.creditor, f"{each.invoice.invoice_date.year}-{number}")
        with self.file.write() as transaction:
            transaction.parties.save_debtor(self.creditor, _debtor(each.invoice.debtor))
            facts = open_case(each.invoice, policy, morning, history=each.history)
            transaction.cases.open(self.ids[number], self.creditor, facts, morning)
            if policy.hands_off:
                # Nothing is handed off without the invoice itself.
                transaction.documents.save(self.ids[number], f"{number}.pdf", "application/pdf", _INVOICE)
        await self.dispatcher.start(self.ids[number])
        await self.time.settle([number])

    async def happens(self, event: Event) -> None:
        """Tell the cases of one event, and let them settle."""
        with self.file.read() as transaction:
            claim_on, arrange_on = claims_in(transaction, self.ids), arranging_in(transaction, self.ids)
            cue = self.event_messages.cue(event, claim_on, arrange_on, cases_in(transaction, self.ids))
        if cue.refusal is not None:
            self.refusals.append(cue.refusal)
        keep_moved(self.file, self.creditor, cue.moved, self.ids, self.calendar.day_start(event.on))
        for message in cue.messages:
            await self.dispatcher.tell(self.ids[message.number], message.name, message.payload, message.id, message.by)
            await self.time.settle([message.number])
        if isinstance(event, BankCovers) and cue.bank_covers is not None:
            with self.file.write() as transaction:
                transaction.parties.set_bank_coverage(self.creditor, cue.bank_covers)
        morning = self.calendar.day_start(event.on)
        if isinstance(event, StopSending):
            stop = PlacedStop(event.on, event.until, "the scenario says so", "scenario", morning)
            stop_sending(self.file, stop, event.id)
        elif isinstance(event, ResumeSending):
            resume_sending(self.file, event.on, "scenario", morning)
        if event.form.about_all:
            with self.file.read() as transaction:
                going = [number for number, case in self.ids.items() if not transaction.cases.closed(case)]
            for number in going:
                await self.dispatcher.nudge(self.ids[number])
                await self.time.settle([number])

    # The end

    def outcome(self) -> Outcome:
        """What the scenario came to, from the case file alone."""
        played = []
        with self.file.read() as transaction:
            for each in self.scenario.invoices:
                if each.number in self.ids:
                    loaded = transaction.cases.load(self.ids[each.number])
                    facts = transaction.cases.facts(loaded.id)
                    view = transaction.views.of_case(loaded.id)
                    decision = None if view is None else view.decision
                    surroundings = surroundings_of(transaction, loaded)
                    owed = shown_open(loaded.case, loaded.policy, self.scenario.until, surroundings)
                    played.append(Played(each.number, each.policy, facts, loaded.case, owed, decision))
            loose = {debtor: loose_money(transaction, self.creditor, debtor) for debtor in self.scenario.by_debtor}
        return Outcome(self.scenario.name, self.scenario.until, tuple(played), tuple(self.refusals), loose)


def claims_in(transaction: Transaction, ids: Mapping[str, str]) -> ClaimOn:
    """What is open on the invoices of these cases, as the case file knows it.

    Args:
        transaction: The case file.
        ids: Case ids by invoice number.
    """

    def claim_on(number: str, on: date) -> OpenClaim | None:
        if number not in ids:
            return None
        loaded = transaction.cases.load(ids[number])
        return open_claim(number, loaded.case, loaded.policy, on, surroundings_of(transaction, loaded))

    return claim_on


def arranging_in(transaction: Transaction, ids: Mapping[str, str]) -> ArrangeOn:
    """What instalments on these invoices come to, as the case file knows it; the arguments are those of `claims_in`."""

    def arrange_on(number: str, on: date, principal_only: bool) -> OpenClaim | None:
        if number not in ids:
            return None
        loaded = transaction.cases.load(ids[number])
        at, around = loaded.policy.sending_calendar.day_start(on), surroundings_of(transaction, loaded)
        return open_to_arrange(number, loaded.case, loaded.policy, around, at, on, principal_only=principal_only)

    return arrange_on


def cases_in(transaction: Transaction, ids: Mapping[str, str]) -> CaseOf:
    """The cases of these invoices, as the case file knows them; the arguments are those of `claims_in`."""

    def case_of(number: str) -> Case | None:
        return transaction.cases.load(ids[number]).case if number in ids else None

    return case_of


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


def _creditor(name: str, terms: CreditorTerms) -> Creditor:
    return Creditor(
        id=name,
        name="Voorbeeld BV",
        address=("Voorbeeldstraat 1", "1000 AA Voorbeeld"),
        iban="NL91ABNA0417164300",
        email="administratie@voorbeeld.example",
        kvk="00000000",
        partners=tuple(
            # As many as a case can be given to in one scenario: nobody gets it twice.
            Partner(id=f"partner{number}", name="Voorbeeld Incasso BV", register_number="000000")
            for number in range(1, 31)
        ),
        enterprise_number="0000.000.097",
        terms=terms,
        policies=(PolicyRule(policy="any"),),
    )


def _debtor(name: str) -> Debtor:
    return Debtor(
        id=name,
        name=f"Debiteur {name}",
        address=("Postbus 1", "2000 BB Elders"),
        contacts=(Contact(email="post@debiteur.example", phone="+31970000000"),),
    )
