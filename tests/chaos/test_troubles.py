"""Stalls, floods, runs that are ended or reset, steps in the queue: what was acknowledged is booked, by every door.

The doors: the inbox of our own programs, a signal straight to Temporal with an id of its own and without, an update.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowUpdateStage
from temporalio.service import RPCError

from casefile.database import is_database_failure
from domain.case import Case
from domain.ledger import EntryKind
from engine.runs.repairing import Repairer
from engine.runs.rounds import Rounds
from tests.casefile.builders import url_of
from tests.chaos.loopback_provider import acceptances
from tests.chaos.test_kills import (
    FULL,
    PATIENCE,
    SEED,
    Run,
    check_provider,
    everything,
    finished,
    standing,
    workers,
)
from tests.chaos.troubles import flood, frozen, reset, stalled, stopped_database, terminate

DOORS = ("inbox", "signal", "signal without id", "update")
PAUSE = 0.15 if FULL else 0.2
"""Seconds between two payments."""


@dataclass
class Booked:
    """What was acknowledged to its sender, and what may have been taken though no answer came: door, id, cents."""

    surely: dict[str, list[tuple[str, str, int]]] = field(default_factory=lambda: defaultdict(list))
    perhaps: dict[str, list[tuple[str, str, int]]] = field(default_factory=lambda: defaultdict(list))
    by_door: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)

    def fits(self, case_id: str, balance: int) -> bool:
        """Whether a balance is the principal less all that is sure, and some of what is not."""
        missing = 100_000 - sum(cents for _, _, cents in self.surely[case_id]) - balance
        sums = {0}
        for _, _, cents in self.perhaps[case_id]:
            sums |= {known + cents for known in sums}
        return missing in sums

    def told(self, case_id: str, case: Case) -> str:
        """What of a case is in doubt, by door: for whoever has to find out why."""
        own = [f"{door} {name}" for door, name, _ in self.surely[case_id] if name and case.ledger.entry(name) is None]
        without = Counter((door, cents) for door, name, cents in self.surely[case_id] if not name)
        entries = Counter(
            ("update" if entry.kind is EntryKind.WRITE_OFF else "signal without id", -entry.amount.minor)
            for entry in case.ledger.entries
            if entry.lowers and entry.id[:1] not in "is"
        )
        return f"not there: {own}; told {dict(without)}, there {dict(entries)}; perhaps {self.perhaps[case_id]}"


async def tell(run: Run, booked: Booked, door: str, number: int) -> None:
    """One payment by one door; it is acknowledged, or perhaps taken."""
    case_id = run.draw.choice(run.cases)
    # Equal amounts without an id are told on purpose: they are two payments.
    cents = run.draw.choice((100, 100, 250, 399))
    amount = f"{cents // 100}.{cents % 100:02}"
    name = {"inbox": f"i{number}", "signal": f"s{number}"}.get(door, "")
    handle = run.client.get_workflow_handle(case_id)
    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "inbox": lambda: run.dispatcher.tell(
            case_id, "payment_received", {"id": f"i{number}", "amount": amount}, f"i{number}"
        ),
        "signal": lambda: handle.signal("payment_received", {"id": f"s{number}", "amount": amount}),
        "signal without id": lambda: handle.signal("payment_received", {"amount": amount}),
        "update": lambda: handle.start_update(
            "write_off",
            {"amount": amount, "reason": "chaos"},
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
            rpc_timeout=timedelta(seconds=3),
        ),
    }
    try:
        async with asyncio.timeout(5 if door == "update" else 60):
            await ways[door]()
    except RPCError as error:
        if "not found" in error.message or "completed" in error.message:
            return  # There is no run to tell: nothing was taken, and the sender knows.
        booked.perhaps[case_id].append((door, name, cents))
        booked.unanswered[door] += 1
    except (OperationalError, TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        assert not isinstance(error, OperationalError) or is_database_failure(error)
        booked.perhaps[case_id].append((door, name, cents))
        booked.unanswered[door] += 1
    else:
        booked.surely[case_id].append((door, name, cents))
        booked.by_door[door] += 1


@contextlib.asynccontextmanager
async def meanwhile(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Do something again and again as long as the block runs; what it raises is raised."""
    over = asyncio.Event()

    async def again() -> None:
        while not over.is_set():
            await work()

    task = asyncio.create_task(again())
    try:
        yield
    finally:
        over.set()
        await task


async def make(run: Run, troubles: Sequence[str]) -> None:
    """Let troubles happen one after the other while a worker works, with time to do harm; then it is killed."""
    if troubles[0].startswith("queue"):
        await asyncio.sleep(float(troubles[0].partition(":")[2]))
        run.killed["queue"] += 1
        return
    async with workers(run):
        for trouble in troubles:
            await happen(run, trouble)
            await asyncio.sleep(run.draw.uniform(0.3, 1.0))
            run.killed[trouble.partition(":")[0]] += 1


async def happen(run: Run, trouble: str) -> None:
    """One trouble, as long as it takes."""
    kind, _, measure = trouble.partition(":")
    some = run.draw.sample(run.cases, 6)
    if kind == "stall":
        async with stalled(url_of(run.folder / "case-file.sqlite3")):
            await asyncio.sleep(float(measure))
    elif kind == "freeze":
        async with frozen(run.temporal):
            await asyncio.sleep(float(measure))
    elif kind == "database":
        with stopped_database(url_of(run.folder / "case-file.sqlite3")):
            await asyncio.sleep(float(measure))
    elif kind == "flood":
        await flood(run.client, some[0], int(measure))
    elif kind == "terminate":
        for case_id in some:
            await terminate(run.client, case_id)
    elif kind == "reset":
        for case_id in some:
            await reset(run.client, case_id, run.draw.random())
    elif kind == "kill":
        await asyncio.sleep(float(measure))


def planned(run: Run, kept_in: str) -> list[tuple[str, ...]]:
    """Every kind of trouble; in the full form several times and as long as it was found to hurt.

    Those that stand together come under one worker: a start of one is what costs most in the small form.
    """
    if not FULL:
        # Resets are in the small form of test_ended_runs.
        groups: list[tuple[str, ...]] = [("stall:3", "flood:2"), ("terminate", "freeze:2"), ("queue:3.5",), ("kill:1",)]
    else:
        kinds = ["stall:53", "stall:20", "stall:35", "flood:32", "flood:10", "queue:20", "queue:8", "freeze:15"]
        kinds += ["terminate", "reset", "kill:1", "kill:2"] * 4
        # In the small form other tests use the same server.
        kinds += ["database:25", "database:40"] if kept_in == "postgresql" else []
        groups = [(kind,) for kind in kinds]
    run.draw.shuffle(groups)
    return groups


async def until_finished(run: Run, rounds: Rounds, booked: Booked, numbers: Iterator[int]) -> None:
    """A worker works on without trouble until every case has ended, and every door was used."""
    deadline = time.monotonic() + PATIENCE
    async with workers(run):
        # An update is answered by a worker alone, and on a slow machine none may have lived long enough.
        while unused := set(DOORS) - set(booked.by_door):
            assert time.monotonic() < deadline, f"never answered: {unused}, {booked.unanswered}"
            await tell(run, booked, min(unused), next(numbers))
        while True:
            await rounds.look(many=True)
            await run.dispatcher.sweep()
            with run.file.read() as transaction:
                waiting = transaction.inbox.undelivered()
                views = {case_id: transaction.views.of_case(case_id) for case_id in run.cases}
            jammed = [case_id for case_id, view in views.items() if not finished(view)]
            # What was signalled straight to Temporal stands in no inbox before a worker has taken it.
            if not waiting and not jammed and not (jammed := await at_work(run)):
                return
            assert time.monotonic() < deadline, f"jammed: {waiting}, {[(each, views[each]) for each in jammed]}"
            await asyncio.sleep(0.3)


async def at_work(run: Run) -> list[str]:
    """The cases of which Temporal waits for a worker."""
    found = []
    for case_id in run.cases:
        told = (await run.client.get_workflow_handle(case_id).describe()).raw_description
        if told.HasField("pending_workflow_task") or told.pending_activities:
            found.append(case_id)
    return found


async def nondeterministic(run: Run) -> list[str]:
    """The runs, also those that have ended, that ever failed to replay.

    Left out are runs that a reset began and that fail at an update: updates that a reset tells again are played by
    SDK 1.35 in another order than they came. Such a run is mended like any other that jams, and loses nothing.
    """
    found = []
    async for each in run.client.list_workflows("WorkflowType = 'OverdueInvoice'"):
        handle = run.client.get_workflow_handle(each.id, run_id=each.run_id)
        was_reset = False
        async for event in handle.fetch_history_events():
            if event.HasField("workflow_execution_started_event_attributes"):
                began_as = event.workflow_execution_started_event_attributes.original_execution_run_id
                was_reset = began_as != each.run_id
            failed = event.workflow_task_failed_event_attributes
            at_an_update = was_reset and "Update" in failed.failure.message
            if (
                failed.cause == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
                and not at_an_update
            ):
                found.append(f"{each.id} {each.run_id}: {failed.failure.message}")
    return found


def check(run: Run, booked: Booked) -> str:
    """Nothing doubled, nothing lost; returns the figures in a line."""
    taken = acceptances(run.store)
    doubled = {key: count for key, count in Counter(key for key, _, _ in taken).items() if count > 1}
    assert not doubled, f"sent twice: {doubled}"
    with run.file.read() as transaction:
        deliveries = {d.key: d for case_id in run.cases for d in transaction.deliveries.of_case(case_id)}
    cases = standing(run)
    check_provider(taken, deliveries, cases)
    wrong = {
        case_id: booked.told(case_id, case)
        for case_id, (_, case) in cases.items()
        if not booked.fits(case_id, case.ledger.balance_minor)
    }
    assert not wrong, f"acknowledged is not booked: {wrong}"
    doors = ", ".join(f"{number} by {door}" for door, number in sorted(booked.by_door.items()))
    return (
        f"{', '.join(f'{number} {kind}' for kind, number in sorted(run.killed.items()))}; {len(taken)} messages, "
        f"0 doubled; acknowledged = booked: {doors}; {sum(booked.unanswered.values())} without an answer"
    )


@pytest.mark.long
@pytest.mark.chaos
async def test_whatever_stalls_floods_or_is_ended_what_was_acknowledged_is_booked_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept_in: str
) -> None:
    print(f"seed {SEED}; repeat with MAANWERK_SEED={SEED}")
    begun = time.monotonic()
    days_per_second, spread = (0.12, 20) if FULL else (4.0, 10)
    async with everything(tmp_path, SEED + 1, days_per_second, spread) as run:
        booked, numbers = Booked(), itertools.count()
        rounds = Rounds(Repairer(run.dispatcher), patience=timedelta(seconds=2))

        def paying(door: str) -> Callable[[], Awaitable[None]]:
            async def pay() -> None:
                await tell(run, booked, door, next(numbers))
                await asyncio.sleep(PAUSE)

            return pay

        async def mend() -> None:
            with contextlib.suppress(RPCError, OperationalError):  # It is away; the next round looks again.
                await rounds.look(many=True)
                await run.dispatcher.sweep()
            await asyncio.sleep(0.5)

        await run.dispatcher.sweep()
        async with contextlib.AsyncExitStack() as all_the_time:
            for each in (*(paying(door) for door in DOORS), mend):
                await all_the_time.enter_async_context(meanwhile(each))
            for troubles in planned(run, kept_in):
                await make(run, troubles)
        await until_finished(run, rounds, booked, numbers)
        line = check(run, booked)
        failed = await nondeterministic(run)
        assert not failed, f"did not replay: {failed}"
    with capsys.disabled():
        print(f"\ntroubles on {kept_in}, seed {SEED}: {line}, {time.monotonic() - begun:.0f} s")
