"""Delivery: from the case file to the workflows.

Every message is durable in the inbox before it is acknowledged; a signal then tells the case. The signal starts
the workflow when it is not running, so it finds a case that is open, closing or closed. What a crash left
undelivered is swept up at the next start.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.advancing import Advancing
from activities.contracts import CaseInput
from casefile.case_file import CaseFile
from casefile.database import is_database_failure
from casefile.sending_stops import kept_back
from domain.clock import REAL_TIME, Clock
from domain.messages import inbox_id
from domain.views.readable import Readable
from workflows.overdue_invoice import OverdueInvoice
from workflows.search_attributes import to_begin_with

_AT_ONCE = 16
"""Calls to the engine under way at once while many cases are started or told."""

NUDGE = "nudge"
"""Signal that carries nothing: it makes a case look into its inbox."""


@dataclass(frozen=True)
class Dispatcher:
    """Brings messages and new cases to Temporal.

    Attributes:
        client: The Temporal client.
        file: The case file.
        task_queue: Task queue of the cases.
        clock: Anything but real time in a simulation only.
        step_seconds: Longest time one step may take, in seconds.
        events_per_run: Continue a case as new after so many history events; None leaves it to the server.
        task_timeout: After how long another worker takes over what one was deciding; None is the server's ten seconds.
        readable: What the lists of Temporal may show of a case from the start of its run on; None: nothing before its
            first turn.
        real_now: The real clock.
    """

    client: Client
    file: CaseFile
    task_queue: str
    clock: Clock = REAL_TIME
    step_seconds: float = 60.0
    events_per_run: int | None = None
    task_timeout: timedelta | None = None
    readable: Readable | None = None
    real_now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def case_input(self, case_id: str) -> CaseInput:
        """The input of a case: ids only."""
        return CaseInput(
            case_id=case_id,
            clock=self.clock,
            step_seconds=self.step_seconds,
            events_per_run=self.events_per_run,
        )

    async def start(self, case_id: str) -> None:
        """Start the workflow of a case, or wake the one that runs; then mark it as started.

        One may run already and wait: a message came before the case was in the file.
        """
        shown = None if self.readable is None else await asyncio.to_thread(self.shown_at_start, case_id)
        try:
            await self._nudge(case_id, shown)
        except RPCError as problem:
            if shown is None or problem.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            # No worker has told this namespace of our search attributes yet: its first turn shows them.
            await self._nudge(case_id)
        await asyncio.to_thread(self._mark_started, case_id)

    def shown_at_start(self, case_id: str) -> TypedSearchAttributes | None:
        """What the lists of Temporal show of a case before its first turn, which then need not say it again.

        Planning it takes a third of what saying it later does. None where it can't be planned: what is wrong with a
        case is for its own run to tell.
        """
        try:
            view = Advancing(self.file, self.readable or "codes").view_at(case_id, self.clock.now(self.real_now()))
        except Exception as error:
            if is_database_failure(error):
                raise
            log = structlog.get_logger("maanwerk.worker")
            log.warning("case_not_shown_at_start", case_id=case_id, reason=type(error).__name__)
            return None
        return to_begin_with(view)

    def _mark_started(self, case_id: str) -> None:
        with self.file.write(case_id) as transaction:
            transaction.starts.started(case_id, self.real_now())

    async def tell(self, case_id: str, name: str, content: Mapping[str, object], delivery: str, by: str = "") -> bool:
        """Make a message durable, then deliver it.

        Args:
            case_id: The case.
            name: Name of the message.
            content: Its fields; with an `id` it is kept once, by whatever door it comes.
            delivery: Id of this delivery, for a message without one.
            by: Who is known to tell it.

        Returns:
            False when it was known already.
        """
        raw = json.dumps(content).encode()
        now = self.clock.now(self.real_now())
        new = await asyncio.to_thread(self._accept, case_id, inbox_id(name, raw, delivery), name, raw, now, by)
        await self.nudge(case_id)
        return new

    def _accept(self, case_id: str, message_id: str, name: str, raw: bytes, at: datetime, by: str) -> bool:
        with self.file.write(case_id) as transaction:
            return transaction.inbox.accept(case_id, message_id, name, raw, at, by=by)

    def has_waiting(self, case_id: str) -> bool:
        """Whether the inbox of a case holds a message that it has not recorded yet."""
        with self.file.read() as transaction:
            return bool(transaction.inbox.waiting(case_id))

    async def nudge(self, case_id: str) -> None:
        """Make a case look into its inbox, whether it is open, closing or closed."""
        await self._nudge(case_id)

    async def _nudge(self, case_id: str, shown: TypedSearchAttributes | None = None) -> None:
        await self.client.start_workflow(
            OverdueInvoice.run,
            self.case_input(case_id),
            id=case_id,
            task_queue=self.task_queue,
            task_timeout=self.task_timeout,
            start_signal=NUDGE,
            search_attributes=shown,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )

    async def sweep(self) -> tuple[int, int]:
        """Start what was not started and deliver what was not delivered.

        Returns:
            How many cases were started, and how many were told of messages or of the end of a stop.
        """
        unstarted, undelivered = await asyncio.to_thread(self._left)
        await _each(unstarted, self.start)
        await _each(undelivered, self.nudge)
        return len(unstarted), len(undelivered)

    async def restore(self) -> int:
        """Start every case that is not closed and not running: after an engine was lost, the case file is enough.

        Returns:
            How many cases were asked for; those that run already are woken.
        """
        open_cases = await asyncio.to_thread(self._open_cases)
        await _each(open_cases, self.start)
        return len(open_cases)

    async def nudge_all(self) -> int:
        """Wake every case that is not closed; those that do not run are started.

        Returns:
            How many cases were woken.
        """
        open_cases = await asyncio.to_thread(self._open_cases)
        await _each(open_cases, self.nudge)
        return len(open_cases)

    def _open_cases(self) -> tuple[str, ...]:
        with self.file.read() as transaction:
            return transaction.cases.open_ids()

    def _left(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        with self.file.read() as transaction:
            # Those that a stop of all sending put off are looked at again when a person ends it.
            stopped = kept_back(transaction.session, self.real_now())
            told = dict.fromkeys((*transaction.inbox.undelivered(), *stopped))
            return transaction.starts.unstarted(), tuple(told)


async def _each(case_ids: Sequence[str], work: Callable[[str], Awaitable[None]]) -> None:
    """Do something for each case, some at a time: a long list must neither take hours nor flood the engine."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(case_id: str) -> None:
        async with places:
            await work(case_id)

    await asyncio.gather(*(one(case_id) for case_id in case_ids))
