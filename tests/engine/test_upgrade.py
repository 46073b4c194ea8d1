"""Upgrade: cases that build A started are finished by build B, which has another planner and another step."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory
from temporalio.worker import Replayer

from casefile.case_file import CaseFile
from domain.case import Case
from domain.clock import Clock
from domain.facts import CloseReason, DeliveryStatus, Fact, PolicyChanged, StepTaken
from domain.opening import open_case
from domain.parties import Contact, Debtor
from domain.tasks import TaskKind
from engine.dispatcher import Dispatcher
from engine.plugin import maanwerk_plugin
from tests.casefile.builders import CREDITOR, close_all, opened, url_of
from tests.domain.builders import ZONE, hand_off, invoice, local, policy, send
from tests.engine.build_b import PLANNERS, Noting, every_channel, plan_later
from tests.engine.server import named, quick_server
from tests.forking import forked
from worker.case_worker import case_worker
from workflows.overdue_invoice import OverdueInvoice

QUEUE = "upgrade"
PATIENCE = 60.0
DAYS_A_SECOND = 4
STEP_SECONDS = 6.0

REMINDER = send("reminder", {"after_due": "5d"})
SECOND = send("second", {"after_due": "33d"})
URGENT = send("urgent", {"after_previous": "3d"}, send=["sms"])
NOTICE = send("notice", {"after_previous": "5d"}, send=["post", "email"], term="5d")
HAND_OFF = hand_off({"term_expired": "notice"})
# Temporal's timers are up to a second late, here four days: a moment that is late must fit at any hour of its day.
FIELDS: dict[str, Any] = {
    "calendar": {
        "holidays": "none",
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "from": "00:00",
        "until": "23:59:59",
    },
    "bundle": "debtor",
    "after_hold": "resume",
}
OLD = policy(REMINDER, SECOND, NOTICE, HAND_OFF, **FIELDS)
NEW = policy(REMINDER, SECOND, URGENT, NOTICE, HAND_OFF, version=2, **FIELDS)
PATIENT = policy(REMINDER, SECOND, version=3, **FIELDS)
"""Of who pays: however long the machine stands still meanwhile, his payment comes before anything else."""

WAITS, PAYS, PAUSED, LEFT, RIGHT, UNKNOWN = "waits", "pays", "paused", "left", "right", "unknown"
PAIR = (LEFT, RIGHT)
EARLY = (WAITS, PAYS, PAUSED, *PAIR)
"""All but the one whose message hangs when build A stops: it is opened last."""
ALL = (*EARLY, UNKNOWN)
MOVED = (WAITS, PAUSED, UNKNOWN)
"""Go over to the policy with one more step."""
HANGING = f"{UNKNOWN}/second/"
"""In the send key of the message that hangs."""


def case_of(name: str) -> str:
    return f"case:{CREDITOR.id}:2026-{name}"


@dataclass(frozen=True)
class Bench:
    """Where an upgrade is played."""

    folder: Path
    client: Client
    file: CaseFile
    dispatcher: Dispatcher

    @property
    def now(self) -> datetime:
        return self.dispatcher.clock.now(datetime.now(UTC))

    def open(self, name: str, due: date, debtor: str) -> None:
        """Open a case of a debtor."""
        contact = Contact(email=f"{debtor}@debtor.example", phone="+31612345678")
        of = Debtor(id=debtor, name=debtor, address=("Weg 2", "1000 AB Dorp"), contacts=(contact,))
        bill = invoice(number=name, due=due.isoformat()).model_copy(update={"debtor": debtor})
        with self.file.write() as transaction:
            transaction.parties.save_debtor(CREDITOR.id, of)
            transaction.cases.open(
                case_of(name), CREDITOR.id, open_case(bill, PATIENT if name == PAYS else OLD, self.now), self.now
            )
            # Nothing is handed off without the invoice itself.
            transaction.documents.save(case_of(name), "invoice.pdf", "application/pdf", b"%PDF-1.7 invoice")

    async def tell(self, name: str, message: str, **content: object) -> None:
        await self.dispatcher.tell(case_of(name), message, content, f"{name}-{message}")

    def case(self, name: str) -> Case:
        with self.file.read() as transaction:
            return transaction.cases.load(case_of(name)).case

    def facts(self, name: str) -> tuple[Fact, ...]:
        with self.file.read() as transaction:
            return transaction.cases.facts(case_of(name))

    def open_still(self) -> dict[str, list[str]]:
        """The last facts of each case that is not closed."""
        return {name: [*map(repr, self.facts(name)[-5:])] for name in ALL if not self.case(name).closed}

    def has_taken(self, name: str, step: str) -> bool:
        return any(taken.step == step for taken in self.case(name).taken)

    def knows(self, name: str, kind: type[Fact]) -> bool:
        return any(isinstance(fact, kind) for fact in self.facts(name))

    async def history(self, name: str) -> WorkflowHistory:
        return await self.client.get_workflow_handle(case_of(name)).fetch_history()

    async def ended(self, name: str) -> bool:
        status = (await self.client.get_workflow_handle(case_of(name)).describe()).status
        return status is WorkflowExecutionStatus.COMPLETED

    def calls(self) -> list[tuple[str, str]]:
        """Every call of a provider: who called, for which send key."""
        lines = (self.folder / "calls").read_text(encoding="utf-8").splitlines()
        return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    file = opened(folder / "case-file.sqlite3")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        for each in (OLD, PATIENT):
            transaction.parties.save_policy(each)
    try:
        async with quick_server(builds=True) as client:
            real = datetime.now(UTC)
            begin = local("2026-03-03", "00:00")
            clock = Clock(offset=(begin - real).total_seconds(), rate=86400 * DAYS_A_SECOND, since=real)
            yield Bench(folder, client, file, Dispatcher(client, file, QUEUE, clock=clock, step_seconds=STEP_SECONDS))
    finally:
        close_all()


@asynccontextmanager
async def build_b(at: Bench) -> AsyncIterator[None]:
    """Build B as a process of its own; it does not outlive the block."""
    with forked(
        "tests.engine.build_b",
        *named(at.client),
        "--task-queue", QUEUE,
        "--database", url_of(at.folder / "case-file.sqlite3"),
        "--folder", str(at.folder),
        "--step-seconds", str(STEP_SECONDS),
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), PATIENCE)
        assert said.startswith(b"working"), "build B did not come up"
        yield


async def until(what: str, holds: Callable[[], bool], stands: Callable[[], object] = str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never came: {what} {stands()}") from None


async def lived_under_a(at: Bench) -> None:
    """Build A begins all cases and stops while a message of the last one has been taken and not been answered."""
    hangs = asyncio.Event()

    async def hang(key: str) -> bool:
        if HANGING not in key:
            return False
        hangs.set()
        await activity.wait_for_worker_shutdown()
        return True

    gateways = every_channel(Noting(at.folder, "a", hang))
    # After build A nobody asks for the tasks that are kept for it: they needn't be kept for long.
    kept = timedelta(seconds=0.5)
    async with case_worker(
        at.client, at.file, gateways, task_queue=QUEUE, step_seconds=STEP_SECONDS, sticky_timeout=kept, simulation=True
    ):
        # Of days that went by while everything came up nothing may hang.
        due = at.now.astimezone(ZONE).date() - timedelta(days=2)
        for name in EARLY:
            at.open(name, due, "pair" if name in PAIR else name)
        await at.dispatcher.sweep()
        await until("the reminders", lambda: all(at.has_taken(name, "reminder") for name in EARLY))
        await at.tell(PAUSED, "pause")
        await until("the pause", lambda: bool(at.case(PAUSED).holds))
        # Its reminder is late already, its second one comes in four days.
        at.open(UNKNOWN, at.now.astimezone(ZONE).date() - timedelta(days=29), UNKNOWN)
        await at.dispatcher.start(case_of(UNKNOWN))
        async with asyncio.timeout(PATIENCE):
            await hangs.wait()


async def told_between(at: Bench) -> None:
    """No build is at work: people resume a case and move some cases to a policy with one more step."""
    with at.file.write() as transaction:
        transaction.parties.save_policy(NEW)
    await at.tell(PAUSED, "resume")
    for name in MOVED:
        await at.tell(name, "change_policy", policy=NEW.policy, version=2)


def goes_or_stops(case: Case) -> bool:
    """Whether a case was handed off, or stopped because another one of its debtor was."""
    return case.handed_off or case.open_task(TaskKind.LET_FOLLOW) is not None


async def finished_under_b(at: Bench) -> None:
    """One case is paid; the rest is left to build B."""
    await until("the new policy", lambda: all(at.knows(name, PolicyChanged) for name in MOVED))
    await until("the second reminder", lambda: at.has_taken(PAYS, "second"))
    await at.tell(PAYS, "payment_received", id="p1", amount="1000.00")
    await until("what becomes of the pair", lambda: all(goes_or_stops(at.case(name)) for name in PAIR))
    for name in PAIR:
        if not at.case(name).handed_off:
            # Its notice left later, so it could not go along, and stopped: a person lets it follow (decision 50).
            await at.tell(name, "complete_task", task="let_follow", actor="els")
    await until("the end of all cases", lambda: all(at.case(name).closed for name in ALL), at.open_still)
    for name in ALL:
        if at.case(name).closed is CloseReason.HANDED_OFF:
            # It lives on with its partner, until all of it is paid there.
            told = {"id": "r1", "status": "payment", "amount": at.case(name).open.text}
            await at.tell(name, "agency_reported", **told)
    async with asyncio.timeout(PATIENCE):
        while not all([await at.ended(name) for name in ALL]):
            await asyncio.sleep(0.02)


def planned(events: list[HistoryEvent]) -> set[str]:
    """Times of the day, on the clock of Amsterdam, at which a build meant to take a step."""
    found = set()
    for event in events:
        payloads = [*event.activity_task_completed_event_attributes.result.payloads]
        for each in event.marker_recorded_event_attributes.details.values():
            payloads.extend(each.payloads)
        for turn in map(_turn, payloads):
            if turn.get("action") in ("send", "task", "hand_off") and turn.get("at"):
                found.add(f"{datetime.fromisoformat(turn['at']).astimezone(ZONE):%H:%M:%S.%f}")
    return found


def _turn(payload: Any) -> dict[str, Any]:
    found = json.loads(payload.data)
    return found if isinstance(found, dict) else {}


@contextlib.contextmanager
def planner_of_b() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for module in PLANNERS:
            patched.setattr(module, "plan", plan_later)
        yield


async def failure_of_replay(history: WorkflowHistory) -> Exception | None:
    replayer = Replayer(workflows=[OverdueInvoice], plugins=[maanwerk_plugin()], build_id="today")
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure


MIDNIGHT, NOON = "00:00:00.000000", "12:00:00.000000"
CAME_WHILE_ENDING = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND


def has_jammed(event: HistoryEvent) -> bool:
    """Whether a task failed by what a build did.

    A task that would end the run while a signal comes is only given again, and so is one in which the machine stood
    still for two seconds.
    """
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        failed = event.workflow_task_failed_event_attributes
        stood_still = failed.failure.application_failure_info.type == "_DeadlockError"
        return failed.cause != CAME_WHILE_ENDING and not stood_still
    return event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED


@pytest.mark.long
async def test_build_b_finishes_what_build_a_began(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await lived_under_a(at)
        of_a = {name: at.facts(name) for name in ALL}
        events_of_a = {name: len((await at.history(name)).events) for name in ALL}
        attempt = at.case(UNKNOWN).attempt
        assert attempt is not None
        assert [d.status for d in attempt.deliveries] == [DeliveryStatus.UNKNOWN]
        assert all(at.has_taken(name, "reminder") and not at.case(name).closed for name in ALL)
        assert at.case(PAUSED).holds
        await told_between(at)
        async with build_b(at):
            await finished_under_b(at)
        histories = {name: await at.history(name) for name in ALL}

        # Handed off or paid, by the ladder that each case was on.
        assert at.case(PAYS).closed is CloseReason.PAID
        for name in (*MOVED, *PAIR):
            taken = [step.step for step in at.case(name).taken]
            urgent = [] if name in PAIR else ["urgent"]
            assert taken == ["reminder", "second", *urgent, "notice", "handoff"], name
            assert at.case(name).handed_off

        # What build A wrote stands; build B did none of it again, and called no provider for what A had called one for.
        for name in ALL:
            assert at.facts(name)[: len(of_a[name])] == of_a[name]
            steps = [(fact.step, fact.issue) for fact in at.facts(name) if isinstance(fact, StepTaken)]
            assert len(steps) == len(set(steps))
        of_each = {build: {key for calling, key in at.calls() if calling == build} for build in "ab"}
        assert of_each["a"] and of_each["b"] and not of_each["a"] & of_each["b"]
        assert [build for build, key in at.calls() if HANGING in key] == ["a"]
        left, right = ([step.message for step in at.case(name).taken[:2]] for name in PAIR)
        assert left == right, "one message for both, of either build"

        for name, history in histories.items():
            assert not [event for event in history.events if has_jammed(event)], name
            before, after = history.events[: events_of_a[name]], history.events[events_of_a[name] :]
            assert NOON not in planned(list(before)), name
            assert MIDNIGHT not in planned(list(after)), f"{name}: build B had the planner of build A"
        # On a slow machine a step may be due already when the build comes to it, and of the pair one may go along with
        # the other each time: not every case shows whose planner it had.
        of = {name: planned(list(history.events)) for name, history in histories.items()}
        assert any(MIDNIGHT in of[name] for name in EARLY)
        assert any(NOON in of[name] for name in MOVED)

        # Both parts replay with the workflow of today, whichever planner stands beside it.
        assert {name: await failure_of_replay(history) for name, history in histories.items()} == dict.fromkeys(ALL)
        with planner_of_b():
            assert {name: await failure_of_replay(h) for name, h in histories.items()} == dict.fromkeys(ALL)
