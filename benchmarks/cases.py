"""Cases of five steps on the dev server, whose days last some milliseconds."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from temporalio.client import Client

from casefile.case_file import CaseFile, Transaction
from casefile.database import Database
from config.keys import KeyRing
from domain.case_ids import case_id
from domain.clock import Clock
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from domain.policy import Policy
from domain.views.readable import Readable
from engine.dispatcher import Dispatcher
from engine.embedded import dev_server
from services.ports import Channel, Finding, Gateway, NotThere, Outgoing, Sent
from worker.case_worker import case_worker

CREDITOR = "benchmark"
LOOK = 0.2
SHOWN = 1.0
"""Seconds in which a turn that was recorded is shown by its run, too."""
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)

FIVE_STEPS = Policy.model_validate(
    {
        "policy": "five-steps",
        # A step is taken within its day: a day of half a second must not end before noon comes.
        "calendar": {
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "from": "00:00",
            "until": "23:59",
        },
        "steps": [
            {"id": "reminder", "when": {"after_due": "1d"}, "send": ["email"]},
            {"id": "second_reminder", "when": {"after_previous": "1d"}, "send": ["email"]},
            {"id": "call", "when": {"after_previous": "1d"}, "task": "call"},
            {"id": "notice", "when": {"after_previous": "1d"}, "send": ["email"], "term": "1d"},
            {"id": "handoff", "when": {"term_expired": "notice"}, "hand_off": "agency"},
        ],
    }
)


def creditor_by(policy: Policy) -> Creditor:
    """A creditor whose invoices go by a policy."""
    return Creditor(
        id=CREDITOR,
        name="Voorbeeld BV",
        iban="NL91ABNA0417164300",
        email="administratie@voorbeeld.example",
        policies=(PolicyRule(policy=policy.policy),),
    )


def open_invoice(transaction: Transaction, number: str, debtor: str, policy: Policy) -> str:
    """Open the case of an invoice of a thousand euros that falls due as `BEGIN` comes; returns its id."""
    invoice = Invoice(
        number=number,
        debtor=debtor,
        invoice_date=date(2026, 2, 1),
        due=date(2026, 3, 1),
        amount=Money.parse("1000.00", "EUR"),
        legal_status=LegalStatus.of_kind(Kind.BUSINESS),
    )
    own = case_id(CREDITOR, number)
    transaction.cases.open(own, CREDITOR, open_case(invoice, policy, BEGIN), BEGIN)
    return own


class Taker:
    """A gateway that takes everything at once and keeps nothing: what it costs is not ours to measure."""

    async def send(self, message: Outgoing) -> Sent:
        """Take it."""
        return Sent("taken")

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Never asked."""
        return NotThere()


@dataclass
class Closed:
    """Which cases are closed, asked seldom, and for all who wait together: asking is not to count."""

    known: frozenset[str] = frozenset()
    asked: float = 0.0

    def ids(self, file: CaseFile) -> frozenset[str]:
        """Their ids, as they were a moment ago."""
        if time.monotonic() - self.asked > SHOWN:
            with file.database.read() as connection:
                found = connection.exec_driver_sql("SELECT id FROM cases WHERE closed IS NOT NULL")
                self.known, self.asked = frozenset(found.scalars()), time.monotonic()
        return self.known


@dataclass(frozen=True)
class Engine:
    """A dev server with a worker of cases on it."""

    client: Client
    file: CaseFile
    task_queue: str = "cases"
    readable: Readable = "all"
    closed: Closed = field(default_factory=Closed)

    async def ladder_ended(self, own: str) -> None:
        """Wait until the ladder of a case has ended, and its run shows that; a run that a partner keeps goes on."""
        while own not in self.closed.ids(self.file):
            await asyncio.sleep(LOOK)
        await asyncio.sleep(SHOWN)

    def clock(self, day_seconds: float) -> Clock:
        """A clock that stands at `BEGIN` now, and whose days last so long."""
        now = datetime.now(UTC)
        return Clock(offset=(BEGIN - now).total_seconds(), rate=86400 / day_seconds, since=now)

    def dispatcher(self, day_seconds: float) -> Dispatcher:
        """Starts cases on that clock."""
        return Dispatcher(
            self.client, self.file, self.task_queue, clock=self.clock(day_seconds), readable=self.readable
        )

    def open_cases(self, name: str, count: int) -> list[str]:
        """Write so many cases of debtors of their own into the case file; returns their ids."""
        ids = []
        with self.file.write() as transaction:
            for number in range(count):
                debtor = Debtor(
                    id=f"{name}-{number}",
                    name="Debiteur",
                    address=("Weg 2", "1000 AB Dorp"),
                    contacts=(Contact(email="post@debiteur.example"),),
                )
                transaction.parties.save_debtor(CREDITOR, debtor)
                ids.append(open_invoice(transaction, f"{name}-{number}", debtor.id, FIVE_STEPS))
                transaction.documents.save(ids[-1], "invoice.pdf", "application/pdf", b"%PDF-1.7 invoice")
        return ids


def begin_worker() -> None:
    """Look for rubbish as seldom as `maanwerk worker` does (`cli.app`)."""
    gc.set_threshold(20_000, 20, 50)


@asynccontextmanager
async def engine(keys: KeyRing | None = None) -> AsyncIterator[Engine]:
    """A dev server and a worker, ended with the block.

    Args:
        keys: What the server keeps is encrypted under these.
    """
    begin_worker()
    taker = Taker()
    gateways: dict[Channel, Gateway] = {"email": taker, "agency": taker}
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'case-file.sqlite3'}")
        database.migrate()
        file = CaseFile(database)
        with file.write() as transaction:
            transaction.parties.save_policy(FIVE_STEPS)
            transaction.parties.save_creditor(
                Creditor(
                    id=CREDITOR,
                    name="Voorbeeld BV",
                    iban="NL91ABNA0417164300",
                    email="administratie@voorbeeld.example",
                    policies=(PolicyRule(policy="five-steps"),),
                )
            )
        async with dev_server(keys=keys) as client:
            shown: Readable = "all" if keys is None else "codes"
            made = Engine(client, file, readable=shown)
            async with case_worker(client, file, gateways, task_queue=made.task_queue, simulation=True, readable=shown):
                yield made
        database.close()
