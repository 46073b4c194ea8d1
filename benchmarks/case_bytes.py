"""What a case takes in the case file: bytes a table, statements and processor time a step, bytes of PostgreSQL's log.

`python -m benchmarks.case_bytes [CASES]`. Cases of `nl-business`, each of a debtor of its own with an invoice of 50 kB,
live to their hand-off on either database, without a Temporal; nobody approves in a measurement, so none is asked for.
It holds no budget: docs/scale.md counts with what it finds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from sqlalchemy import event, text

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest, StepRequest
from activities.sending import Sending
from benchmarks.cases import BEGIN, CREDITOR, Taker, open_invoice
from benchmarks.databases import postgresql_url, sqlite_url
from casefile.case_file import CaseFile
from casefile.database import Database
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from domain.policy import Policy
from gateways.dossier import build_dossier
from policies.load import shipped_policy

__all__ = ["CASES", "INVOICE_BYTES", "Found", "played_policy", "run"]

CASES = 100
INVOICE_BYTES = 50_000
_MOST_TURNS = 60

_SQLITE_BYTES = """SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name
GROUP BY m.tbl_name"""
_POSTGRESQL_BYTES = (
    "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200"
)
_SENT = "SELECT step, channel, avg(length(content)) FROM deliveries GROUP BY step, channel ORDER BY step, channel"
_WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"


@dataclass(frozen=True)
class Found:
    """What so many cases came to on one database.

    Attributes:
        cases: How many lived.
        steps: How many steps they took.
        opened: Bytes of each table, its indexes included, when they were open and none had taken a step.
        lived: The same when all were handed off.
        rows: Rows of each table at the end.
        statements: SQL statements a step.
        milliseconds: Processor time of this process a step.
        log: Bytes of PostgreSQL's log a step; 0 on SQLite.
        sent: Mean bytes of what went out, by step and channel.
    """

    cases: int
    steps: int
    opened: Counter[str]
    lived: Counter[str]
    rows: Counter[str]
    statements: float
    milliseconds: float
    log: float
    sent: dict[str, float]

    def said(self) -> list[str]:
        """In words, the largest tables first."""
        each = [
            f"  {name}: {size / self.cases:,.0f} bytes a case ({self.opened[name] / self.cases:,.0f} when opened),"
            f" {self.rows[name] / self.cases:.1f} rows"
            for name, size in self.lived.most_common()
            if size / self.cases >= 50
        ]
        return [
            f"{self.cases} cases, {self.steps / self.cases:.1f} steps each,"
            f" {self.lived.total() / self.cases:,.0f} bytes a case"
            f" ({self.opened.total() / self.cases:,.0f} when opened); a step: {self.statements:.0f} statements,"
            f" {self.milliseconds:.1f} ms of processor time, {self.log:,.0f} bytes of PostgreSQL's log",
            *each,
            "  sent: " + ", ".join(f"{name} {size:,.0f}" for name, size in self.sent.items()),
        ]


def played_policy() -> Policy:
    """`nl-business` as it is when people do their part at once: the hand-off asks for no approval and no register."""
    policy = shipped_policy("nl-business")
    steps = tuple(each.model_copy(update={"approval": "none"}) for each in policy.steps)
    return policy.model_copy(update={"steps": steps, "check_register": "none"})


def _opened_cases(file: CaseFile, count: int, policy: Policy) -> list[str]:
    ids = []
    with file.write() as transaction:
        transaction.parties.save_policy(policy)
        transaction.parties.save_creditor(
            Creditor(
                id=CREDITOR,
                name="Voorbeeld BV",
                iban="NL91ABNA0417164300",
                kvk="00000000",
                email="administratie@voorbeeld.example",
                address=("Kade 1", "1000 AA Stad"),
                policies=(PolicyRule(policy=policy.policy),),
            )
        )
        for number in range(count):
            debtor = Debtor(
                id=f"d{number}",
                name=f"Debiteur {number}",
                address=("Weg 2", "1000 AB Dorp"),
                contacts=(Contact(email=f"post{number}@debiteur.example"),),
            )
            transaction.parties.save_debtor(CREDITOR, debtor)
            ids.append(open_invoice(transaction, f"2026-{number:06d}", debtor.id, policy))
            # Bytes that don't compress, as those of a PDF: PostgreSQL packs what it can.
            content = b"%PDF-1.7 " + Random(number).randbytes(INVOICE_BYTES)
            transaction.documents.save(ids[-1], "invoice.pdf", "application/pdf", content)
    return ids


async def _live(sending: Sending, advancing: Advancing, own: str) -> int:
    """One case to its end; how often its moment came."""
    at = BEGIN
    turn = advancing.advance(AdvanceRequest(case_id=own, at=at, all_of_timeline=True))
    for turns in range(_MOST_TURNS):
        if turn.action == "end" or turn.at is None:
            return turns
        at = max(at, turn.at)
        turn = await sending.take(StepRequest(case_id=own, at=at, seen=turn.seen), at)
    raise ValueError(f"{own} does not end: {turn.summary}")


def run(url: str, count: int = CASES) -> Found:
    """Let so many cases live on an empty database."""
    database = Database(url)
    database.migrate()
    file = CaseFile(database)
    sqlite = url.startswith("sqlite")
    statements = [0]
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.__setitem__(0, statements[0] + 1))

    def sizes() -> Counter[str]:
        with database.engine.connect() as connection:
            rows = connection.execute(text(_SQLITE_BYTES if sqlite else _POSTGRESQL_BYTES)).all()
        return Counter({name: int(size) for name, size in rows})

    def written() -> float:
        if sqlite:
            return 0.0
        with database.engine.connect() as connection:
            return float(connection.execute(text(_WRITTEN)).scalar_one())

    try:
        empty = sizes()
        ids = _opened_cases(file, count, played_policy())
        advancing = Advancing(file, "all")
        opened = sizes()
        opened.subtract(empty)
        taker = Taker()
        gateways = {channel: taker for channel in ("email", "post", "registered", "agency")}

        async def lives() -> int:
            with ThreadPoolExecutor(1, "case-file") as pool:
                sending = Sending(
                    file,
                    gateways,  # type: ignore[arg-type]
                    build_dossier,
                    pool,
                    lambda point: None,
                    lambda: datetime.now(UTC),
                    advancing,
                )
                return sum([await _live(sending, advancing, own) for own in ids])

        asked, log, used = statements[0], written(), time.process_time()
        asyncio.run(lives())
        seconds = time.process_time() - used
        asked, log = statements[0] - asked, written() - log
        with file.read() as transaction:
            steps = sum(len(transaction.cases.load(own).case.taken) for own in ids)
        lived = sizes()
        lived.subtract(empty)
        with database.engine.connect() as connection:
            sent = {f"{step} {channel}": float(size) for step, channel, size in connection.execute(text(_SENT)).all()}
            rows = Counter(
                {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in lived}
            )
    finally:
        database.close()
    return Found(count, steps, opened, lived, rows, asked / steps, seconds / steps * 1000, log / steps, sent)


def main(count: int = CASES) -> None:
    """Measure on both databases and print."""
    with sqlite_url() as url:
        print("SQLite:", *run(url, count).said(), sep="\n", flush=True)
    with postgresql_url() as other:
        if other is not None:
            print("PostgreSQL:", *run(other, count).said(), sep="\n", flush=True)


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:2]))
