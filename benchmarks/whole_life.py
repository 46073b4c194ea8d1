"""Budget 3: a case's whole life takes at most 1.25 × the processor time of the fair floor.

The floor is a bare workflow with the same commands whose activities make the same messages and commit the same bytes,
in one transaction a step (`benchmarks.fair_floor`). Beside it: a bare one whose activities do nothing, one that shows
its turns in search attributes as a case does, and the parts.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle
from temporalio.worker import Worker

from benchmarks.bare_workflow import Bare, Fair, record, step
from benchmarks.cases import LOOK, SHOWN, Engine, engine
from benchmarks.fair_floor import FairFloor, noted_life
from benchmarks.measured import Measured, report
from workflows.overdue_invoice import OverdueInvoice

_BUDGET = 1.25
_CASES = 64
_AT_ONCE = 32
_PAIRS = 1
_DAY = 0.5
"""Seconds that a day lasts: long enough that no step falls behind its day, which would be planned again."""
_WAITS = (_DAY, _DAY, _DAY, _DAY, 2 * _DAY)
_INSIDE = (2,)
"""Places of the steps that a case takes in a local activity: those without an effect outside."""
_PAYMENT = {"id": "p1", "amount": "10.00", "credited_on": "2026-03-02"}

Live = Callable[[int], Awaitable[WorkflowHandle[object, object]]]


class Round(NamedTuple):
    """What so many lives took: seconds on the clock, and of the processor: of worker and server, and of the server."""

    seconds: float
    processor: float
    server: float


async def round_of(live: Live) -> Round:
    """What 64 lives take, so many at once."""
    left = iter(range(_CASES))

    async def one_after_the_other() -> None:
        for number in left:
            await live(number)

    began, used, own = time.perf_counter(), processor_seconds(), time.process_time()
    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))
    processor = processor_seconds() - used
    return Round(time.perf_counter() - began, processor, processor - (time.process_time() - own))


def processor_seconds() -> float:
    """Processor time of this process and of those it started that still run (Linux; else of this one)."""
    used = time.process_time()
    for task in Path("/proc/self/task").glob("*/children"):
        for child in task.read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            # utime and stime, proc(5), counted from the field after the name.
            used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def case_lives(made: Engine, ids: list[str]) -> Live:
    """Lives of these cases, with a payment in each."""

    async def live(number: int) -> WorkflowHandle[object, object]:
        dispatcher = made.dispatcher(_DAY)
        handle = await made.client.start_workflow(
            OverdueInvoice.run,
            dispatcher.case_input(ids[number]),
            id=ids[number],
            task_queue=made.task_queue,
            search_attributes=await asyncio.to_thread(dispatcher.shown_at_start, ids[number]),
        )
        await asyncio.sleep(_DAY / 2)
        await handle.signal("payment_received", _PAYMENT)
        # Its partner may report for years.
        await made.ladder_ended(ids[number])
        await handle.terminate()
        return handle  # type: ignore[return-value]

    return live


def _bare_lives(made: Engine, name: str) -> Live:
    """Lives of the bare workflow, which ends by itself."""

    async def live(number: int) -> WorkflowHandle[object, object]:
        handle = await made.client.start_workflow(
            "Bare", args=[list(_WAITS), list(_INSIDE)], id=f"{name}-{number}", task_queue="bare"
        )
        await asyncio.sleep(_DAY / 2)
        await handle.signal("payment_received", "")
        await handle.result()
        return handle

    return live


def floor_lives(made: Engine, floor: FairFloor, name: str, *, upserts: bool) -> Live:
    """Lives of the floor, with upserts of search attributes or without; they are ended as those of cases are."""

    async def live(number: int) -> WorkflowHandle[object, object]:
        own = f"{name}-{number}"
        handle = await made.client.start_workflow(
            "Fair", args=[list(_WAITS), list(_INSIDE), number, upserts], id=own, task_queue="bare"
        )
        await asyncio.sleep(_DAY / 2)
        await handle.signal("payment_received", "")
        while own not in floor.ended:
            await asyncio.sleep(LOOK)
        await asyncio.sleep(SHOWN)
        await handle.terminate()
        return handle

    return live


async def _commands(handle: WorkflowHandle[object, object]) -> Counter[str]:
    """How many timers, activities, markers and so on a life had."""
    history = await handle.fetch_history()
    names = {
        EventType.EVENT_TYPE_TIMER_STARTED: "timers",
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activities",
        EventType.EVENT_TYPE_MARKER_RECORDED: "local activities",
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signals",
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upserts",
        EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED: "workflow tasks",
    }
    return Counter(names[event.event_type] for event in history.events if event.event_type in names)


async def _measured() -> Measured:
    async with AsyncExitStack() as running:
        made = await running.enter_async_context(engine())
        noted = [await noted_life(made.file, own, _PAYMENT) for own in made.open_cases("noted", _CASES)]
        life = noted[0]
        if len(life) != len(_WAITS) + 2:
            raise ValueError(f"a case has {len(life)} turns, the floor's workflow {len(_WAITS) + 2}")
        folder = running.enter_context(tempfile.TemporaryDirectory(prefix="maanwerk-bench-"))
        floor = FairFloor(Path(folder) / "floor.sqlite3", noted)
        running.callback(floor.close)
        await running.enter_async_context(
            Worker(made.client, task_queue="bare", workflows=[Bare, Fair], activities=[record, step, floor.turn])
        )
        rounds: list[dict[str, Round]] = []
        for pair in range(-1, _PAIRS):
            ids = made.open_cases(f"c{pair}", _CASES)
            kinds = {
                "bare": _bare_lives(made, f"b{pair}"),
                "fair": floor_lives(made, floor, f"f{pair}", upserts=False),
                "fair with upserts": floor_lives(made, floor, f"u{pair}", upserts=True),
                "cases": case_lives(made, ids),
            }
            found = {name: await round_of(live) for name, live in kinds.items()}
            if pair < 0:
                # The first pair warms everything up.
                continue
            rounds.append(found)
            print(
                f"  pair {pair + 1}: "
                + ", ".join(
                    f"{name} {each.seconds:.2f} s (processor {each.processor:.2f} s)" for name, each in found.items()
                ),
                file=sys.stderr,
                flush=True,
            )
        of_case = await _commands(made.client.get_workflow_handle(f"case:benchmark:c{_PAIRS - 1}-{_CASES // 2}"))
        of_fair = await _commands(made.client.get_workflow_handle(f"f{_PAIRS - 1}-{_CASES // 2}"))

        def ratio(over: str, under: str, place: int = 1) -> float:
            return median(each[over][place] / each[under][place] for each in rounds)

        def both(name: str) -> str:
            of = [found[name] for found in rounds]
            worker, server = median(each.processor - each.server for each in of), median(each.server for each in of)
            return f"{worker / _CASES * 1000:.1f} + {server / _CASES * 1000:.1f}"

        processor = ratio("cases", "fair")
        lives = {name: _CASES / median(each[name].seconds for each in rounds) for name in ("fair", "cases")}
        making, committing = _alone(floor.make, noted), _alone(floor.commit, noted)
        return Measured(
            budget="a whole life on the engine: at most 1.25 × the fair floor",
            found=f"{processor:.2f} × its processor time ({ratio('cases', 'fair with upserts'):.2f} × where it shows"
            f" its turns in search attributes, too), {ratio('cases', 'bare'):.2f} × a bare workflow's;"
            f" {lives['cases']:.1f} lives/s against {lives['fair']:.1f}",
            share=processor / _BUDGET,
            command="python -m benchmarks.whole_life",
            notes=(
                f"{_PAIRS} round of {_CASES} lives of each, {_AT_ONCE} at once, in turn, after one to warm up",
                f"ms of worker and server a life: bare {both('bare')}, fair {both('fair')}, fair with an upsert a turn"
                f" {both('fair with upserts')}, a case {both('cases')}",
                f"alone, making the messages and the dossier takes {making:.1f} ms a life, and committing its"
                f" {sum(len(row) for work in life for row in work.rows) / 1024:.0f} KiB in {len(life)} transactions"
                f" {committing:.1f} ms; a case commits {sum(work.commits for work in life)} times,"
                f" {sum(len(work.rows) for work in life)} statements",
                f"a case: {_in_words(of_case)}",
                f"the floor: {_in_words(of_fair)}",
                "under load a case falls behind its fast clock and leaves timers out: the processor time counts",
            ),
        )


def _alone(do: Callable[[int, int], None], lives: Sequence[Sequence[object]]) -> float:
    """Milliseconds of processor time that a part of the floor takes for one life, nothing else beside it."""
    began = time.process_time()
    for number, life in enumerate(lives):
        for place in range(len(life)):
            do(number, place)
    return (time.process_time() - began) / len(lives) * 1000


def _in_words(commands: Counter[str]) -> str:
    return ", ".join(f"{commands[name]} {name}" for name in sorted(commands))


def measure() -> Measured:
    """Let cases and bare workflows live in turn, on one server and one worker process."""
    return asyncio.run(_measured())


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
