"""Budget 3: a case's whole life takes at most 1.25 × the time of a bare workflow with the same commands."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle
from temporalio.worker import Worker

from benchmarks.bare_workflow import Bare, record, step
from benchmarks.cases import Engine, engine
from benchmarks.measured import Measured, report
from workflows.overdue_invoice import OverdueInvoice

_BUDGET = 1.25
_CASES = 64
_AT_ONCE = 32
_PAIRS = 3
_DAY = 0.5
"""Seconds that a day lasts: long enough that no step falls behind its day, which would be planned again."""
_WAITS = (_DAY, _DAY, _DAY, _DAY, 2 * _DAY)
_PAYMENT = {"id": "p1", "amount": "10.00", "credited_on": "2026-03-02"}

Live = Callable[[int], Awaitable[WorkflowHandle[object, object]]]


async def round_of(live: Live) -> tuple[float, float]:
    """Seconds for 64 lives, so many at once: on the clock, and of the processor (worker and server)."""
    left = iter(range(_CASES))

    async def one_after_the_other() -> None:
        for number in left:
            await live(number)

    began, used = time.perf_counter(), processor_seconds()
    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))
    return time.perf_counter() - began, processor_seconds() - used


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
        handle = await made.client.start_workflow(
            OverdueInvoice.run,
            made.dispatcher(_DAY).case_input(ids[number]),
            id=ids[number],
            task_queue=made.task_queue,
        )
        await asyncio.sleep(_DAY / 2)
        await handle.signal("payment_received", _PAYMENT)
        await handle.result()
        return handle  # type: ignore[return-value]

    return live


def _bare_lives(made: Engine, name: str) -> Live:
    async def live(number: int) -> WorkflowHandle[object, object]:
        handle = await made.client.start_workflow(Bare.run, list(_WAITS), id=f"{name}-{number}", task_queue="bare")
        await asyncio.sleep(_DAY / 2)
        await handle.signal("payment_received", "")
        await handle.result()
        return handle  # type: ignore[return-value]

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
    async with (
        engine() as made,
        Worker(made.client, task_queue="bare", workflows=[Bare], activities=[record, step]),
    ):
        cases, bares = [], []
        for pair in range(-1, _PAIRS):
            ids = made.open_cases(f"c{pair}", _CASES)
            bare = await round_of(_bare_lives(made, f"b{pair}"))
            case = await round_of(case_lives(made, ids))
            if pair < 0:
                # The first pair warms everything up.
                continue
            bares.append(bare)
            cases.append(case)
            print(
                f"  pair {pair + 1}: bare {bare[0]:.2f} s (processor {bare[1]:.2f} s), "
                f"cases {case[0]:.2f} s (processor {case[1]:.2f} s)",
                file=sys.stderr,
                flush=True,
            )
        pairs = list(zip(cases, bares, strict=True))
        ratio = median(case[0] / bare[0] for case, bare in pairs)
        processor = median(case[1] / bare[1] for case, bare in pairs)
        lives, bare_lives = (_CASES / median(seconds for seconds, _ in each) for each in (cases, bares))
        last = f"c{_PAIRS - 1}"
        of_case = await _commands(made.client.get_workflow_handle(f"case:benchmark:{last}-{_CASES // 2}"))
        of_bare = await _commands(made.client.get_workflow_handle(f"b{_PAIRS - 1}-{_CASES // 2}"))
    return Measured(
        budget="a whole life on the engine: at most 1.25 × a bare workflow with the same commands",
        found=f"{ratio:.2f} × ({lives:.1f} lives/s against {bare_lives:.1f}); processor time {processor:.2f} ×",
        # The worse of the two: a case that falls behind its clock leaves timers out, and then the clock flatters it.
        share=max(ratio, processor) / _BUDGET,
        command="python -m benchmarks.whole_life",
        notes=(
            f"{_PAIRS} pairs of {_CASES} lives, {_AT_ONCE} at once, in turn; median of the pairs' ratios",
            f"a case: {_in_words(of_case)}",
            f"a bare one: {_in_words(of_bare)}",
            "a case also upserts search attributes, composes e-mails and a dossier, and commits to SQLite 11 times",
            "under load a case falls behind its fast clock and leaves timers out: the processor time counts",
        ),
    )


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
