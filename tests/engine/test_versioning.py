"""Builds: a case stays on the build it began with, and goes on with the current one once it is woken."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

from casefile.case_file import CaseFile
from domain.facts import HoldPlaced
from engine.dispatcher import Dispatcher
from engine.embedded import binary
from gateways.outbox import FileOutbox
from services.ports import Channel, Gateway
from tests.casefile.builders import CASE, furnish, opened
from tests.engine.server import named, quick_server
from worker.case_worker import DEPLOYMENT, case_worker

QUEUE = "builds"
PATIENCE = 30.0


def make_current(client: Client, build: str) -> None:
    """What the runbook says: `temporal worker deployment set-current-version`."""
    command = [str(binary("temporal")), "worker", "deployment", "set-current-version", "--yes"]
    command += ["--deployment-name", DEPLOYMENT, "--build-id", build]
    done = subprocess.run([*command, *named(client)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


async def build_of(client: Client) -> tuple[str, str]:
    """The build that the case is on, and its run."""
    described = await client.get_workflow_handle(CASE).describe()
    info = described.raw_description.workflow_execution_info
    return info.versioning_info.deployment_version.build_id, info.execution.run_id


async def until_on(client: Client, build: str) -> str:
    async with asyncio.timeout(PATIENCE):
        while (found := await build_of(client))[0] != build:
            await asyncio.sleep(0.05)
    return found[1]


async def until_woken_on(client: Client, dispatcher: Dispatcher, build: str) -> str:
    """Wake it as the runbook says: again and again, for what is current takes a moment to spread."""
    async with asyncio.timeout(PATIENCE):
        while True:
            assert await dispatcher.nudge_all() == 1
            for _ in range(10):
                found, run = await build_of(client)
                if found == build:
                    return run
                await asyncio.sleep(0.05)


def pauses(file: CaseFile) -> int:
    with file.read() as transaction:
        return sum(isinstance(fact, HoldPlaced) for fact in transaction.cases.facts(CASE))


async def until_paused(file: CaseFile, times: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while pauses(file) != times:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[tuple[Client, CaseFile, dict[Channel, Gateway]]]:
    file = opened(folder / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
    outbox = FileOutbox(folder / "outbox")
    async with quick_server(builds=True) as client:
        yield client, file, {"email": outbox}
    file.database.close()


def worker_of(client: Client, file: CaseFile, gateways: dict[Channel, Gateway], build: str) -> Worker:
    return case_worker(client, file, gateways, task_queue=QUEUE, step_seconds=5, build_id=build, simulation=True)


async def known(client: Client, build: str) -> None:
    """Wait until Temporal has heard of a worker of this build, and make it current."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await asyncio.to_thread(make_current, client, build)
            except AssertionError:
                await asyncio.sleep(0.1)


async def test_a_case_of_build_a_goes_on_with_build_b_once_it_is_current_and_the_case_is_woken(tmp_path: Path) -> None:
    async with bench(tmp_path) as (client, file, gateways):
        dispatcher = Dispatcher(client, file, QUEUE, step_seconds=5)
        async with worker_of(client, file, gateways, "b"):
            async with worker_of(client, file, gateways, "a"):
                await known(client, "a")
                await dispatcher.start(CASE)
                first = await until_on(client, "a")
                await dispatcher.tell(CASE, "pause", {"reason": "on a"}, "1")
                await until_paused(file, 1)
                await known(client, "b")
                assert await build_of(client) == ("a", first), "a sleeping case stays where it is"
                second = await until_woken_on(client, dispatcher, "b")
                assert second != first
            # Build A is gone now: whatever still happens happens on B.
            await dispatcher.tell(CASE, "resume", {}, "2")
            await dispatcher.tell(CASE, "pause", {"reason": "on b"}, "3")
            await until_paused(file, 2)
            assert await build_of(client) == ("b", second), "it stays on its new build"


async def test_a_case_that_is_pinned_by_hand_does_not_go_round_and_round(tmp_path: Path) -> None:
    async with bench(tmp_path) as (client, file, gateways):
        dispatcher = Dispatcher(client, file, QUEUE, step_seconds=5)
        async with worker_of(client, file, gateways, "a"), worker_of(client, file, gateways, "b"):
            await known(client, "a")
            await dispatcher.start(CASE)
            await until_on(client, "a")
            command = [str(binary("temporal")), "workflow", "update-options", "--workflow-id", CASE]
            command += ["--versioning-override-behavior", "pinned", "--versioning-override-deployment-name", DEPLOYMENT]
            command += ["--versioning-override-build-id", "a", *named(client)]
            done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=30)
            assert done.returncode == 0, done.stderr
            await known(client, "b")
            await dispatcher.tell(CASE, "pause", {"reason": "pinned"}, "1")
            await until_paused(file, 1)
            runs = set()
            for _ in range(20):
                runs.add((await build_of(client))[1])
                await asyncio.sleep(0.05)
            assert len(runs) <= 2, "each waking begins one run at most"
            assert (await build_of(client))[0] == "a"
