"""A worker process that kills itself with SIGKILL at the n-th passing of a named point of the send protocol."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from datetime import timedelta

from temporalio.client import Client

from casefile.case_file import CaseFile
from casefile.database import Database
from domain.clock import Clock
from engine.plugin import maanwerk_plugin
from tests.chaos.http_gateway import HttpGateway
from tests.engine.bench import CHANNELS
from worker.case_worker import case_worker
from workflows import options


class KillAt:
    """Counts the passings of one point and dies at the n-th."""

    def __init__(self, point: str, passings: int) -> None:
        self.point, self.left = point, passings

    def __call__(self, point: str) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def try_again_soon() -> None:
    """What a kill left open is tried again in a part of the usual time: else a short run is spent waiting for that.

    Reconciling may take as long as it needs, but not ten seconds more; after a failure a case waits a quarter as long.
    """
    timeout, wait = options.step_timeout, options.wait_after
    spared = timedelta(seconds=9)
    options.step_timeout = lambda action, step_seconds: timeout(action, step_seconds) - (action == "reconcile") * spared
    options.wait_after = lambda failures: wait(failures) / 4


async def work(given: argparse.Namespace) -> None:
    clock = Clock.model_validate_json(given.clock)
    client = await Client.connect(given.address, plugins=[maanwerk_plugin()])
    gateway = HttpGateway(given.provider, timeout=given.step_seconds / 3, lag=given.lag, clock=clock)
    point, _, passings = given.kill.partition(":")
    worker = case_worker(
        client,
        CaseFile(Database(given.database)),
        dict.fromkeys(CHANNELS, gateway),
        task_queue=given.task_queue,
        step_seconds=given.step_seconds,
        checkpoint=KillAt(point, int(passings or 0)),
        sticky_timeout=timedelta(seconds=0.5),
        simulation=True,
    )
    print("working", flush=True)
    await worker.run()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--task-queue", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--provider", type=int, required=True)
    parser.add_argument("--step-seconds", type=float, required=True)
    parser.add_argument("--lag", type=float, required=True)
    parser.add_argument("--clock", required=True)
    parser.add_argument("--kill", default="")
    parser.add_argument("--soon", action="store_true")
    given = parser.parse_args()
    if given.soon:
        try_again_soon()
    asyncio.run(work(given))


if __name__ == "__main__":
    main()
