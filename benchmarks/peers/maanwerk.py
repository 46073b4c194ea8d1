"""Maanwerk: a case each, with a reminder by e-mail that is due, on a Temporal dev server and a case file in SQLite.

`python -m benchmarks.peers.maanwerk FOLDER COUNT [idle]`; `TEMPORAL_ADDRESS` says where the server is. Run again on the
same folder, it goes on with what it finds. The provider can be asked whether it took a message, as real ones can.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.cases import CREDITOR, creditor_by
from benchmarks.peers.provider import ANSWERS_AFTER, keep, taken
from casefile.case_file import CaseFile
from casefile.database import Database
from domain.case_ids import case_id
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.parties import Contact, Debtor
from domain.policy import Policy
from engine.client import connect
from engine.dispatcher import Dispatcher
from services.ports import Channel, Finding, Found, Gateway, NotThere, Outgoing, Sent
from worker.case_worker import case_worker

QUEUE = "peers"
_AT_ONCE = 32
POLICY = Policy.model_validate(
    {
        "policy": "one-reminder",
        "calendar": {
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "from": "00:00",
            "until": "23:59",
        },
        "steps": [{"id": "reminder", "when": {"after_due": "1d"}, "send": ["email"]}],
    }
)


@dataclass(frozen=True)
class Provider:
    """The gateway to the provider of all."""

    folder: Path

    async def send(self, message: Outgoing) -> Sent:
        """Have it taken, and wait for the answer."""
        await asyncio.to_thread(keep, self.folder, message.key)
        await asyncio.sleep(ANSWERS_AFTER)
        return Sent("taken")

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask whether it was taken."""
        return Found("taken") if key in await asyncio.to_thread(taken, self.folder) else NotThere()


def furnish(file: CaseFile, count: int, due: date) -> list[str]:
    """The cases, made once; their ids."""
    now = datetime.now(UTC)
    with file.write() as transaction:
        transaction.parties.save_policy(POLICY)
        transaction.parties.save_creditor(creditor_by(POLICY))
        facts = {}
        for number in range(count):
            debtor = Debtor(id=f"d{number}", name="Debiteur", contacts=(Contact(email="post@debiteur.example"),))
            transaction.parties.save_debtor(CREDITOR, debtor)
            invoice = Invoice(
                number=f"F-{number}",
                debtor=debtor.id,
                invoice_date=due - timedelta(days=30),
                due=due,
                amount=Money.parse("1000.00", "EUR"),
                legal_status=LegalStatus.of_kind(Kind.BUSINESS),
            )
            facts[case_id(CREDITOR, invoice.number)] = open_case(invoice, POLICY, now)
        transaction.cases.open_all(CREDITOR, facts, now)
    return list(facts)


async def main(folder: Path, count: int, *, idle: bool) -> None:
    """Begin all that was not begun, and work until all is sent and written down; idle ones are waited for in vain."""
    database = Database(f"sqlite:///{folder / 'case-file.sqlite3'}")
    database.migrate()
    file = CaseFile(database)
    today = datetime.now(UTC).date()
    furnish(file, count, today + timedelta(days=365 if idle else -10))
    client = await connect(keys=None)
    gateways: dict[Channel, Gateway] = {"email": Provider(folder)}
    async with case_worker(client, file, gateways, task_queue=QUEUE, max_cached_cases=2 * count):
        print("begun", flush=True)
        dispatcher = Dispatcher(client, file, QUEUE)
        with file.read() as transaction:
            left = iter(transaction.starts.unstarted())

        async def begin() -> None:
            for each in left:
                await dispatcher.start(each)

        await asyncio.gather(*(begin() for _ in range(_AT_ONCE)))
        if idle:
            print("idle", flush=True)
            await asyncio.Event().wait()
        while await asyncio.to_thread(_sent, file) < count:
            await asyncio.sleep(0.02)
    print("done", flush=True)


def _sent(file: CaseFile) -> int:
    with file.read() as transaction:
        said = transaction.session.connection.exec_driver_sql("SELECT count(*) FROM deliveries WHERE status = 'sent'")
        return int(said.scalar_one())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), idle=len(sys.argv) > 3))
