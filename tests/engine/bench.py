"""What a test of cases on a running Temporal needs: a provider, a case file, a dispatcher, workers that come and go."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from casefile.case_file import CaseFile
from domain.case import Case
from domain.invoice import Invoice
from domain.opening import open_case
from domain.policy import Policy
from domain.views.case_view import CaseView
from engine.dispatcher import Dispatcher
from services.ports import Channel, Finding, Found, NotThere, Outgoing, Sent
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from worker.case_worker import case_worker

CHANNELS: tuple[Channel, ...] = ("email", "sms", "post", "registered", "agency")
"""All but calls."""

PATIENCE = 60.0
"""Seconds until a test says that what it waits for will not come."""

_PAUSES = 0.02, 0.2
"""Seconds between two looks, at first and at most: a look loads a case, and keeps the processor from others."""


class Shelf:
    """A provider that takes everything, and keeps the keys."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, message: Outgoing) -> Sent:
        self.taken.append(message.key)
        return Sent(message.key)

    async def find(self, key: str, *, since: datetime) -> Finding:
        return Found(key) if key in self.taken else NotThere()


async def until(
    condition: Callable[[], object] | Callable[[], Awaitable[object]],
    what: str | Callable[[], str],
    *,
    patience: float = PATIENCE,
) -> None:
    """Wait until a condition holds, which may have to be awaited.

    Args:
        condition: Looked at again and again.
        what: Said when it never comes.
        patience: Longest time, in seconds.
    """
    deadline, pause = time.monotonic() + patience, _PAUSES[0]
    while not (await found if inspect.isawaitable(found := condition()) else found):
        assert time.monotonic() < deadline, f"it never came: {what if isinstance(what, str) else what()}"
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _PAUSES[1])


def stocked(folder: Path, policy: Policy, invoices: Mapping[str, Invoice], opening: datetime, at: datetime) -> CaseFile:
    """A case file with cases of one debtor, of which Temporal was not told yet.

    Args:
        folder: Where it stands.
        policy: Of all cases.
        invoices: By the id of the case.
        opening: When they were opened, of which the ladder counts.
        at: When they came into the case file.
    """
    file = opened(folder / "case-file.sqlite3")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(policy)
        for case_id, owed in invoices.items():
            transaction.cases.open(case_id, CREDITOR.id, open_case(owed, policy, opening), at)
    return file


@dataclass
class Bench:
    """Cases in a case file with their dispatcher; workers come and go."""

    client: Client
    file: CaseFile
    dispatcher: Dispatcher
    case_ids: tuple[str, ...]
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def case_id(self) -> str:
        """The first of them, or the only one."""
        return self.case_ids[0]

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Whatever runs now."""
        return self.client.get_workflow_handle(self.case_id)

    def worker(self, client: Client | None = None, **settings: Any) -> Worker:
        """A worker that hands what it sends to the shelf; on a client of its own where another one works already."""
        return case_worker(
            client or self.client,
            self.file,
            dict.fromkeys(CHANNELS, self.shelf),
            task_queue=self.dispatcher.task_queue,
            step_seconds=self.dispatcher.step_seconds,
            **settings,
        )

    def case(self, case_id: str | None = None) -> Case:
        """A case as it is recorded."""
        with self.file.read() as transaction:
            return transaction.cases.load(case_id or self.case_id).case

    def view(self, case_id: str | None = None) -> CaseView | None:
        """What was last decided of a case; None before that."""
        with self.file.read() as transaction:
            return transaction.views.of_case(case_id or self.case_id)

    async def until(self, condition: Callable[[], object] | Callable[[], Awaitable[object]], what: str) -> None:
        """Wait until a condition holds."""
        await until(condition, lambda: f"{what}; the case: {self.view()}")
