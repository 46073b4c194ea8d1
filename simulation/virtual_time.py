"""Virtual time on the time-skipping server: moved by sleeping only, and only when every case is settled.

A case is settled when it has recorded all that it was told, done what was due, and set its next timer. Moving on
before that would let a timer start at the wrong moment.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from google.protobuf.empty_pb2 import Empty
from temporalio.api.testservice.v1 import SleepRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from casefile.case_file import CaseFile
from casefile.cases import UnknownCase
from domain.clock import Clock
from domain.reactions.siblings import comes_sooner
from domain.views.case_view import CaseView
from workflows.overdue_invoice import OverdueInvoice

_POLL = 0.004
_SELDOM = 25
"""At each how many looks the engine is asked all the same about a case that has something to do."""
_PATIENCE = 120.0
"""Real seconds that a case may take to settle before the run is given up."""


class EngineStuck(RuntimeError):
    """A case did not settle: the engine and the rules disagree about what is due."""


async def server_time(client: Client) -> datetime:
    """The time of a time-skipping server."""
    answer = await client.test_service.get_current_time(Empty())
    return answer.time.ToDatetime(tzinfo=UTC)


async def clock_standing_at(client: Client, moment: datetime) -> Clock:
    """A clock that shows this moment now."""
    return Clock(offset=(moment - await server_time(client)).total_seconds())


def _due(planned: CaseView | None, wakes: datetime | None, now: datetime) -> bool:
    """Whether a case still has something to do, as far as the case file knows; nothing was decided yet, for one."""
    if planned is None:
        return True
    return planned.next != "close" and any(at is not None and at <= now for at in (planned.at, wakes))


class VirtualTime:
    """Moves the time of a server from one thing that happens to the next.

    Attributes:
        cases: The cases that are watched, by any name of the caller's, and their ids.
    """

    def __init__(
        self, client: Client, file: CaseFile, clock: Clock, deliver: Callable[[str], Awaitable[None]] | None = None
    ) -> None:
        """Take over the time of a server that nobody else moves.

        Args:
            client: Connected to it.
            file: The case file.
            clock: What it shows.
            deliver: Starts a case that was told something by another one after its run had ended.
        """
        self.client = client
        self.clock = clock
        self.cases: dict[str, str] = {}
        self._file = file
        self._deliver = deliver
        self._wake: dict[str, datetime | None] = {}
        self._decided: dict[str, datetime | None] = {}
        self._debtors: dict[str, tuple[str, str]] = {}
        self._told: tuple[datetime, float] | None = None

    async def now(self) -> datetime:
        """The virtual moment; the server is asked only after it skipped time, for else its clock goes as ours does."""
        if self._told is None:
            told = await server_time(self.client)
            # Taken afterwards, so that it is never ahead of the server.
            self._told = told, asyncio.get_running_loop().time()
        then, since = self._told
        return self.clock.now(then + timedelta(seconds=asyncio.get_running_loop().time() - since))

    async def pass_until(self, until: datetime, told: Callable[[datetime], None] = lambda moment: None) -> None:
        """Let everything happen that is due before a moment, then stand at it.

        Args:
            until: The moment.
            told: Called with each moment at which time stops.
        """
        while True:
            due = [at for at in self._wake.values() if at is not None and at < until]
            if not due:
                break
            await self._sleep_to(min(due) + timedelta(seconds=1))
            now = await self.now()
            told(now)
            await self.settle([name for name, at in self._wake.items() if at is not None and at <= now])
        await self._sleep_to(until)
        told(until)

    async def _sleep_to(self, moment: datetime) -> None:
        left = moment - await self.now()
        if left > timedelta(0):
            request = SleepRequest()
            request.duration.FromTimedelta(left)
            self._told = None
            await self.client.test_service.unlock_time_skipping_with_sleep(request)

    async def settle(self, names: Iterable[str]) -> None:
        """Wait until these cases have done what is due, and note when they wake next.

        Raises:
            EngineStuck: when one does not come to rest.
        """
        names = list(names)
        await self._settle_each(names)
        for family in self._families_of(names):
            last = next(name for name in reversed(names) if name in family)
            decided = None
            while decided != self._decided_of(family):
                # What one case did may have woken others of its debtor, and those others again; but none the one that
                # came to rest last, unless they did anything.
                decided = self._decided_of(family)
                others = [name for name in family if name != last]
                await self._settle_each(others)
                last = others[-1]

    async def _settle_each(self, names: Iterable[str]) -> None:
        for name in names:
            try:
                self._wake[name] = await asyncio.wait_for(self._settled(self.cases[name]), _PATIENCE)
            except TimeoutError:
                raise EngineStuck(f"{self.cases[name]} did not settle within {_PATIENCE:.0f} s") from None

    def _families_of(self, names: Iterable[str]) -> list[list[str]]:
        """The watched cases of each debtor of these who has several of them."""
        watched = {self.cases[name]: name for name in self._wake}
        found: dict[tuple[str, str], list[str]] = {}
        with self._file.read() as transaction:
            for name in names:
                if name not in self._debtors:
                    try:
                        case = transaction.cases.load(self.cases[name])
                    except UnknownCase:
                        continue
                    self._debtors[name] = case.creditor, case.case.invoice.debtor
                debtor = self._debtors[name]
                if debtor not in found:
                    found[debtor] = [watched[each] for each in transaction.cases.of_debtor(*debtor) if each in watched]
        return [family for family in found.values() if len(family) > 1]

    def _decided_of(self, names: Iterable[str]) -> list[datetime | None]:
        """When each of these cases was decided about, as far as was known when it came to rest."""
        return [self._decided[self.cases[name]] for name in names]

    async def _settled(self, case_id: str) -> datetime | None:
        handle = self.client.get_workflow_handle(case_id)
        now = await self.now()
        for look in itertools.count(1):
            with self._file.read() as transaction:
                waits = bool(transaction.inbox.waiting(case_id))
                planned, wakes = transaction.views.of_case(case_id), transaction.views.wakes_at(case_id)
                self._decided[case_id] = transaction.views.viewed_at(case_id)
            if waits and self._deliver is not None and not await self._runs(case_id):
                await self._deliver(case_id)
            # What the case file shows as due is not done yet: the engine, which is busy with it, is seldom asked.
            if not waits and (not _due(planned, wakes, now) or look % _SELDOM == 0):
                try:
                    answer = await handle.query(OverdueInvoice.case, reject_condition=QueryRejectCondition.NOT_OPEN)
                except WorkflowQueryRejectedError:
                    return None
                except RPCError as error:
                    if error.status is RPCStatusCode.NOT_FOUND:
                        return None
                    # It can't answer yet.
                    answer = None
                if answer:
                    view = CaseView.model_validate(answer)
                    asleep = view.next != "close" and all(at is None or at > now for at in (view.at, wakes))
                    # Another case may have planned it sooner, and woken it, than its workflow knows.
                    if asleep and (planned is None or not comes_sooner(planned.at, view.at)):
                        # A deadline, or what was agreed, may come before what the view tells of.
                        return min((at for at in (view.at, wakes) if at is not None), default=None)
            await asyncio.sleep(_POLL)
        raise AssertionError("it looks until it is settled")

    async def end(self, reason: str) -> None:
        """Terminate the workflows that still wait: a timer that fires without a worker would stop the clock."""
        for case_id in self.cases.values():
            try:
                await self.client.get_workflow_handle(case_id).terminate(reason)
            except RPCError as error:
                # It has ended, or was never begun here.
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    async def _runs(self, case_id: str) -> bool:
        """Whether the engine has a run of this case; a closed one may have been on an engine that is gone."""
        try:
            description = await self.client.get_workflow_handle(case_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return description.status is WorkflowExecutionStatus.RUNNING
