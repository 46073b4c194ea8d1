"""A case whose every payload may be encrypted, on a running server; and what a stranger reads in its history."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, SearchAttributes
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.common import RawValue

from activities.calling import Checkpoint
from casefile.case_file import CaseFile
from config.keys import Key, KeyRing
from domain.case import Case
from domain.clock import Clock
from domain.policy import Policy
from domain.views.case_view import CaseView
from domain.views.readable import Readable
from engine.dispatcher import Dispatcher
from tests.casefile.builders import reminders
from tests.domain.builders import invoice, local
from tests.engine.bench import CHANNELS, Shelf, stocked, until
from tests.engine.server import TASK_TIMEOUT, another
from worker.case_worker import case_worker

NUMBER, AMOUNT = "ZQ-7781", "4321.09"
_numbers = itertools.count()


def key(name: str) -> Key:
    """A key that looks random and is the same in every run."""
    return Key(name, bytes((ord(name[0]) * 7 + 37 * place) % 256 for place in range(32)))


def ring(*names: str) -> KeyRing:
    """A ring of such keys, the newest first."""
    return KeyRing(tuple(key(name) for name in names))


@dataclass
class SecretOffice:
    """One case, and workers that come and go with their keys."""

    on: Client
    file: CaseFile
    case_id: str
    queue: str
    clock: Clock
    shelf: Shelf = field(default_factory=Shelf)

    async def client(self, keys: KeyRing | None) -> Client:
        """A client with these keys."""
        return await another(self.on, keys)

    async def handle(self, keys: KeyRing | None) -> WorkflowHandle[Any, Any]:
        return (await self.client(keys)).get_workflow_handle(self.case_id)

    @asynccontextmanager
    async def working(
        self, keys: KeyRing | None, readable: Readable = "codes", checkpoint: Checkpoint | None = None
    ) -> AsyncIterator[WorkflowHandle[Any, Any]]:
        """A worker with these keys, which remembers no case from before; gives a handle on the case."""
        client = await self.client(keys)
        dispatcher = Dispatcher(
            client, self.file, self.queue, clock=self.clock, step_seconds=5.0, task_timeout=TASK_TIMEOUT
        )
        worker = case_worker(
            client,
            self.file,
            dict.fromkeys(CHANNELS, self.shelf),
            task_queue=self.queue,
            step_seconds=5.0,
            simulation=True,
            readable=readable,
            checkpoint=checkpoint,
        )
        async with worker:
            await dispatcher.sweep()
            yield client.get_workflow_handle(self.case_id)

    def view(self) -> CaseView | None:
        with self.file.read() as transaction:
            return transaction.views.of_case(self.case_id)

    def case(self) -> Case:
        with self.file.read() as transaction:
            return transaction.cases.load(self.case_id).case

    def problems(self) -> list[str]:
        """What is said of every message in quarantine."""
        with self.file.read() as transaction:
            return [message.error for message in transaction.quarantine.unsettled()]

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until a condition holds; it may have to be awaited."""
        await until(condition, lambda: f"{what}; the case: {self.view()}")

    async def history(self) -> WorkflowHistory:
        """The history as the server keeps it."""
        return await (await self.handle(None)).fetch_history()


def secret_office(
    client: Client, folder: Path, *, day_seconds: float | None = None, policy: Policy | None = None
) -> SecretOffice:
    """An invoice ZQ-7781 of 4321.09 on the first of March 2026, when nothing is due.

    Args:
        client: On the server.
        folder: Where the case file stands.
        day_seconds: How long a day lasts; as long as days do by default.
        policy: By default two reminders.
    """
    policy = policy or reminders()
    begin, now = local("2026-03-01", "09:00"), datetime.now(UTC)
    offset = (begin - now).total_seconds()
    clock = Clock(offset=offset) if day_seconds is None else Clock(offset=offset, rate=86400 / day_seconds, since=now)
    number = f"{NUMBER}-{next(_numbers)}"
    case_id = f"case:devaart:2026-{number}"
    owed = invoice(number=number, amount=AMOUNT)
    file = stocked(folder, policy, {case_id: owed}, local("2026-03-01"), begin)
    return SecretOffice(client, file, case_id, f"secret-{next(_numbers)}", clock)


def payloads_in(message: Message) -> Iterator[Payload]:
    """Every payload in a message, however deep; search attributes, which the server reads, are left out."""
    if isinstance(message, Payload):
        yield message
        return
    if isinstance(message, SearchAttributes):
        return
    for description, value in message.ListFields():
        if description.type != description.TYPE_MESSAGE:
            continue
        if isinstance(value, Mapping):
            values: list[Any] = list(value.values())
        else:
            values = list(value) if description.is_repeated else [value]
        for each in values:
            if isinstance(each, Message):
                yield from payloads_in(each)


def readable_in(history: WorkflowHistory, case_id: str) -> str:
    """All that a stranger reads in a history, without the ids by which a case is addressed."""
    return "\n".join(str(event).replace(case_id, "") for event in history.events)


def kinds_in(history: WorkflowHistory) -> set[str]:
    """What kinds of events a history has."""
    return {EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events}


def raw(data: bytes, **metadata: bytes) -> RawValue:
    """A payload exactly as some program sends it."""
    return RawValue(Payload(metadata=metadata, data=data))
