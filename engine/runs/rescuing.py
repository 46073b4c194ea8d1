"""Reading the history of a run for what it was told, and putting into the inbox what is not there.

A signal that was acknowledged stands in the history from that moment on; an update does once it was accepted. A run
that is ended from outside may not have recorded the last of them. `workflows.reception` gives each the very id under
which the run itself records it, so what was recorded counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Request
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.converter import DataConverter, WorkflowSerializationContext

from activities.contracts import CaseInput, Delivered
from casefile.case_file import CaseFile
from casefile.rescued import Heard, in_inbox, rescue
from casefile.searched_runs import SearchedRun, searched
from domain.clock import REAL_TIME
from domain.messages import inbox_id
from engine.runs.listing import ENDED_FROM_OUTSIDE, JAMMED, Run
from workflows.reception import CANCELLED, NOTHING, Reception, unopened

__all__ = ["Searched", "Told", "read_run", "search_run", "told_in"]

_EVENTS = 100
"""Events a page: most are small, but a hundred may be as large as the server lets them be."""
_PAGE_SECONDS = 30.0


class Undecodable(ValueError):
    """A payload that the data converter can't decode: its key is not here, or it is broken."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What came of searching the history of a run.

    Attributes:
        run: The run.
        found: Messages in its history.
        rescued: Those of them that were not in the inbox, and are now.
        undecodable: Messages that can't be decoded here; as long as there are any, the run is searched again.
    """

    run: Run
    found: int
    rescued: int
    undecodable: int


@dataclass
class Told:
    """What a run was told.

    Attributes:
        messages: In order of arrival, those first that the run before handed over.
        encrypted: Those of them that are encrypted still, under a key that is not here: as the run would keep them
            itself without that key, and not to be kept so where it had it.
        undecodable: How many more there are that can't be decoded at all.
        since: When the run began, in the time of the case.
    """

    messages: list[Delivered] = field(default_factory=list)
    encrypted: list[Delivered] = field(default_factory=list)
    undecodable: int = 0
    since: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))


async def search_run(client: Client, file: CaseFile, run: Run, at: datetime, real_now: datetime) -> Searched:
    """Put what a run was told, and what is not in the inbox, there.

    Args:
        client: The Temporal client.
        file: The case file.
        run: The run; it may live.
        at: The moment of the case.
        real_now: The real moment.

    Raises:
        RPCError: the history can't be read (any more).
    """
    told = await read_run(client, run.case_id, run.run_id)
    heard = [_heard(message) for message in told.messages]
    sealed = [_heard(message).id for message in told.encrypted]

    def keep() -> tuple[int, int]:
        with file.write(run.case_id) as transaction:
            new = rescue(transaction, run.case_id, heard, told.since, at)
            # What the run itself could not open either is in the inbox as it came.
            undecodable = told.undecodable + len(set(sealed) - in_inbox(transaction, run.case_id, sealed))
            if run.state in ENDED_FROM_OUTSIDE | {JAMMED, "completed"} and not undecodable:
                searched(
                    transaction.session,
                    run.case_id,
                    SearchedRun(run.run_id, run.state, real_now, len(heard), new),
                )
            return new, undecodable

    rescued, undecodable = await asyncio.to_thread(keep)
    return Searched(run, len(heard), rescued, undecodable)


def _heard(message: Delivered) -> Heard:
    otherwise = message.once or message.id
    kept_as = inbox_id(message.name, message.raw, otherwise)
    return Heard(kept_as, kept_as == otherwise, message.name, message.raw, message.problem)


async def read_run(client: Client, case_id: str, run_id: str) -> Told:
    """All that a run was told, from its history.

    Args:
        client: The Temporal client; its data converter decodes.
        case_id: The case, which is the id of the workflow.
        run_id: The run.

    Raises:
        RPCError: the history can't be read (any more).
    """
    converter = client.data_converter.with_context(WorkflowSerializationContext(client.namespace, case_id))
    return await told_in(_events(client, WorkflowExecution(workflow_id=case_id, run_id=run_id)), converter)


async def told_in(events: AsyncIterator[HistoryEvent], converter: DataConverter) -> Told:
    """All that a run was told, from the events of its history, in their order."""
    reader = _Reader(converter, Told())
    async for event in events:
        await reader.read(event)
    return reader.told


async def _events(client: Client, execution: WorkflowExecution) -> AsyncIterator[HistoryEvent]:
    page = b""
    while True:
        answer = await client.workflow_service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(
                namespace=client.namespace, execution=execution, maximum_page_size=_EVENTS, next_page_token=page
            ),
            timeout=timedelta(seconds=_PAGE_SECONDS),
            retry=True,
        )
        for event in answer.history.events:
            yield event
        page = answer.next_page_token
        if not page:
            return


@dataclass
class _Reader:
    """Reads the events of one run in their order."""

    converter: DataConverter
    told: Told
    reception: Reception = field(default_factory=lambda: Reception(""))
    admitted: dict[str, Request] = field(default_factory=dict)
    sealed: bool = False
    """Whether what the last event brought is encrypted still."""

    async def read(self, event: HistoryEvent) -> None:
        """Take up what an event says the run was told."""
        try:
            messages = await self._messages(event)
        except Undecodable:
            self.told.undecodable += 1
            return
        into = self.told.encrypted if self.sealed else self.told.messages
        into += messages

    async def _messages(self, event: HistoryEvent) -> list[Delivered]:
        self.sealed = False
        match event.WhichOneof("attributes"):
            case "workflow_execution_started_event_attributes":
                return await self._begun(event)
            case "workflow_execution_signaled_event_attributes":
                signal = event.workflow_execution_signaled_event_attributes
                return self.reception.signal(signal.signal_name, await self._raw(signal.input.payloads))
            case "workflow_execution_cancel_requested_event_attributes":
                return self.reception.first("pause", CANCELLED)
            case "workflow_execution_update_admitted_event_attributes":
                request = event.workflow_execution_update_admitted_event_attributes.request
                self.admitted[request.meta.update_id] = request
            case "workflow_execution_update_accepted_event_attributes":
                accepted = event.workflow_execution_update_accepted_event_attributes
                request = accepted.accepted_request
                if not request.HasField("input"):
                    request = self.admitted.get(accepted.protocol_instance_id, request)
                return await self._requested(request, accepted.protocol_instance_id)
            case _:
                pass
        return []

    async def _begun(self, event: HistoryEvent) -> list[Delivered]:
        started = event.workflow_execution_started_event_attributes
        self.reception = Reception(started.original_execution_run_id)
        begun = event.event_time.ToDatetime(tzinfo=UTC)
        self.told.since = REAL_TIME.now(begun)
        try:
            values = await self.converter.decode(started.input.payloads, [CaseInput])
        except Exception as problem:  # A codec may fail in ways of its own; nothing of it may be lost for that.
            raise Undecodable(type(problem).__name__) from problem
        given = values[0] if values else None
        if not isinstance(given, CaseInput):
            raise Undecodable("no input of a case")
        self.told.since = given.clock.now(begun)
        return list(given.carried)

    async def _requested(self, request: Request, update_id: str) -> list[Delivered]:
        """Nobody waits for the answer any more: what is refused goes to the quarantine."""
        raw = await self._raw(request.input.args.payloads)
        surplus = self.reception.surplus(request.input.name, raw[1:])
        message = self.reception.request(request.input.name, raw[0] if raw else NOTHING, update_id)
        return [*surplus, message.model_copy(update={"answered": False})]

    async def _raw(self, payloads: Sequence[Payload]) -> list[RawValue]:
        if not payloads:
            return []
        try:
            values: list[RawValue] = await self.converter.decode(payloads, [RawValue] * len(payloads))
        except Exception as problem:  # As above.
            raise Undecodable(type(problem).__name__) from problem
        self.sealed = any(unopened(value) for value in values)
        return values
