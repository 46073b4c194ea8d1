"""Build B: a worker process of another version, whose planner takes every step half a day later than ours."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from casefile.case_file import CaseFile
from casefile.database import Database
from domain import bundle
from domain.case import Case
from domain.planning import planner
from domain.planning.decision import Decision
from domain.planning.planner import plan
from domain.policy import Policy
from domain.reactions import react
from domain.replacing import replace
from domain.surroundings import Surroundings
from engine.plugin import maanwerk_plugin
from gateways.outbox import FileOutbox
from services.ports import CannotTell, Channel, Finding, Gateway, Outgoing, Sent
from tests.engine.bench import CHANNELS
from worker.case_worker import case_worker

PLANNERS = (planner, react, bundle)
"""The modules that know `plan` by this name."""

HALF_A_DAY = timedelta(hours=12)


def plan_later(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Decision:
    """What our planner decides, half a day later: what came due less than half a day ago is not due yet."""
    decision = plan(case, policy, surroundings, now)
    if decision.at is None or decision.action not in ("send", "task", "hand_off"):
        return decision
    before = plan(case, policy, surroundings, now - HALF_A_DAY)
    same = (before.action, before.step, before.issue) == (decision.action, decision.step, decision.issue)
    came = before.at if same and before.at is not None else decision.at
    return replace(decision, at=came + HALF_A_DAY)


class Noting:
    """An outbox that notes every time it is called, before it does anything.

    Attributes:
        calls: File with one line for each call of `send`: the build and the send key.
    """

    def __init__(self, folder: Path, build: str, hang: Callable[[str], Awaitable[bool]] | None = None) -> None:
        """Make or open the outbox.

        Args:
            folder: Where it is.
            build: Whose it is.
            hang: Told the key of each message that was taken; may wait, and says whether the answer is lost then.
        """
        self.calls = folder / "calls"
        self._outbox = FileOutbox(folder / "outbox")
        self._build, self._hang = build, hang

    async def send(self, message: Outgoing) -> Sent:
        """Hand over one message."""
        with self.calls.open("a", encoding="utf-8") as calls:
            calls.write(f"{self._build} {message.key}\n")
        sent = await self._outbox.send(message)
        if self._hang is not None and await self._hang(message.key):
            raise TimeoutError  # as a provider that never answers
        return sent

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Look a message up; a build whose provider hangs can't."""
        return CannotTell("no answer") if self._hang is not None else await self._outbox.find(key, since=since)


def every_channel(outbox: Noting) -> dict[Channel, Gateway]:
    """One way out for all channels."""
    return dict.fromkeys(CHANNELS, outbox)


async def work(given: argparse.Namespace) -> None:
    for module in PLANNERS:
        module.plan = plan_later  # type: ignore[attr-defined]
    client = await Client.connect(given.address, namespace=given.namespace, plugins=[maanwerk_plugin()])
    worker = case_worker(
        client,
        CaseFile(Database(given.database)),
        every_channel(Noting(given.folder, "b")),
        task_queue=given.task_queue,
        step_seconds=given.step_seconds,
        simulation=True,
    )
    print(f"working {os.getpid()}", flush=True)
    await worker.run()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--namespace", required=True)
    parser.add_argument("--task-queue", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--step-seconds", type=float, required=True)
    asyncio.run(work(parser.parse_args()))


if __name__ == "__main__":
    main()
