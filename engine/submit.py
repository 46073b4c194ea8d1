"""Telling a case something from a desk: durable first, then delivered, and, when a worker runs, answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

from temporalio.service import RPCError

from casefile.case_file import CaseFile
from config.settings import Settings
from domain.messages import read_message
from domain.policy import Policy
from engine.client import TemporalUnreachable, connect
from engine.dispatcher import Dispatcher
from engine.runs.status import engine_status
from services.current_case import current_case

__all__ = ["Outcome", "Result", "submit"]

_LOOK_AGAIN_SECONDS = 0.05


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
) -> Result:
    """Tell a case something and wait a moment for its answer.

    What a rule forbids as the case stands is refused at once. Anything else is in the inbox before anybody is called.
    As long as somebody waits here, a refusal is the answer; when nobody does any more, it goes to the quarantine,
    where it is seen.

    Args:
        file: The case file.
        settings: Names the task queue.
        case_id: The case.
        name: Name of the message.
        content: Its fields.
        policy: A policy that the message names, stored beside it.
        connect_seconds: Longest time to wait for Temporal.
        answer_seconds: Longest time to wait for the answer.

    Raises:
        Unreadable: the content does not fit the message.
        UnknownCase: there is no such case.
        ValueError: another content is stored for this version of the policy.
    """
    raw = json.dumps(dict(content)).encode()
    message = f"desk:{uuid4()}"
    read_message(name, raw)
    # A new policy is everybody's: then the whole file is locked.
    with file.write(case_id if policy is None else None) as transaction:
        if policy is not None:
            transaction.parties.save_policy(policy)
        now = datetime.now(UTC)
        transaction.cases.load(case_id)
        transaction.inbox.accept(case_id, message, name, raw, now, answered=True)
        refusal = current_case(transaction, case_id, now).refusals.get(message)
        if refusal is not None:
            transaction.inbox.refuse(case_id, message, now, refusal)
            return Result(Outcome.REFUSED, refusal)
    reason = "no worker has taken it yet"
    try:
        client = await connect(keys=settings.key_ring, seconds=connect_seconds)
        async with asyncio.timeout(connect_seconds):
            await Dispatcher(client, file, settings.task_queue, step_seconds=settings.step_seconds).nudge(case_id)
            held = (await engine_status(client, case_id, seconds=connect_seconds)).paused
        if held:
            reason = "the case is paused in Temporal: it is taken up when it is unpaused there"
        else:
            async with asyncio.timeout(answer_seconds):
                return await _answer(file, case_id, message)
    except TemporalUnreachable as problem:
        reason = str(problem)
    except RPCError as problem:
        reason = f"Temporal could not be told: {problem.message}"
    except TimeoutError:
        pass  # nobody answered in time; `reason` says so
    with file.write(case_id) as transaction:
        if transaction.inbox.nobody_waits(case_id, message):
            return Result(Outcome.PENDING, reason)
        recorded, refusal = transaction.inbox.answer(case_id, message)
    return _result(refusal) if recorded else Result(Outcome.PENDING, reason)


async def _answer(file: CaseFile, case_id: str, message: str) -> Result:
    while True:
        with file.read() as transaction:
            recorded, refusal = transaction.inbox.answer(case_id, message)
        if recorded:
            return _result(refusal)
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _result(refusal: str | None) -> Result:
    return Result(Outcome.ACCEPTED) if refusal is None else Result(Outcome.REFUSED, refusal)
