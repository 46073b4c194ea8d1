"""A case file, an outbox and the activities, played as the workflow plays them, one turn at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.case_activities import FileCaseActivities
from activities.contracts import AdvanceRequest, CaseActivities, Delivered, FileMark, StepRequest, Turn
from casefile.case_file import CaseFile, Transaction
from casefile.cases import Loaded
from casefile.deliveries import StoredDelivery
from domain.facts import Fact
from domain.opening import open_case
from domain.parties import Debtor
from domain.policy import Policy
from gateways.dossier import build_dossier
from gateways.outbox import Fault, FileOutbox, Taken
from services.ports import CannotTell, Channel, Finding, Gateway, OutcomeUnknown, Outgoing, Sent
from tests.casefile.builders import CASE, CREDITOR, DEBTOR, prepared
from tests.domain.builders import invoice, local
from tests.engine.bench import CHANNELS

OWN_COPY = b"%PDF-1.7 invoice"
"""The invoice that every case has which may be handed off: none goes without it."""
START = local("2026-03-01", "09:00")


class Faults:
    """What goes wrong next, by a word in the send key; each entry once, in turn."""

    def __init__(self) -> None:
        self.next: dict[str, list[Fault | None]] = {}

    def __call__(self, key: str) -> Fault | None:
        for word, faults in self.next.items():
            if word in key and faults:
                return faults.pop(0)
        return None


class Mute:
    """A provider that takes everything, loses every answer, and never can tell afterwards."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.asked = 0

    async def send(self, message: Outgoing) -> Sent:
        self.sent.append(message)
        raise OutcomeUnknown("timed_out")

    async def find(self, key: str, *, since: datetime) -> Finding:
        self.asked += 1
        return CannotTell("its list is closed")


def _furnish(file: CaseFile, policy: Policy, numbers: tuple[str, ...], debtor: Debtor) -> None:
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, debtor)
        transaction.parties.save_policy(policy)
        for number in numbers:
            _open(transaction, number, policy)


def _open(transaction: Transaction, number: str, policy: Policy) -> None:
    transaction.parties.save_policy(policy)
    transaction.cases.open(_case(number), CREDITOR.id, open_case(invoice(number=number), policy, START), START)
    if policy.hands_off:
        transaction.documents.save(_case(number), "invoice.pdf", "application/pdf", OWN_COPY)


def _case(number: str) -> str:
    return CASE.replace("F-1", number)


class Workplace:
    """Everything around the activities of some cases of one debtor."""

    def __init__(
        self,
        folder: Path,
        policy: Policy,
        *,
        numbers: tuple[str, ...] = ("F-1",),
        debtor: Debtor = DEBTOR,
        gateways: Mapping[Channel, Gateway] | None = None,
        before: Callable[[Workplace], None] | None = None,
    ) -> None:
        self.folder = folder
        self.policy = policy
        self.faults = Faults()
        self.file = prepared(folder / "case-file.sqlite3", _furnish, policy, numbers, debtor)
        self.outbox = FileOutbox(folder / "outbox", self.faults)
        self.activities = FileCaseActivities(
            file=self.file,
            gateways={channel: (gateways or {}).get(channel, self.outbox) for channel in CHANNELS},
            dossier=build_dossier,
            real_now=lambda: self.now,
            seconds=lambda: 0.0,
            simulation=True,
        )
        self.now = START
        self.turns: list[Turn] = []
        self.last: dict[str, Turn] = {}
        self.told = 0

    def opened(self, number: str, policy: Policy) -> None:
        """One more invoice of the debtor."""
        with self.file.write() as transaction:
            _open(transaction, number, policy)

    @staticmethod
    def case(number: str) -> str:
        return _case(number)

    # Playing -------------------------------------------------------------------------------------------------

    async def advance(self, *messages: Delivered, number: str = "F-1", whole: bool = False) -> Turn:
        request = AdvanceRequest(
            case_id=self.case(number),
            at=self.now,
            messages=messages,
            all_of_timeline=whole or number not in self.last,
            seen=self._seen(number),
        )
        return self._noted(number, await ActivityEnvironment().run(self.activities.advance, request))

    async def tell(self, name: str, content: Any = None, *, answered: bool = False, number: str = "F-1") -> Turn:
        self.told += 1
        raw = None if content is None else json.dumps(content).encode()
        return await self.advance(Delivered(id=f"m{self.told}", name=name, raw=raw, answered=answered), number=number)

    async def act(self, number: str = "F-1", action: str | None = None) -> Turn:
        """Let the moment come that the case waits for, and run the activity of its step."""
        turn = self.last.get(number) or await self.advance(number=number)
        if turn.at is not None:
            self.now = max(self.now, turn.at)
        return await self.run(action or turn.action, number)

    async def run(self, action: str, number: str = "F-1") -> Turn:
        activities: CaseActivities = self.activities
        step = {
            "send": activities.send_message,
            "hand_off": activities.hand_off,
            "reconcile": activities.reconcile,
        }.get(action, activities.raise_task)
        request = StepRequest(case_id=self.case(number), at=self.now, step_seconds=60, seen=self._seen(number))
        return self._noted(number, await ActivityEnvironment().run(step, request))

    def _seen(self, number: str) -> FileMark | None:
        """What the workflow would remember of the case file."""
        return self.last[number].seen if number in self.last else None

    def _noted(self, number: str, turn: Turn) -> Turn:
        self.turns.append(turn)
        self.last[number] = turn
        return turn

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def equip(self, **changes: Any) -> None:
        """The same activities with something exchanged."""
        self.activities = replace(self.activities, **changes)

    # Looking -------------------------------------------------------------------------------------------------

    def loaded(self, number: str = "F-1") -> Loaded:
        with self.file.read() as transaction:
            return transaction.cases.load(self.case(number))

    def facts(self, number: str = "F-1") -> tuple[Fact, ...]:
        with self.file.read() as transaction:
            return transaction.cases.facts(self.case(number))

    def deliveries(self, number: str = "F-1") -> tuple[StoredDelivery, ...]:
        with self.file.read() as transaction:
            return transaction.deliveries.of_case(self.case(number))

    def taken(self) -> tuple[Taken, ...]:
        return self.outbox.taken()

    def steps(self, number: str = "F-1") -> list[str]:
        case = self.loaded(number).case
        return [f"{step.step}{'' if step.proven else '?'} {','.join(step.channels)}" for step in case.taken]

    def tasks(self, number: str = "F-1") -> list[str]:
        return [task.kind for task in self.loaded(number).case.tasks if task.done_on is None]
