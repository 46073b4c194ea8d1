"""The demo: a quarter of one creditor's open items, through the real workflow on the embedded engine.

The list is imported as a user would import it; then payments, pauses and silence happen day by day in virtual
time. In the middle the engine and its worker are lost altogether; an empty engine goes on from the case file.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

import typst

from casefile.case_file import CaseFile, Transaction
from casefile.database import Database
from casefile.deliveries import StoredDelivery
from casefile.standings import keep_standing
from domain import facts as f
from domain.calendar import SendingCalendar, any_day
from domain.case import Case
from domain.parties import Creditor, Debtor
from domain.policy import Policy
from domain.views.case_view import CaseView
from domain.views.timeline import line
from engine.dispatcher import Dispatcher
from engine.embedded import test_server
from gateways.outbox import FileOutbox
from letters.render import known_letters
from policies.creditor_profile import load_creditor
from services.importing.lists import import_lists
from services.importing.results import OPENED, ImportedList, ListFile
from services.ports import Channel, Gateway
from simulation.demo.partner import DemoPartner, Reported
from simulation.demo.provider_posts import Posted, ProviderPosts
from simulation.engine import arranging_in, cases_in, claims_in
from simulation.event_messages import EventMessages
from simulation.events import BankCovers, Event
from simulation.kept_money import keep_moved
from simulation.scenario import Scenario, ScriptFile
from simulation.scenario_file import load_script
from simulation.scenario_invoice import ScenarioInvoice
from simulation.virtual_time import VirtualTime, clock_standing_at
from worker.case_worker import case_worker

MARK = ".maanwerk-demo"
"""File that shows that a folder is of a demo; once it is played, its last day stands in it."""
_TASK_QUEUE = "demo"
_ZONE = "Europe/Amsterdam"

Told = Callable[[date, str], None]
"""Told the day that was reached, and what is going on."""


class NotOurFolder(ValueError):
    """The folder for the demo's output holds something else."""


@dataclass(frozen=True, slots=True)
class DemoCase:
    """What became of one invoice.

    Attributes:
        number: Its number.
        debtor: Name of the debtor.
        facts: All that happened, in the order in which it was recorded.
        deliveries: Every message, with its exact bytes, in the order in which they were intended.
    """

    number: str
    debtor: str
    case: Case
    policy: Policy
    view: CaseView
    facts: tuple[f.Fact, ...]
    deliveries: tuple[StoredDelivery, ...] = ()

    @property
    def messages(self) -> int:
        """How many messages went to the debtor."""
        return sum(len(s.channels) for s in self.case.taken if s.kind == "send" and not s.message.startswith("before"))


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the quarter came to.

    Attributes:
        imported: What the import said of the list, and of each e-invoice and credit note.
        cases: What became of each invoice, in the order of the list.
        folder: Where everything that was sent lies.
        creditor: Whose invoices they are.
        start: First day.
        until: Last day.
        outage: First day on which nothing ran, and the day on which it went on.
        lost: What was lost then: the whole engine, or its worker only.
        posted: The payments that came in over HTTP, as providers post them.
        matched: How many of those found their invoice.
        agency: What the agency had and said; None of a quarter that was played before.
    """

    imported: tuple[ImportedList, ...]
    cases: tuple[DemoCase, ...]
    folder: Path
    creditor: Creditor
    start: date
    until: date
    outage: tuple[date, date] | None
    lost: Literal["engine", "worker"] = "engine"
    posted: tuple[Posted, ...] = ()
    matched: int = 0
    agency: Reported | None = None


def clear_folder(folder: Path) -> None:
    """Make the folder empty; one that no demo made is left alone.

    Raises:
        NotOurFolder: when it holds something else.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise NotOurFolder(f"{folder} is no folder; name a folder with --out")
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARK).exists():
            raise NotOurFolder(f"{folder} is not empty and no demo made it; name another folder with --out")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


async def play_demo(folder: Path, told: Told, until: date | None = None) -> DemoResult:
    """Play the quarter; everything that is sent lands in the folder.

    Args:
        folder: An empty folder.
        told: Told of progress.
        until: Last day to play; None plays all of it.
    """
    database = Database(f"sqlite:///{folder / 'case-file.sqlite3'}")
    database.migrate()
    try:
        result = await _Demo(CaseFile(database), folder, told, until).play()
    finally:
        database.close()
    (folder / MARK).write_text(result.until.isoformat())
    return result


class Quarter:
    """The quarter before it is played: the list imported into a case file, the script, and what is sent."""

    def __init__(self, file: CaseFile, folder: Path, told: Told, until: date | None = None) -> None:
        """Send everything into the folder, and tell of progress.

        Args:
            file: A case file without cases.
            folder: Where everything that is sent lands.
            told: Told of progress.
            until: Last day to play; None plays all of it.
        """
        self.file = file
        self._until = until
        self.folder = folder
        self.told = told
        outbox = FileOutbox(folder)
        self.partner = DemoPartner(file, outbox)
        self.gateways: Mapping[Channel, Gateway] = {
            "email": outbox, "sms": outbox, "call": outbox, "post": outbox, "registered": outbox,
            "agency": self.partner,
        }  # fmt: skip
        self.calendar: SendingCalendar = any_day(_ZONE)
        self.posts = ProviderPosts(file, datetime.now(UTC))
        self.ids: dict[str, str] = {}

    def prepared(self) -> tuple[tuple[ImportedList, ...], ScriptFile]:
        """Import the list and the e-invoices, and read what happens to them."""
        with as_file(files("samples")) as samples:
            imported = self._import(samples)
            script = load_script(samples / "demo" / "quarter.yaml", self._invoices())
        return imported, script if self._until is None else _cut(script, self._until)

    def _import(self, samples: Path) -> tuple[ImportedList, ...]:
        """Import everything as `maanwerk import` does; add the invoices of the list as documents."""
        profile = load_creditor(samples / "creditor.yaml", known_letters())
        sources = [samples / "open_items.csv", *sorted((samples / "ubl").glob("*.xml"))]
        lists = [ListFile(source.name, source.read_bytes(), source.parent) for source in sources]
        start = date(2026, 4, 1)
        at = self.calendar.moment(start, time(8, 30))
        imported = import_lists(self.file, profile, lists, at, start)
        with self.file.write() as transaction:
            transaction.parties.save_creditor(self.partner.named_by(profile.creditor))
        press = typst.Compiler(str(samples / "demo" / "invoice.typ"), ignore_system_fonts=True)
        with self.file.write() as transaction:
            for row in (row for each in imported for row in each.rows if row.what == OPENED):
                self.ids[row.number] = row.case_id
                if transaction.documents.of_case(row.case_id):
                    continue
                pdf = _invoice_pdf(press, transaction, row.case_id, profile.creditor)
                transaction.documents.save(row.case_id, f"Factuur {row.number}.pdf", "application/pdf", pdf)
        return imported

    def _invoices(self) -> list[ScenarioInvoice]:
        with self.file.read() as transaction:
            loaded = [transaction.cases.load(case_id) for case_id in self.ids.values()]
        return [ScenarioInvoice(each.case.invoice, each.policy) for each in loaded]

    async def while_down(self, script: ScriptFile, down: date, up: date) -> None:
        """Facts that arrive during the outage go into the case file, as every door writes them; webhooks are taken."""
        cues = self.cues(script)
        for event in (event for event in script.events if down <= event.on < up):
            if self.posts.takes(event):
                self.posts.at = self.calendar.moment(event.on, time(10))
                await self.posts.post(event)
                continue
            for case_id, name, content, delivery in self.messages_of(cues, event):
                raw = json.dumps(content).encode()
                with self.file.write() as transaction:
                    transaction.inbox.accept(case_id, delivery, name, raw, self.calendar.moment(event.on, time(10)))

    def cues(self, script: ScriptFile) -> EventMessages:
        """The events of a script as messages to cases."""
        invoices = tuple(self._invoices())
        return EventMessages(Scenario("demo", "demo", script.start, script.until, invoices, script.events))

    def messages_of(self, cues: EventMessages, event: Event) -> list[tuple[str, str, Mapping[str, object], str]]:
        """Case id, name, content and id of each message that an event brings now."""
        if isinstance(event, BankCovers):
            raise ValueError(
                f"quarter.yaml, event of {event.on}: bank_covers needs a bank feed, which the demo has not"
            )
        if event.form.about_all:
            raise ValueError(f"quarter.yaml, event of {event.on}: {event.form.word} is not played in the demo")
        with self.file.read() as transaction:
            claim_on, arrange_on = claims_in(transaction, self.ids), arranging_in(transaction, self.ids)
            cue = cues.cue(event, claim_on, arrange_on, cases_in(transaction, self.ids))
            creditor = transaction.cases.load(next(iter(self.ids.values()))).creditor
        keep_moved(self.file, creditor, cue.moved, self.ids, self.calendar.day_start(event.on))
        return [(self.ids[m.number], m.name, m.payload, m.id) for m in cue.messages]

    def result(self, imported: tuple[ImportedList, ...], script: ScriptFile) -> DemoResult:
        """What the quarter came to."""
        cases = self._cases()
        with self.file.read() as transaction:
            creditor = transaction.parties.creditor(transaction.cases.load(next(iter(self.ids.values()))).creditor)
        return DemoResult(
            imported, cases, self.folder, creditor, script.start, script.until, script.outage,
            posted=tuple(self.posts.posted), matched=self.posts.matched(), agency=self.partner.reported,
        )  # fmt: skip

    def _cases(self) -> tuple[DemoCase, ...]:
        found = []
        with self.file.read() as transaction:
            for number, case_id in self.ids.items():
                loaded = transaction.cases.load(case_id)
                view = transaction.views.of_case(case_id)
                debtor = transaction.parties.debtor(loaded.creditor, loaded.case.invoice.debtor)
                if view is None:
                    raise LookupError(f"{case_id} was never decided on")
                facts, sent = transaction.cases.facts(case_id), transaction.deliveries.of_case(case_id)
                name = debtor.name if debtor else loaded.case.invoice.debtor
                found.append(DemoCase(number, name, loaded.case, loaded.policy, view, facts, sent))
        return tuple(found)


class _Demo(Quarter):
    async def play(self) -> DemoResult:
        imported, script = self.prepared()
        async with self.posts.open(), self.partner.open(lambda: datetime.now(UTC)):
            await self._quarter(script)
        return self.result(imported, script)

    async def _quarter(self, script: ScriptFile) -> None:
        down, up = script.outage or (script.until + timedelta(days=1), None)
        async with self._engine(script, script.start) as time_before:
            await self._days(script, time_before, script.start, down)
            if up is not None:
                self.told(down, "the engine and its worker are killed")
        if up is not None:
            # What happens meanwhile is durable in the inbox before anybody is told that it was received.
            await self.while_down(script, down, up)
            await self._read(self.calendar.day_start(up), _nobody)
            async with self._engine(script, up) as time_after:
                self.told(up, "an empty engine goes on from the case file")
                await self._days(script, time_after, up, script.until + timedelta(days=1))

    @contextlib.asynccontextmanager
    async def _engine(self, script: ScriptFile, day: date) -> AsyncIterator[tuple[VirtualTime, Dispatcher]]:
        """An empty engine whose clock stands at the morning of a day, with a worker and all open cases started."""
        morning = self.calendar.moment(day, time(8, 30) if day == script.start else time(0, 0))
        async with test_server() as client:
            clock = await clock_standing_at(client, morning)
            virtual = VirtualTime(client, self.file, clock)
            virtual.cases.update(self.ids)
            dispatcher = Dispatcher(client, self.file, _TASK_QUEUE, clock=clock)
            async with case_worker(client, self.file, self.gateways, task_queue=_TASK_QUEUE, simulation=True):
                await dispatcher.sweep()
                await dispatcher.restore()
                await virtual.settle(self.ids)
                yield virtual, dispatcher

    async def _days(self, script: ScriptFile, engine: tuple[VirtualTime, Dispatcher], first: date, end: date) -> None:
        """Play the days from `first` up to and not including `end`."""
        virtual, dispatcher = engine
        cues = self.cues(script)
        for day in sorted({event.on for event in script.events if first <= event.on < end}):
            await virtual.pass_until(self.calendar.day_start(day), self._tell)
            for event in (event for event in script.events if event.on == day):
                if self.posts.takes(event):
                    self.posts.at = self.calendar.day_start(day)
                    await self.posts.post(event)
                    told = await self._read(self.posts.at, dispatcher.nudge)
                    await virtual.settle([number for number, known in self.ids.items() if known in told])
                    continue
                for case_id, name, content, delivery in self.messages_of(cues, event):
                    await dispatcher.tell(case_id, name, content, delivery)
                    await virtual.settle([number for number, known in self.ids.items() if known == case_id])
        await virtual.pass_until(self.calendar.day_start(end), self._tell)
        told = await self.partner.read(self.calendar.day_start(end) - timedelta(minutes=1), dispatcher.nudge)
        await virtual.settle([number for number, known in self.ids.items() if known in told])

    async def _read(self, at: datetime, wake: Callable[[str], Awaitable[None]]) -> tuple[str, ...]:
        """Let what providers posted be read at a moment; ids of the cases that were told."""
        self.posts.at = at
        return await self.posts.read(wake)

    def _tell(self, moment: datetime) -> None:
        day = self.calendar.local_date(moment)
        self.partner.day = day
        keep_standing(self.file, day)
        self.told(day, "")


async def _nobody(case_id: str) -> None:
    """Nothing runs that could be woken: the case finds it in its inbox when it starts."""


def _cut(script: ScriptFile, until: date) -> ScriptFile:
    """The script as far as a day; an outage that is not over by then is left out."""
    if not script.start <= until <= script.until:
        raise ValueError(f"{until} is no day of the quarter; give one from {script.start} to {script.until}")
    events = tuple(event for event in script.events if event.on <= until)
    outage = script.outage if script.outage is not None and script.outage[1] <= until else None
    return replace(script, until=until, events=events, outage=outage)


def _invoice_pdf(press: typst.Compiler, transaction: Transaction, case_id: str, creditor: Creditor) -> bytes:
    """The invoice of a case as a PDF, made up from what the list says."""
    loaded = transaction.cases.load(case_id)
    invoice = loaded.case.invoice
    debtor = transaction.parties.debtor(loaded.creditor, invoice.debtor) or Debtor(
        id=invoice.debtor, name=invoice.debtor
    )
    content = {
        "title": f"Factuur {invoice.number}",
        "creditor": creditor.name,
        "creditor_address": creditor.address,
        "debtor": [debtor.name, *debtor.address],
        "number": invoice.number,
        "invoice_date": invoice.invoice_date.strftime("%d-%m-%Y"),
        "due": invoice.due.strftime("%d-%m-%Y"),
        "amount": f"€ {invoice.amount.text}",
        "iban": creditor.iban,
    }
    pdf = press.compile(
        format="pdf",
        sys_inputs={"invoice": json.dumps(content)},
        timestamp=datetime.combine(invoice.invoice_date, time(), UTC),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned no single document")
    return pdf


def story_of(each: DemoCase) -> list[str]:
    """What happened to an invoice, one line for each thing that a credit controller would tell."""
    telling = (
        f.PaymentReceived, f.PaymentReversed, f.InvoiceCredited, f.HoldPlaced, f.HoldLifted, f.StepTaken,
        f.StepPassedOver, f.StepHeldBack, f.TaskRaised, f.CaseClosed, f.CaseReopened, f.HandoffApproved,
        f.MessageCrossed,
    )  # fmt: skip
    return [line(fact) for fact in each.facts if isinstance(fact, telling)]
