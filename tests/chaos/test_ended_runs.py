"""Runs are terminated and reset while messages come through every door: each acknowledged one is booked once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateStage
from temporalio.service import RPCError

from domain.facts import PaymentReceived, WrittenOff
from engine.runs.rounds import Rounds
from tests.engine.runs.office import Office, office, payment
from tests.engine.server import quick_server

SEED = int(os.environ.get("MAANWERK_SEED", "20261127"))
FULL = os.environ.get("MAANWERK_CHAOS") == "full"
CASES = 4
ROUNDS = 60 if FULL else 6
"""Each ends or resets one run, while messages come."""
MESSAGES = 12
"""Messages in each round."""


@dataclass
class Said:
    """What was told to the cases.

    Attributes:
        acknowledged: How often each amount was acknowledged, by case and kind.
        unknown: Requests whose sender does not know whether they were accepted.
    """

    acknowledged: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unknown: Counter[tuple[str, str, str]] = field(default_factory=Counter)


DOORS = ("file", "signal", "anonymous", "anonymous")


async def tell(desk: Office, said: Said, draw: random.Random, number: int, door: str) -> None:
    """One message through one of the doors; what the door takes is acknowledged."""
    case_id = draw.choice(desk.case_ids)
    handle = desk.client.get_workflow_handle(case_id)
    # Amounts tell messages apart; those without an id share a few, so that equal ones are told apart by their count.
    own, shared = f"0.{number % 100:02d}" if number % 100 else "1.00", draw.choice(("2.00", "3.00"))
    match door:
        case "file":
            await desk.dispatcher.tell(case_id, "payment_received", payment(own, f"f{number}"), f"f{number}")
            said.acknowledged[case_id, "payment", own] += 1
        case "signal":
            with contextlib.suppress(RPCError):  # Nothing runs just now: the sender knows that it was not taken.
                await handle.signal("payment_received", payment(own, f"s{number}"))
                said.acknowledged[case_id, "payment", own] += 1
        case "anonymous":
            with contextlib.suppress(RPCError):
                await handle.signal("payment_received", payment(shared))
                said.acknowledged[case_id, "payment", shared] += 1
        case _:
            what = case_id, "write-off", shared
            try:
                await handle.start_update(
                    "write_off",
                    {"amount": shared, "reason": "goodwill"},
                    wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                    result_type=str,
                )
                said.acknowledged[what] += 1
            except (RPCError, WorkflowUpdateFailedError):
                said.unknown[what] += 1


async def end_a_run(desk: Office, draw: random.Random) -> None:
    one = Office(desk.client, desk.file, desk.dispatcher, (draw.choice(desk.case_ids),))
    with contextlib.suppress(RPCError):  # It may just have ended, or not have been begun again yet.
        match draw.choice(("terminate", "terminate", "reset", "reset early")):
            case "terminate":
                await one.handle.terminate(reason="by chaos")
            case "reset":
                await one.reset(without_signals=False, to=draw.random())
            case _:
                await one.reset(without_signals=False)


@contextlib.asynccontextmanager
async def looked_after(desk: Office) -> AsyncIterator[None]:
    """A worker that makes its rounds all the time."""

    async def again_and_again() -> None:
        # A run that was reset twice, and had accepted updates between, can't be replayed (SDK 1.35): it jams.
        looking = Rounds(desk.repairer, patience=timedelta(0), least_failures=1, ended_again=timedelta(0))
        while True:
            with contextlib.suppress(RPCError):
                await looking.look()
            await asyncio.sleep(0.2)

    async with desk.worker():
        task = asyncio.create_task(again_and_again())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def booked(desk: Office) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    with desk.file.read() as transaction:
        for case_id in desk.case_ids:
            for fact in transaction.cases.facts(case_id):
                if isinstance(fact, PaymentReceived):
                    found[case_id, "payment", fact.amount.text] += 1
                elif isinstance(fact, WrittenOff):
                    found[case_id, "write-off", fact.amount.text] += 1
    return found


@pytest.mark.chaos
async def test_what_was_acknowledged_is_booked_once_however_runs_end(tmp_path: Path, kept_in: str) -> None:
    draw, said = random.Random(SEED), Said()
    async with quick_server() as client:
        desk = office(client, tmp_path, cases=CASES)
        await desk.dispatcher.sweep()
        number = 0
        for turn in range(ROUNDS):
            # Every other time no worker runs: then much is told that nobody has recorded.
            async with looked_after(desk) if turn % 2 else contextlib.nullcontext():
                for _ in range(MESSAGES):
                    number += 1
                    # Without a worker nobody can accept an update.
                    door = draw.choice((*DOORS, "update") if turn % 2 else DOORS)
                    await asyncio.wait_for(tell(desk, said, draw, number, door), 60)
                await end_a_run(desk, draw)
        async with looked_after(desk):

            def all_booked() -> bool:
                return desk.all_recorded() and not said.acknowledged - booked(desk)

            await desk.until(all_booked, f"all of {said.acknowledged - booked(desk)}")
            for _ in range(3):
                await desk.rounds().look()
            await desk.until(all_booked, "the same after some more rounds")
        assert not booked(desk) - said.acknowledged - said.unknown, "nothing is booked twice"
        assert said.acknowledged
        desk.file.database.close()
