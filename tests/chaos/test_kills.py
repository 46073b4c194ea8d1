"""`kill -9` of workers and commands while cases live: nothing is sent twice, nothing lost, nothing jammed.

Of two cases in three the debtor talks: he disputes, promises, pays in instalments or in part (`talks.py`); what must
have come of it is counted in `answers.py`. On PostgreSQL two workers are at work all the time, and Temporal itself is
killed and started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from casefile.case_file import CaseFile, Transaction
from casefile.deliveries import StoredDelivery
from domain.case import Case
from domain.clock import Clock
from domain.correspondence import still_owed
from domain.facts import CloseReason
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.parties import Contact, Debtor
from domain.policy import Policy
from domain.views.case_view import CaseView
from engine.dispatcher import Dispatcher
from engine.embedded import SERVER_LIMITS
from tests.casefile.builders import CREDITOR, opened, url_of
from tests.chaos.answers import BECAUSE, counted_once, letters_of, none_during_a_hold, outcome_of
from tests.chaos.killed_command import MOMENTS
from tests.chaos.loopback_provider import acceptances
from tests.chaos.talks import MONEY, STORIES, Talks, Told, meant
from tests.chaos.temporal_server import TemporalServer
from tests.engine.server import QUICK_TIMERS, QUIET
from tests.forking import Forked

POINTS = ("before_intent", "after_intent", "after_provider", "before_record")
FULL = os.environ.get("MAANWERK_CHAOS") == "full"
SEED = int(os.environ.get("MAANWERK_SEED", "20261121"))
STEP_SECONDS = 3.0 if FULL else 2.5
LAG = 0.5
CASES, DEBTORS = (40, 31) if FULL else (12, 9)
"""More cases than debtors: some letters are about two invoices."""
AHEAD_SECONDS = 15.0 if FULL else 10.0
"""Seconds from a promise to its day: in less than that some worker has worked."""
USUAL_SECONDS = 0.75
"""In so many a machine that has nothing else to do starts Temporal."""
SLOWEST = 5.0
PATIENCE = 600.0
"""Seconds until we say that something is jammed; a good run needs a small part of them."""

LADDER = Policy.model_validate(
    {
        "policy": "chaos",
        # Days go by so fast that an office would be closed again whenever a worker comes to what was due.
        "calendar": {
            "holidays": "none",
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "from": "00:00",
            "until": "23:59:59",
        },
        "spacing": "5d",
        "bundle": "debtor",
        # Far enough ahead for the times in which no worker works.
        "promises": {"longest": "120d"},
        "arrangements": {"first_within": "120d"},
        "steps": [
            {"id": "reminder", "when": {"after_due": "5d"}, "send": ["email"]},
            {"id": "second_reminder", "when": {"after_due": "12d"}, "send": ["email", "sms"]},
            {"id": "call", "when": {"after_due": "17d"}, "task": "call", "wait_for_task": "3d"},
            {"id": "notice", "when": {"after_due": "24d"}, "send": ["post", "email"], "term": "14d"},
            {"id": "handoff", "when": {"term_expired": "notice"}, "hand_off": "agency"},
        ],
    }
)
CONFIRMING = LADDER.model_copy(update={"receipts": True})
"""The same ladder, where a part payment is confirmed in writing."""

OUTCOMES = {f"{what} {how}" for what in ("promise", "arrangement") for how in ("kept", "broken")} | {
    "dispute rejected",
    "dispute upheld",
    "part paid",
    "paid, taken back",
}
"""What some case of every run must have come to."""


@dataclass
class Run:
    """Everything of one run."""

    folder: Path
    client: Client
    provider: int
    clock: Clock
    file: CaseFile
    cases: tuple[str, ...]
    dispatcher: Dispatcher
    draw: random.Random
    temporal: TemporalServer
    workers: int
    acknowledged: list[tuple[str, str, Money]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)

    @property
    def store(self) -> Path:
        return self.folder / "provider.sqlite3"

    @property
    def begun(self) -> datetime:
        """Real moment at which the first day began."""
        assert self.clock.since is not None
        return self.clock.since


async def started(module: str, *arguments: str) -> tuple[Forked, str]:
    """A Python process of ours, and the first line it prints."""
    process = Forked(module, *arguments, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return process, (await asyncio.to_thread(process.stdout.readline)).decode().strip()


@contextlib.asynccontextmanager
async def worker(run: Run, kill: str = "") -> AsyncIterator[Forked]:
    """A worker process; it does not outlive the block."""
    process, said = await started(
        "tests.chaos.chaos_worker",
        "--address", run.client.service_client.config.target_host,
        "--task-queue", run.dispatcher.task_queue,
        "--database", url_of(run.folder / "case-file.sqlite3"),
        "--provider", str(run.provider),
        "--step-seconds", str(STEP_SECONDS),
        "--lag", str(LAG),
        "--clock", run.clock.model_dump_json(),
        "--kill", kill,
        *([] if FULL else ["--soon"]),
    )  # fmt: skip
    try:
        assert said == "working", "the worker process did not come up"
        yield process
    finally:
        process.kill()
        await process.ended()


@contextlib.asynccontextmanager
async def workers(run: Run, kill: str = "") -> AsyncIterator[list[Forked]]:
    """As many workers as the run has at once, all to be killed at the same point."""
    async with contextlib.AsyncExitStack() as all_of_them:
        yield [await all_of_them.enter_async_context(worker(run, kill)) for _ in range(run.workers)]


@contextlib.asynccontextmanager
async def everything(
    folder: Path, seed: int, days_per_second: float, spread: int, workers: int = 1, ladder: Policy = LADDER
) -> AsyncIterator[Run]:
    draw = random.Random(seed)
    file = opened(folder / "case-file.sqlite3")
    provider, port = await started(
        "tests.chaos.loopback_provider",
        "--store", str(folder / "provider.sqlite3"), "--seed", str(seed), "--lag", str(LAG),
    )  # fmt: skip
    # Not before: the first process that is forked waits for what is imported once, on a fast machine too.
    started_at = time.monotonic()
    limits = SERVER_LIMITS if FULL else {**SERVER_LIMITS, **QUICK_TIMERS, **QUIET}
    temporal = TemporalServer(folder / "temporal.sqlite3", limits=limits)
    try:
        client = await temporal.start()
        if not FULL:
            # Days go by as fast as this machine works: else promises are made too late, and points never passed.
            days_per_second /= min(SLOWEST, max(1.0, (time.monotonic() - started_at) / USUAL_SECONDS))
        begin = datetime(2026, 3, 1, tzinfo=UTC)
        now = datetime.now(UTC)
        clock = Clock(offset=(begin - now).total_seconds(), rate=86400 * days_per_second, since=now)
        cases = furnish(file, ladder, draw, begin, spread)
        dispatcher = Dispatcher(
            client, file, "chaos", clock=clock, step_seconds=STEP_SECONDS, task_timeout=timedelta(seconds=2)
        )
        yield Run(folder, client, int(port), clock, file, cases, dispatcher, draw, temporal, workers)
    finally:
        await temporal.kill()
        provider.kill()
        await provider.ended()


def furnish(file: CaseFile, ladder: Policy, draw: random.Random, begin: datetime, spread: int) -> tuple[str, ...]:
    """Cases due on different days, one debtor in six without a mobile telephone."""
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_policy(ladder)
        cases = []
        for number in range(CASES):
            due = begin.date() + timedelta(days=draw.randrange(-3, spread))
            cases.append(open_one(transaction, ladder, number, number % DEBTORS, due, begin))
    return tuple(cases)


def open_one(transaction: Transaction, ladder: Policy, number: int, of: int, due: date, at: datetime) -> str:
    """One more case of the debtor with this number; its id."""
    debtor = f"d{of}"
    phone = None if of % 6 == 0 else "+31612345678"
    contact = Contact(email=f"{debtor}@debtors.example", phone=phone)
    transaction.parties.save_debtor(
        CREDITOR.id, Debtor(id=debtor, name=f"Debtor {debtor}", address=("Weg 2", "Dorp"), contacts=(contact,))
    )
    invoice = Invoice(
        number=f"F-{number}",
        debtor=debtor,
        invoice_date=date(2026, 1, 15),
        due=due,
        amount=Money.parse("1000.00", "EUR"),
        legal_status=LegalStatus.of_kind(Kind.BUSINESS),
    )
    case_id = f"case:devaart:2026-F-{number}"
    transaction.cases.open(case_id, CREDITOR.id, open_case(invoice, ladder, at), at)
    # Nothing is handed off without the invoice itself.
    transaction.documents.save(case_id, "invoice.pdf", "application/pdf", b"%PDF-1.7 invoice")
    return case_id


async def tell(run: Run, told: Sequence[Told], *, killing: bool = True) -> None:
    """Everything on its day, some of it first by a command that is killed, which whoever typed it types again."""
    kills = itertools.cycle(MOMENTS)
    for number, each in enumerate(sorted(told, key=lambda each: each.day)):
        moment = run.begun + timedelta(seconds=each.day * 86400 / run.clock.rate)
        await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
        if killing and number % 4 == 1 and (FULL or number < 4 * len(MOMENTS)):
            await killed_command(run, each, next(kills))
        for door in range(each.doors):
            # Temporal may be away: the message is in the inbox all the same, and the next sweep brings it.
            with contextlib.suppress(RPCError):
                await run.dispatcher.tell(each.case_id, each.name, each.content, f"{number}-{door}")
        run.told.append(each)
        if each.name in MONEY:
            amount = Money.parse(str(each.content.get("amount", "1000.00")), "EUR")
            signed = -amount if MONEY[each.name] < 0 else amount
            run.acknowledged.append((each.case_id, str(each.content["id"]), signed))


async def killed_command(run: Run, told: Told, moment: str) -> None:
    """A command that dies before it acknowledges what it was to tell."""
    command = Forked(
        "tests.chaos.killed_command",
        "--database", url_of(run.folder / "case-file.sqlite3"),
        "--case", told.case_id, "--name", told.name, "--content", json.dumps(told.content),
        "--delivery", f"killed {told.day}", "--at", run.clock.now(datetime.now(UTC)).isoformat(), "--kill", moment,
    )  # fmt: skip
    assert await command.ended() == -9, "the command ended by itself"
    run.killed["command"] += 1


async def kill_by_kill(run: Run, kills: list[str]) -> None:
    """One worker after the other, each killed at its point or after its time; Temporal while one works."""
    for kill in kills:
        if kill == "temporal":
            await kill_temporal(run)
            continue
        at_point = kill.partition(":")[0] in POINTS
        async with workers(run, kill if at_point else "") as processes:
            # A point that no case passes any more is not waited for.
            patience = 8.0 if at_point else float(kill)
            waiting = [asyncio.ensure_future(process.ended()) for process in processes]
            await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            codes = {process.poll() for process in processes}
            assert codes <= {None, -9}, f"a worker ended by itself: {codes}"
            run.killed[kill.partition(":")[0] if -9 in codes else "random"] += 1
        await asyncio.gather(*waiting)


async def kill_at_what_was_not_passed(run: Run, ladder: Policy) -> None:
    """Where the machine is slow, days go by in which no worker works: each point that was missed gets a case more.

    Its debtor is one more: on that of another case nothing leaves once a partner has that one.
    """
    for point in POINTS:
        while not run.killed[point]:
            now = run.clock.now(datetime.now(UTC))
            with run.file.write() as transaction:
                number = len(run.cases)
                due = now.date() - timedelta(days=5)
                run.cases = (*run.cases, open_one(transaction, ladder, number, number, due, now))
            await run.dispatcher.sweep()
            await kill_by_kill(run, [f"{point}:1"])


async def tell_what_never_came_to_be(run: Run, talks: Talks) -> None:
    """Where the machine is slow, a promise is over before a worker books its money: each such story is told again.

    Its debtor is one more, and a worker works all the time.
    """
    for _ in range(3):
        missing = OUTCOMES - set(outcomes(run))
        if not missing:
            return
        async with workers(run):
            now = run.clock.now(datetime.now(UTC))
            told: list[Told] = []
            for outcome in sorted(missing):
                last = int(run.cases[-1].rpartition("-")[2])
                number = next(n for n in itertools.count(last + 1) if meant(STORIES[n % len(STORIES)]) == outcome)
                with run.file.write() as transaction:
                    case_id = open_one(transaction, CONFIRMING, number, number, now.date(), now)
                run.cases = (*run.cases, case_id)
                told += talks.from_day(case_id, (now - run.clock.now(run.begun)) / timedelta(days=1))
            await run.dispatcher.sweep()
            await tell(run, told, killing=False)
        await until_finished(run)


async def kill_temporal(run: Run) -> None:
    """Kill Temporal while a worker works; it comes back after some time with what it had on its disk."""
    async with workers(run):
        await asyncio.sleep(run.draw.uniform(0.3, 1.0))
        await run.temporal.kill()
        await asyncio.sleep(run.draw.uniform(0.1, 1.5))
        await run.temporal.start()
        run.killed["Temporal"] += 1


def standing(run: Run) -> dict[str, tuple[CaseView | None, Case]]:
    with run.file.read() as transaction:
        return {
            case_id: (transaction.views.of_case(case_id), transaction.cases.load(case_id).case) for case_id in run.cases
        }


def finished(view: CaseView | None) -> bool:
    """Closed, or waiting for a person who was told so."""
    return view is not None and (view.closed is not None or (view.next == "wait" and not view.at and bool(view.tasks)))


def owes_or_waits(case: Case) -> bool:
    """Whether a letter is still to leave, or the day of a promise or of instalments is still to come."""
    agreed = case.arrangement is not None or any(each.stands for each in case.promises)
    return any(still_owed(case)) or (agreed and case.closed is None)


async def until_finished(run: Run) -> None:
    deadline = time.monotonic() + PATIENCE
    async with workers(run):
        while time.monotonic() < deadline:
            with run.file.read() as transaction:
                waiting = transaction.inbox.undelivered()
                views = {case_id: transaction.views.of_case(case_id) for case_id in run.cases}
            jammed = [case_id for case_id, view in views.items() if not finished(view)]
            if not waiting and not jammed:
                # A closed case still sends what it owes; one that waits for a person still judges what was agreed.
                jammed = [case_id for case_id, (_, case) in standing(run).items() if owes_or_waits(case)]
                if not jammed:
                    return
            await run.dispatcher.sweep()
            await asyncio.sleep(0.2)
    raise AssertionError(f"jammed: inbox {waiting}, cases {[(case_id, views[case_id]) for case_id in jammed]}")


def check(run: Run) -> str:
    """The three promises; returns the figures in a line."""
    taken = acceptances(run.store)
    doubled = {key: count for key, count in Counter(key for key, _, _ in taken).items() if count > 1}
    assert not doubled, f"sent twice: {doubled}"
    deliveries = {}
    with run.file.read() as transaction:
        deliveries = {d.key: d for case_id in run.cases for d in transaction.deliveries.of_case(case_id)}
        assert transaction.inbox.undelivered() == ()
    cases = standing(run)
    check_provider(taken, deliveries, cases)
    lost = [paid for paid in run.acknowledged if not booked(cases[paid[0]][1], paid[1], paid[2])]
    assert not lost, f"acknowledged and not in the ledger: {lost}"
    for case_id, (view, case) in cases.items():
        assert finished(view), f"{case_id} is jammed: {view}"
        paid = sum((amount.minor for of, _, amount in run.acknowledged if of == case_id), 0)
        assert case.ledger.balance_minor == 100000 + paid, case_id
        assert case.attempt is None or not any(d.status in ("intended", "unknown") for d in case.attempt.deliveries)
        unproven = [step.step for step in case.taken if not step.proven]
        assert not unproven or case.open_task("settle_send"), f"{case_id}: nobody was told of {unproven}"
        issues = Counter((step.step, step.issue) for step in case.taken)
        assert max(issues.values(), default=1) == 1, f"{case_id} took a step twice: {issues}"
    told = check_talks(run, Counter(key for key, _, _ in taken))
    unproven_keys = sum(1 for d in deliveries.values() if d.status == "unproven" and d.step not in BECAUSE)
    crossed = sum(1 for d in deliveries.values() if d.crossed)
    reasons = Counter(view.closed.value if view and view.closed else "with a person" for view, _ in cases.values())
    return (
        f"{sum(run.killed.values())} kills ({', '.join(f'{n} {point}' for point, n in sorted(run.killed.items()))}), "
        f"{len(cases)} cases, {len(taken)} messages, 0 doubled, {len(run.acknowledged)} payments, 0 lost, "
        f"{unproven_keys} unproven and with a person, {crossed} crossed, {told}, cases {dict(reasons)}"
    )


def check_talks(run: Run, taken: Counter[str]) -> str:
    """What debtors said counts once, and was answered once; returns the figures."""
    letters: Counter[str] = Counter()
    holds = refused = 0
    with run.file.read() as transaction:
        for case_id in run.cases:
            facts = transaction.cases.facts(case_id)
            letters += letters_of(case_id, facts, transaction.deliveries.of_case(case_id), taken)
            holds += none_during_a_hold(case_id, facts)
            refused += counted_once(case_id, facts, [each for each in run.told if each.case_id == case_id])
    came = outcomes(run)
    missing = OUTCOMES - set(came)
    assert not missing, f"never came to be: {missing}, but {came}; {refused} refused"
    return (
        f"{letters.total()} letters beside the ladder {dict(letters)}, {holds} holds, {len(run.told)} told, "
        f"{refused} refused, {dict(came)}"
    )


def outcomes(run: Run) -> Counter[str]:
    """What came of the cases of which the debtor spoke; of those that came later nobody does, unless it was told."""
    told = {*run.cases[:CASES], *(each.case_id for each in run.told)}
    with run.file.read() as transaction:
        return Counter(
            outcome_of(case_id, transaction.cases.facts(case_id)) for case_id in run.cases if case_id in told
        )


def check_provider(
    taken: list[tuple[str, str, str]],
    deliveries: dict[str, StoredDelivery],
    cases: dict[str, tuple[CaseView | None, Case]],
) -> None:
    """What the provider has and what the case file says of it are the same."""
    hashes = {key: digest for key, _, digest in taken}
    known = {key for key, delivery in deliveries.items() if delivery.status in ("sent", "unproven")}
    assert set(hashes) <= known, f"at the provider, and we don't know it: {set(hashes) - known}"
    sent = {key for key, delivery in deliveries.items() if delivery.status == "sent"}
    assert sent <= set(hashes), f"we say sent, and the provider never had it: {sent - set(hashes)}"
    assert {key: deliveries[key].sha256 for key in hashes} == hashes
    unsettled = [key for key, delivery in deliveries.items() if delivery.status in ("intended", "unknown")]
    assert not unsettled, f"nobody knows what became of {unsettled}"
    assert not [d for d in deliveries.values() if d.channel == "agency" and d.status == "sent"] or any(
        view is not None and view.closed in (CloseReason.HANDED_OFF, CloseReason.PAID) for view, _ in cases.values()
    )


def booked(case: Case, entry_id: str, amount: Money) -> bool:
    entry = case.ledger.entry(entry_id) or case.ledger.entry(f"reversal:{entry_id}")
    return entry is not None and entry.amount == amount


def planned(draw: random.Random, *, temporal: bool) -> list[str]:
    """Every point, and random moments or Temporal; each point several times and fifty moments in the full form."""
    times, moments = (5, 50) if FULL else (1, 0 if temporal else 1)
    kills = [f"{point}:{draw.randint(1, 2 if temporal else 4)}" for point in POINTS * times]
    kills += [f"{draw.uniform(0.3, 3.0 if FULL else 1.5):.2f}" for _ in range(moments)]
    if temporal:
        kills += ["temporal"] * (10 if FULL else 1)
    draw.shuffle(kills)
    return kills


@pytest.mark.long
@pytest.mark.chaos
async def test_no_kill_doubles_a_message_loses_a_payment_or_jams_a_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept_in: str
) -> None:
    print(f"seed {SEED}; repeat with MAANWERK_SEED={SEED}")
    apart = kept_in == "postgresql"
    days_per_second, spread, paying = (0.25, 25, 200.0) if FULL else (6.0, 15, 10.0)
    if FULL and apart:
        days_per_second, paying = 0.13, 380.0  # Two workers take longer to come up: their cases must live longer.
    begun = time.monotonic()
    async with everything(tmp_path, SEED, days_per_second, spread, workers=2 if apart else 1, ladder=CONFIRMING) as run:
        kills = planned(run.draw, temporal=apart)
        await run.dispatcher.sweep()
        ahead = max(10, round(AHEAD_SECONDS * run.clock.rate / 86400))
        talks = Talks(run.draw, run.clock.now(run.begun).date(), paying * days_per_second, ahead)
        telling = asyncio.create_task(tell(run, [told for case_id in run.cases for told in talks.of(case_id)]))
        await kill_by_kill(run, kills)
        await telling
        if not FULL:
            await kill_at_what_was_not_passed(run, CONFIRMING)
        await until_finished(run)
        await tell_what_never_came_to_be(run, talks)
        line = check(run)
        if not FULL:
            assert set(run.killed) >= {*POINTS, "command"}, f"a point was never passed: {run.killed}"
    with capsys.disabled():
        print(
            f"\nchaos on {kept_in}, seed {SEED}: {line}, {time.monotonic() - begun:.0f} s, "
            f"{run.clock.rate / 86400:.1f} days a second"
        )
