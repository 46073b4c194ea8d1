"""Records histories for the replay test: `python -m tests.replay.record [NAME…]`.

Without names it records what has no history yet. One that is there is never overwritten (README.md).
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory

from casefile.case_file import CaseFile
from casefile.database import Database
from domain.case_ids import case_id
from engine.dispatcher import Dispatcher
from engine.embedded import dev_server, test_server
from engine.plugin import maanwerk_plugin
from gateways.outbox import Fault, FileOutbox
from services.ports import Channel, Gateway
from simulation.engine import play_on
from simulation.scenario_file import load_scenario, shipped_scenarios
from simulation.virtual_time import VirtualTime, clock_standing_at
from tests.domain.builders import local
from tests.replay import stalls
from tests.replay.scenarios import EVENTS_PER_RUN, SCENARIOS, Stage
from tests.replay.stalls import STALLS, Stall
from worker.case_worker import case_worker

HISTORIES = Path(__file__).parent / "histories"
RECORDER = "recorder"


async def recorded(name: str) -> dict[str, str]:
    """Play one scenario; the history of every run as JSON, by file name."""
    faults: dict[str, list[Fault]] = {}

    def fault(key: str) -> Fault | None:
        return next((left.pop(0) for word, left in faults.items() if word in key and left), None)

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/case-file.sqlite3")
        database.migrate()
        file = CaseFile(database)
        outbox = FileOutbox(Path(folder) / "outbox", fault)
        gateways: dict[Channel, Gateway] = {
            "email": outbox, "sms": outbox, "post": outbox, "registered": outbox, "agency": outbox,
        }  # fmt: skip
        async with test_server() as server:
            address = server.service_client.config.target_host
            # Events name who caused them: not this machine.
            client = await Client.connect(address, plugins=[maanwerk_plugin()], identity=RECORDER)
            time = VirtualTime(client, file, await clock_standing_at(client, local("2026-03-01", "09:00")))
            dispatcher = Dispatcher(client, file, name, clock=time.clock, events_per_run=EVENTS_PER_RUN.get(name))
            stage = Stage(client, file, time, dispatcher, faults)
            async with case_worker(client, file, gateways, task_queue=name, simulation=True):
                await SCENARIOS[name](stage)
                found = {
                    f"{name}.{number}.{position}": await _history(client, time.cases[number], run)
                    for number, runs in stage.runs.items()
                    for position, run in enumerate(await _all_runs(client, time.cases[number], runs), 1)
                }
                await time.end("recorded")
        database.close()
        return found


async def recorded_shipped(stem: str) -> dict[str, str]:
    """Play one scenario file that ships; the history of the last run of each of its cases."""
    scenario = load_scenario(shipped()[stem])
    with tempfile.TemporaryDirectory() as folder:
        async with test_server() as server:
            address = server.service_client.config.target_host
            client = await Client.connect(address, plugins=[maanwerk_plugin()], identity=RECORDER)
            await play_on(client, scenario, Path(folder), stem)
            return {
                f"{stem}.{each.number}.1": await _history(
                    client, case_id(f"scenario-{stem}", f"{each.invoice.invoice_date.year}-{each.number}"), None
                )
                for each in scenario.invoices
            }


async def recorded_stall(name: str) -> dict[str, str]:
    """Play one life with a stalling case file on the real server; the history of every run."""
    with tempfile.TemporaryDirectory() as folder:
        async with dev_server() as server:
            address = server.service_client.config.target_host
            client = await Client.connect(address, plugins=[maanwerk_plugin()], identity=RECORDER)
            stall = Stall(client, Path(folder), name, events_per_run=stalls.EVENTS_PER_RUN.get(name))
            async with await stall.worker():
                await STALLS[name](stall)
                last = (await stall.handle.fetch_history()).events[0].workflow_execution_started_event_attributes
                runs = await _all_runs(client, stalls.CASE_ID, [last.first_execution_run_id])
                found = {
                    f"{name}.F-1.{position}": await _history(client, stalls.CASE_ID, run)
                    for position, run in enumerate(runs, 1)
                }
        stall.file.database.close()
        return found


def shipped() -> dict[str, Path]:
    """The scenario files that ship and that the engine can play, by name."""
    paths = (Path(path) for path in shipped_scenarios())
    return {path.stem: path for path in paths if load_scenario(path).awake is None}


async def _all_runs(client: Client, case_id: str, seen: list[str]) -> list[str]:
    """The runs seen, and those between them that continued as new."""
    runs: list[str] = []
    for run in seen:
        following: str | None = run
        while following and following not in runs:
            runs.append(following)
            events = (await client.get_workflow_handle(case_id, run_id=following).fetch_history()).events
            last = events[-1].workflow_execution_continued_as_new_event_attributes
            following = last.new_execution_run_id or None
    return runs


async def _history(client: Client, case_id: str, run: str | None) -> str:
    history: WorkflowHistory = await client.get_workflow_handle(case_id, run_id=run).fetch_history()
    return json.dumps(_without_traces(json.loads(history.to_json())), indent=0, sort_keys=True) + "\n"


def _without_traces(value: Any) -> Any:
    """Stack traces name paths of this machine; no replay reads them."""
    if isinstance(value, dict):
        return {key: "" if key == "stackTrace" else _without_traces(each) for key, each in value.items()}
    return [_without_traces(each) for each in value] if isinstance(value, list) else value


async def _recorded(name: str) -> dict[str, str]:
    if name in STALLS:
        return await recorded_stall(name)
    return await (recorded(name) if name in SCENARIOS else recorded_shipped(name))


def main(names: list[str]) -> int:
    """Record the named scenarios, or those without a history."""
    all_names = [*SCENARIOS, *STALLS, *shipped()]
    unknown = [name for name in names if name not in all_names]
    if unknown:
        print(f"no scenario {', '.join(unknown)}; there are: {', '.join(all_names)}", file=sys.stderr)
        return 2
    for name in names or all_names:
        if any(HISTORIES.glob(f"{name}.*.json")):
            if names:
                print(f"{name} has its history already; it is never overwritten (see README.md)", file=sys.stderr)
                return 2
            continue
        for file, history in asyncio.run(_recorded(name)).items():
            (HISTORIES / f"{file}.json").write_text(history, encoding="utf-8")
            print(f"{file}: {len(json.loads(history)['events'])} events, {len(history)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
