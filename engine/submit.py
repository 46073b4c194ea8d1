"""Telling a case something from a desk: durable first, then delivered, and, when a worker runs, answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from casefile.case_file import CaseFile
from casefile.case_mark import CaseChanged, mark_of
from config.settings import Settings
from domain.messages import read_message
from domain.policy import Policy
from engine.listening import TemporalUnreachable, look_first
from services.current_case import current_case
from speech.words import tr

if TYPE_CHECKING:
    # Imported once somebody listens: who tells a case something waits for it, and much is written down only.
    from temporalio.client import Client

__all__ = ["Desk", "Outcome", "Result", "submit"]

_LOOK_AGAIN_SECONDS = 0.05
_AT_ONCE = 8
"""Cases that are told something under way at once."""
_NO_LONGER_SECONDS = 0.1
"""How long an answer is waited for, once one was waited for in vain and none has come."""


class Outcome(StrEnum):
    """What became of a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PENDING = "written"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request.

    Attributes:
        outcome: Whether it was accepted, refused by a rule, or written down and not judged yet.
        says: Of a refusal its reason; of what was only written down, why.
    """

    outcome: Outcome
    says: str = ""


async def submit(
    file: CaseFile,
    settings: Settings,
    case_id: str,
    name: str,
    content: Mapping[str, object],
    *,
    policy: Policy | None = None,
    connect_seconds: float = 3.0,
    answer_seconds: float = 5.0,
    by: str = "",
) -> Result:
    """Tell one case something and wait a moment for its answer; the arguments are those of `Desk` and `Desk.submit`.

    Raises:
        Unreadable: as `Desk.submit`.
        UnknownCase: as `Desk.submit`.
        ValueError: as `Desk.submit`.
    """
    desk = Desk(file, settings, connect_seconds=connect_seconds, answer_seconds=answer_seconds)
    return await desk.submit(case_id, name, content, policy=policy, by=by)


class Desk:
    """From where cases are told things, with one way to Temporal for all of them."""

    def __init__(
        self,
        file: CaseFile,
        settings: Settings,
        *,
        connect_seconds: float = 3.0,
        answer_seconds: float = 5.0,
        lasting: bool = False,
    ) -> None:
        """Nobody is called yet.

        Args:
            file: The case file.
            settings: Names the task queue.
            connect_seconds: Longest time to wait for Temporal.
            answer_seconds: Longest time to wait for an answer.
            lasting: Whether it stays for days: then Temporal is sought anew while it is away, and each answer is
                waited for as long as the first.
        """
        self._lasting = lasting
        self._file, self._settings = file, settings
        self._connect_seconds, self._answer_seconds = connect_seconds, answer_seconds
        self._connecting: asyncio.Task[Client] | None = None
        self._answered = False

    async def submit_all(
        self,
        cases: Sequence[str],
        name: str,
        content: Mapping[str, object],
        told: Callable[[str, Result], None],
        *,
        policy: Policy | None = None,
        own_id: Callable[[str], str | None] = lambda case_id: None,
        by: str = "",
    ) -> None:
        """Tell many cases the same, some at a time.

        Where nobody answers the first ones, the others are not waited for as long.

        Args:
            cases: Their ids.
            name: Name of the message.
            content: Its fields.
            told: Given each case with its result, in the order in which they come.
            policy: As in `submit`.
            own_id: Id of the message in the inbox of each case, as in `submit`.
            by: As in `submit`.

        Raises:
            Unreadable: as `submit`; nothing was done then.
            ValueError: as `submit`; nothing was done then.
        """
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(case_id: str, brought: Policy | None = None) -> None:
            async with places:
                told(case_id, await self.submit(case_id, name, content, policy=brought, message=own_id(case_id), by=by))

        # What the message brings is stored with the first one.
        await one(cases[0], policy)
        async with asyncio.TaskGroup() as group:
            for case_id in cases[1:]:
                group.create_task(one(case_id))

    async def submit(
        self,
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        policy: Policy | None = None,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Result:
        """Tell a case something and wait a moment for its answer.

        What a rule forbids as the case stands is refused at once. Anything else is in the inbox before anybody is
        called. As long as somebody waits here, a refusal is the answer; when nobody does any more, it goes to the
        quarantine, where it is seen.

        Args:
            case_id: The case.
            name: Name of the message.
            content: Its fields.
            policy: A policy that the message names, stored beside it.
            message: Its id in the inbox, under which it counts once; by default a new one.
            mark: How far the case was when whoever asks saw it (`casefile.case_mark`); None for however far it is.
            by: Who is known to ask (`services.persons`).

        Raises:
            Unreadable: the content does not fit the message.
            UnknownCase: there is no such case.
            CaseChanged: it is not as far as `mark` says; nothing was written.
            ValueError: another content is stored for this version of the policy.
        """
        raw = json.dumps(dict(content)).encode()
        message = message or f"desk:{uuid4()}"
        read_message(name, raw)
        known = await asyncio.to_thread(self._write_down, case_id, message, name, raw, policy, mark, by)
        if known is not None:
            return known
        return await self._delivered(case_id, message)

    async def submit_together(self, name: str, contents: Mapping[str, Mapping[str, object]]) -> Mapping[str, Result]:
        """Tell several cases what holds for all of them or for none: each its own content, all in one transaction.

        Args:
            name: Name of the message.
            contents: Its fields, by the id of the case.

        Returns:
            The results by the id of the case. Where a rule forbids it to one of them, all are refused for that.

        Raises:
            Unreadable: a content does not fit the message; nothing was done then.
            UnknownCase: there is no such case; nothing was done then.
        """
        raws = {case_id: json.dumps(dict(content)).encode() for case_id, content in contents.items()}
        for raw in raws.values():
            read_message(name, raw)
        messages = {case_id: f"desk:{uuid4()}" for case_id in raws}
        try:
            with self._file.write() as transaction:
                now = datetime.now(UTC)
                for case_id, raw in raws.items():
                    transaction.cases.load(case_id)
                    transaction.inbox.accept(case_id, messages[case_id], name, raw, now, answered=True)
                for case_id, message in messages.items():
                    current = current_case(transaction, case_id, now)
                    refusal = current.refusals.get(message)
                    if refusal is not None:
                        # Leaving the transaction so takes back what was written to the others.
                        raise _RefusedByOne(f"{current.case.invoice.number}: {refusal}" if len(raws) > 1 else refusal)
        except _RefusedByOne as refused:
            return dict.fromkeys(raws, Result(Outcome.REFUSED, str(refused)))
        return {case_id: await self._delivered(case_id, message) for case_id, message in messages.items()}

    async def _delivered(self, case_id: str, message: str) -> Result:
        """Tell the case that something is in its inbox, and wait a moment for the answer."""
        reason = tr("no worker has taken it yet")
        try:
            client = await self._client()
        except TemporalUnreachable as problem:
            return await asyncio.to_thread(self._left_waiting, case_id, message, str(problem))
        from temporalio.service import RPCError

        from engine.runs.status import engine_status

        try:
            async with asyncio.timeout(self._connect_seconds):
                await self._nudge(client, case_id)
                held = (await engine_status(client, case_id, seconds=self._connect_seconds)).paused
            if held:
                reason = tr("the case is paused in Temporal: it is taken up when it is unpaused there")
            else:
                return await self._answer(case_id, message)
        except RPCError as problem:
            reason = tr("Temporal could not be told: {problem}", problem=problem.message)
        except TimeoutError:
            pass  # nobody answered in time; `reason` says so
        return await asyncio.to_thread(self._left_waiting, case_id, message, reason)

    def _write_down(
        self, case_id: str, message: str, name: str, raw: bytes, policy: Policy | None, mark: str | None, by: str
    ) -> Result | None:
        """Put the message into the inbox; its answer, where a rule forbids it as the case stands or it has one."""
        # A new policy is everybody's: then the whole file is locked.
        with self._file.write(case_id if policy is None else None) as transaction:
            if policy is not None:
                transaction.parties.save_policy(policy)
            now = datetime.now(UTC)
            transaction.cases.load(case_id)
            seen = None if mark is None else mark_of(transaction, case_id)
            if not transaction.inbox.accept(case_id, message, name, raw, now, answered=True, by=by):
                recorded, refusal = transaction.inbox.answer(case_id, message)
                return _result(refusal) if recorded else None
            if seen != mark:
                raise CaseChanged(f"{case_id} was told something since")
            refusal = current_case(transaction, case_id, now).refusals.get(message)
            if refusal is None:
                return None
            transaction.inbox.refuse(case_id, message, now, refusal)
            return Result(Outcome.REFUSED, refusal)

    def _left_waiting(self, case_id: str, message: str, reason: str) -> Result:
        """Nobody answered in time: what became of it until now."""
        with self._file.write(case_id) as transaction:
            if transaction.inbox.nobody_waits(case_id, message):
                return Result(Outcome.PENDING, reason)
            recorded, refusal = transaction.inbox.answer(case_id, message)
        return _result(refusal) if recorded else Result(Outcome.PENDING, reason)

    async def _client(self) -> Client:
        """The client; whoever asks while it is made waits for the same one, and hears the same when it can't be."""
        failed = self._connecting is not None and self._connecting.done() and self._connecting.exception() is not None
        if self._connecting is None or (failed and self._lasting):
            self._connecting = asyncio.create_task(self._connected())
        return await asyncio.shield(self._connecting)

    async def _connected(self) -> Client:
        await asyncio.to_thread(look_first, self._connect_seconds)
        from engine.client import connect

        return await connect(keys=self._settings.key_ring, seconds=self._connect_seconds)

    def has_waiting(self, case_id: str) -> bool:
        """Whether the inbox of a case holds a message that it has not recorded yet."""
        with self._file.read() as transaction:
            return bool(transaction.inbox.waiting(case_id))

    async def nudge(self, case_id: str) -> None:
        """Make a case look into its inbox, where Temporal answers; else a worker finds it by a sweep.

        Raises:
            TemporalUnreachable: nobody answers.
            RPCError: Temporal could not be told.
        """
        await self._nudge(await self._client(), case_id)

    async def _nudge(self, client: Client, case_id: str) -> None:
        from engine.dispatcher import Dispatcher

        settings = self._settings
        await Dispatcher(client, self._file, settings.task_queue, step_seconds=settings.step_seconds).nudge(case_id)

    async def _answer(self, case_id: str, message: str) -> Result:
        try:
            async with asyncio.timeout(self._answer_seconds):
                result = await _answer(self._file, case_id, message)
        except TimeoutError:
            if not self._answered and not self._lasting:
                # No worker runs, as it seems.
                self._answer_seconds = min(self._answer_seconds, _NO_LONGER_SECONDS)
            raise
        self._answered = True
        return result


class _RefusedByOne(Exception):
    """A rule forbids it to one of several cases that are told together; the text says which, and why."""


async def _answer(file: CaseFile, case_id: str, message: str) -> Result:
    def look() -> tuple[bool, str | None]:
        with file.read() as transaction:
            return transaction.inbox.answer(case_id, message)

    while True:
        recorded, refusal = await asyncio.to_thread(look)
        if recorded:
            return _result(refusal)
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _result(refusal: str | None) -> Result:
    return Result(Outcome.ACCEPTED) if refusal is None else Result(Outcome.REFUSED, refusal)
