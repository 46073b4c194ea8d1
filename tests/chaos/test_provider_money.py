"""10,000 events of four providers at 200 a second, while API, worker and Temporal are killed: no cent lost or doubled.

The processes are those of a deployment: `maanwerk api` takes what is posted, `maanwerk worker` reads and books it and
tells the cases, on a Temporal that keeps its state in a file. What gets no answer, or another one than 2xx, is brought
again, as providers do. The small form is `tests/worker/test_many_provider_events.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from casefile import payment_tables as pt
from casefile.case_file import CaseFile
from casefile.provider_events import count_unread, unreadable_events
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.parties import Debtor
from engine.embedded import SERVER_LIMITS, free_port
from services.provider_money.unmatched import unmatched
from tests.casefile.builders import CREDITOR, opened, url_of
from tests.chaos.temporal_server import TemporalServer
from tests.domain.builders import policy, send
from tests.forking import Forked
from tests.gateways.mollie_fake import KEY, Mollie, mollie
from tests.worker.paying import SECRET
from tests.worker.provider_stories import (
    ADYEN_KEY,
    GOCARDLESS_SECRET,
    GOCARDLESS_TOKEN,
    Post,
    Stories,
    accounts,
    stories,
)

FULL = os.environ.get("MAANWERK_CHAOS") == "full"
EVENTS = int(os.environ.get("MAANWERK_CHAOS_EVENTS", "10000"))
PER_SECOND = 200
CASES, DEBTORS = 300, 200
PRINCIPAL = 10_000_000
SEED = int(os.environ.get("MAANWERK_SEED", "20261128"))
PATIENCE = 1800.0
NO_TEMPORAL = "maanwerk: Temporal can't be reached"

# Nothing falls due meanwhile: what is looked at is money.
QUIET = policy(send("reminder", {"after_due": "300d"}))


@dataclass
class Site:
    """A deployment.

    Attributes:
        port: Of the API.
        acknowledged: How many requests were answered 2xx.
        again: How many tries were not, by what came instead.
        killed: What was killed, how often.
        enough: Set when nothing more is to be killed.
        at_start: How often each had said that it works when it was started last.
        at_once: Tries at once: providers do not all come back in the same moment either.
    """

    file: CaseFile
    environment: Mapping[str, str]
    temporal: TemporalServer
    port: int
    random: Random
    folder: Path
    acknowledged: int = 0
    again: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    running: dict[str, Forked] = field(default_factory=dict)
    at_start: dict[str, int] = field(default_factory=dict)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(100))

    def log_of(self, what: str) -> Path:
        return self.folder / f"{what}.log"

    def said(self, what: str, event: str) -> int:
        """How often a process has said something."""
        log = self.log_of(what)
        return log.read_text("utf-8").count(event) if log.exists() else 0

    async def until_at_work(self, what: str) -> None:
        """Until a process that was started does its work: one that is killed before proves nothing."""
        begins = {"api": "api_started", "worker": "worker_started"}[what]
        while self.said(what, begins) <= self.at_start[what]:
            self.look_after()
            await asyncio.sleep(0.1)

    def start(self, what: str) -> None:
        self.at_start[what] = self.said(what, {"api": "api_started", "worker": "worker_started"}[what])
        with self.log_of(what).open("ab") as out:
            self.running[what] = Forked("cli.main", what, environment=self.environment, stdout=out, stderr=out)

    async def kill(self, what: str) -> None:
        """`kill -9`, and after a while it is there again."""
        if what != "temporal":
            await self.until_at_work(what)
            await asyncio.sleep(self.random.uniform(0.0, 4.0))
        self.killed[what] += 1
        if what == "temporal":
            await self.temporal.kill()
            await asyncio.sleep(self.random.uniform(0.1, 2.0))
            await self.temporal.start()
            return
        process = self.running[what]
        process.send_signal(signal.SIGKILL)
        await process.ended()
        self.start(what)

    def look_after(self) -> None:
        """Start again what ended by itself, as whoever runs it does: a worker without Temporal says so and ends."""
        for what, process in self.running.items():
            code = process.poll()
            if code not in (None, -9):
                assert what == "worker" and code == 1, self.log_of(what).read_text("utf-8")[-2000:]
                assert self.log_of(what).read_text("utf-8").rstrip().splitlines()[-1].startswith(NO_TEMPORAL)
                self.again["worker without Temporal"] += 1
                self.start(what)

    async def keep_killing(self) -> None:
        while not self.enough.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.random.uniform(1.0, 5.0)):
                    await self.enough.wait()
                    return
            self.look_after()
            await self.kill(self.random.choice(("api", "api", "worker", "worker", "temporal")))

    async def post(self, post: Post) -> None:
        """Bring a request until it is acknowledged, as providers do."""
        post.first()
        wait = 0.5
        while True:
            async with self.at_once:
                status = await self._try(post)
            if 200 <= status < 300:
                self.acknowledged += 1
                return
            assert status in (0, 503), f"{post.provider} was answered {status}"
            self.again[str(status or "no answer")] += 1
            await asyncio.sleep(wait * self.random.uniform(1.0, 1.5))
            wait = min(2 * wait, 8.0)

    async def listens(self) -> bool:
        """Whether somebody listens where the API is to be."""
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.close()
            return True
        return False

    async def _try(self, post: Post) -> int:
        """The status; 0 without an answer."""
        head = f"POST /webhooks/{post.provider} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        headers = {"Content-Length": str(len(post.body)), **post.sign(datetime.now(UTC))}
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        try:
            async with asyncio.timeout(20):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(head.encode() + post.body)
                    line = await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return 0
        return int(line.split()[1]) if line else 0


@contextlib.asynccontextmanager
async def site(folder: Path, at_mollie: Mollie, gocardless_url: str) -> AsyncIterator[Site]:
    file = opened(folder / "case-file.sqlite3")
    temporal = TemporalServer(folder / "temporal.sqlite3", limits=SERVER_LIMITS)
    await temporal.start()
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
    environment = {
        **own,
        "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal.port}",
        "MAANWERK_DATABASE": url_of(folder / "case-file.sqlite3"),
        "MAANWERK_OUTBOX": str(folder / "outbox"),
        "MAANWERK_API": f"127.0.0.1:{port}",
        "MAANWERK_STRIPE_WEBHOOK_SECRET": SECRET,
        "MAANWERK_ADYEN_HMAC_KEY": ADYEN_KEY,
        "MAANWERK_GOCARDLESS_WEBHOOK_SECRET": GOCARDLESS_SECRET,
        "MAANWERK_GOCARDLESS_ACCESS_TOKEN": GOCARDLESS_TOKEN,
        "MAANWERK_GOCARDLESS_URL": gocardless_url,
        "MAANWERK_MOLLIE_API_KEY": KEY,
        "MAANWERK_MOLLIE_URL": at_mollie.url,
    }
    made = Site(file, environment, temporal, port, Random(SEED), folder)
    furnish(file)
    try:
        for what in ("api", "worker"):
            made.start(what)
        async with asyncio.timeout(120):
            while not await made.listens():
                await asyncio.sleep(0.2)
        yield made
    finally:
        for process in made.running.values():
            process.kill()
            await process.ended()
        await temporal.kill()


def number_of(case: int) -> str:
    return f"M-{case:04}"


def furnish(file: CaseFile) -> None:
    """So many invoices of 100,000.00, some debtors have two."""
    now = datetime.now(UTC)
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_policy(QUIET)
        for each in range(DEBTORS):
            transaction.parties.save_debtor(
                CREDITOR.id, Debtor(id=f"d{each}", name=f"Debtor {each}", address=("Weg 2", "Dorp"), contacts=())
            )
        for each in range(CASES):
            invoice = Invoice(
                number=number_of(each),
                debtor=f"d{each % DEBTORS}",
                invoice_date=now.date() - timedelta(days=30),
                due=now.date() - timedelta(days=2),
                amount=Money.from_minor(PRINCIPAL, "EUR"),
                legal_status=LegalStatus.of_kind(Kind.BUSINESS),
            )
            case_id = f"case:devaart:2026-{number_of(each)}"
            transaction.cases.open(case_id, CREDITOR.id, open_case(invoice, QUIET, now), now)


async def post_all(made: Site, told: Stories) -> float:
    """Post everything when it is due, whether or not what came before is answered; seconds that it took."""
    began = time.monotonic()

    async def one(place: int, post: Post) -> None:
        await asyncio.sleep(began + place / PER_SECOND - time.monotonic())
        await made.post(post)

    async with asyncio.TaskGroup() as group:
        for place, post in enumerate(told.posts):
            group.create_task(one(place, post))
    return time.monotonic() - began


async def until_booked(made: Site) -> None:
    """Until nothing that was posted is unread, and no case has anything left to record."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with made.file.read() as transaction:
            unread, waiting = count_unread(transaction.session), transaction.inbox.undelivered()
        if not unread and not waiting:
            return
        made.look_after()
        await asyncio.sleep(1.0)
    raise AssertionError(f"not booked: {unread} unread, {len(waiting)} not recorded")


def check(made: Site, told: Stories) -> str:
    """Every balance is that of the ledger of what was acknowledged; returns what happened, in a line."""
    with made.file.read() as transaction:
        events = transaction.session.connection.scalar(select(func.count()).select_from(pt.provider_events))
        assert unreadable_events(transaction.session) == ()
        wrong = {}
        for each in range(CASES):
            case = transaction.cases.load(f"case:devaart:2026-{number_of(each)}").case
            paid = PRINCIPAL - case.ledger.balance.minor
            if paid != told.paid.get(number_of(each), 0):
                wrong[number_of(each)] = (paid, told.paid.get(number_of(each), 0))
        assert not wrong, f"(has, should have): {wrong}"
        nobodys = sum(each.left.minor for each in unmatched(transaction.session))
    assert nobodys == told.nobodys
    return (
        f"{len(told.posts)} events of {told.payments} payments ({events} kept), {made.acknowledged} acknowledged, "
        f"{sum(made.again.values())} brought again ({dict(made.again)}), killed {dict(made.killed)}, "
        f"{CASES} balances and {nobodys} cents of nobody as counted by hand: 0 lost, 0 doubled"
    )


@pytest.mark.chaos
@pytest.mark.skipif(not FULL, reason="its small form is tests/worker/test_many_provider_events.py; make chaos runs it")
async def test_no_cent_is_lost_or_doubled_whatever_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(SEED)
    with mollie() as at_mollie, accounts() as (gocardless, url):
        numbers = [number_of(each) for each in range(CASES)]
        told = stories(random, numbers, EVENTS, at_mollie, gocardless, datetime.now(UTC) - timedelta(hours=3))
        async with site(tmp_path, at_mollie, url) as made:
            killing = asyncio.create_task(made.keep_killing())
            took = await post_all(made, told)
            made.enough.set()
            await killing
            posted = time.monotonic()
            await until_booked(made)
            said = check(made, told)
    with capsys.disabled():
        print(f"\n{said}; posted in {took:.0f} s, booked {time.monotonic() - posted:.0f} s later")
