"""A case of whom nothing is due for weeks, its case file, and the workers and programs that deal with it."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.service import RPCError
from temporalio.worker import Worker

from casefile import tables
from engine.dispatcher import Dispatcher
from engine.runs.repairing import Repairer
from engine.runs.rounds import Rounds
from tests.casefile.builders import reminders
from tests.domain.builders import invoice
from tests.engine.bench import Bench, stocked
from tests.engine.server import TASK_TIMEOUT

_numbers = itertools.count(1)


def payment(amount: str, id: str | None = None) -> dict[str, str]:
    return {"amount": amount} if id is None else {"id": id, "amount": amount}


@dataclass
class Office(Bench):
    """One case, or several; workers come and go, and so do runs."""

    @property
    def repairer(self) -> Repairer:
        return Repairer(self.dispatcher)

    def rounds(self) -> Rounds:
        return Rounds(self.repairer)

    def broken_worker(self, workflow: type) -> Worker:
        queue = self.dispatcher.task_queue
        # Without a build the SDK would read every module of the process for one.
        return Worker(self.client, task_queue=queue, workflows=[workflow], max_cached_workflows=0, build_id="broken")

    async def signal(self, name: str, content: object, case_id: str | None = None) -> None:
        """A signal straight to Temporal, as a script or the form of the web page sends it."""
        handle = self.client.get_workflow_handle(case_id or self.case_id)
        await handle.signal(name, content)

    async def signal_bytes(self, name: str, data: bytes) -> None:
        await self.handle.signal(name, RawValue(Payload(metadata={"encoding": b"json/plain"}, data=data)))

    async def run_id(self) -> str:
        return (await self.handle.describe()).run_id

    def payments(self, case_id: str | None = None) -> list[str]:
        """The amounts of all payments that are booked, sorted."""
        entries = self.case(case_id).ledger.entries
        return sorted((entry.amount.text.lstrip("-") for entry in entries if entry.kind.value == "payment"), key=float)

    def inbox(self, name: str | None = None, case_id: str | None = None) -> list[str]:
        """The ids of the messages in the inbox."""
        table = tables.inbox
        query = select(table.c.id).where(table.c.case_id == (case_id or self.case_id)).order_by(table.c.seq)
        if name is not None:
            query = query.where(table.c.name == name)
        with self.file.read() as transaction:
            return list(transaction.session.connection.scalars(query))

    def quarantined(self, case_id: str) -> Counter[str]:
        with self.file.read() as transaction:
            return Counter(each.name for each in transaction.quarantine.unsettled() if each.case_id == case_id)

    def all_recorded(self) -> bool:
        """Whether workers have recorded all that is in the inbox, and have seen every case."""
        with self.file.read() as transaction:
            return not transaction.inbox.undelivered() and all(
                transaction.views.of_case(each) for each in self.case_ids
            )

    async def until_booked(self, *amounts: str) -> None:
        """Until a worker has booked exactly these payments, and recorded everything."""
        await self.until(
            lambda: self.all_recorded() and len(self.payments()) >= len(amounts), f"{amounts}, not {self.payments()}"
        )
        assert self.payments() == sorted(amounts, key=float)

    async def until_heard(self, signals: int) -> None:
        """Until the workflow has been handed so many signals, and waits again."""

        async def settled() -> bool:
            described = (await self.handle.describe()).raw_description
            events = await self.events()
            told = sum(event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED for event in events)
            return told >= signals and not described.HasField("pending_workflow_task")

        await self.until(settled, f"{signals} signals")

    async def events(self) -> list[Any]:
        answer = await self.client.workflow_service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(
                namespace=self.client.namespace, execution=WorkflowExecution(workflow_id=self.case_id)
            )
        )
        return list(answer.history.events)

    async def reset(self, *, without_signals: bool, to: float = 0.0) -> None:
        """Reset the run to a workflow task, as a person does it: to its first, or to one further on (1.0: the last)."""
        completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        points = [event.event_id for event in await self.events() if event.event_type == completed]
        if not points:
            return
        first = points[round(to * (len(points) - 1))]
        excluded = [ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL] if without_signals else []
        await self.client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace=self.client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=self.case_id, run_id=await self.run_id()),
                reason="by a test",
                workflow_task_finish_event_id=first,
                request_id=str(uuid4()),
                reset_reapply_exclude_types=excluded,
            )
        )

    async def delete(self) -> None:
        """Delete the workflow with its history, and wait until Temporal does not know it any more."""
        await self.client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=self.client.namespace, workflow_execution=WorkflowExecution(workflow_id=self.case_id)
            )
        )

        async def gone() -> bool:
            try:
                await self.handle.describe()
            except RPCError:
                return True
            return False

        await self.until(gone, "that the workflow is gone")

    async def listed(self, query: str, number: int = 1) -> None:
        """Wait until Temporal's list has caught up."""

        async def there() -> bool:
            ids = ", ".join(f"'{each}'" for each in self.case_ids)
            found = await self.client.count_workflows(f"WorkflowId IN ({ids}) AND {query}")
            return found.count == number

        await self.until(there, f"{number} workflows with {query}")

    async def clean_up(self) -> None:
        for case_id in self.case_ids:
            try:
                await self.client.get_workflow_handle(case_id).terminate(reason="end of the test")
            except RPCError:
                continue


def office(client: Client, folder: Path, cases: int = 1, **dispatching: Any) -> Office:
    """Cases in a case file that Temporal was not told of yet."""
    now = datetime.now(UTC)
    today = now.date()
    due = (today + timedelta(days=60)).isoformat()
    ids = tuple(f"case:devaart:2026-{next(_numbers)}" for _ in range(cases))
    owed = {case_id: invoice(today.isoformat(), due, number=case_id.rpartition(":")[2]) for case_id in ids}
    file = stocked(folder, reminders(), owed, now, now)
    queue = f"repairs-{ids[0]}"
    dispatching = {"step_seconds": 5.0, "task_timeout": TASK_TIMEOUT, **dispatching}
    return Office(client, file, Dispatcher(client, file, queue, **dispatching), ids)


def line_of(log: str, event: str) -> Mapping[str, Any]:
    """The first line of a JSON log that tells of an event."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return next(line for line in lines if line["event"] == event)
