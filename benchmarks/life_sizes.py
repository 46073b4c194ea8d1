"""What lives of different length take on Temporal: billable actions, history, state transitions, processor time.

`python -m benchmarks.life_sizes [CASES]`. So many cases of each kind (paid after none, one, two … steps, or handed off)
live at once on the dev server, in days of a second. It holds no budget: docs/scale.md counts with what it finds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from statistics import median

from temporalio.api.enums.v1 import EventType

from benchmarks.cases import FIVE_STEPS, Engine, engine
from benchmarks.history_size import billable_actions
from benchmarks.whole_life import processor_seconds

__all__ = ["Life", "run"]

CASES = 8
_DAY = 1.0
_TURN = 0.2
_PAID = {"id": "p1", "amount": "1000.00", "credited_on": "2026-03-01"}


@dataclass(frozen=True)
class Life:
    """What one life came to.

    Attributes:
        steps: Steps taken before it ended; all of them: it was handed off.
        actions: Billable actions.
        events: Events of its history, and `size` the bytes of them.
        upserts: Upserts of search attributes.
        transitions: State transitions, as the server counts them.
        workflow_tasks: Tasks that the worker was given for it.
    """

    steps: int
    actions: int
    events: int
    size: int
    upserts: int
    transitions: int
    workflow_tasks: int


def _taken(made: Engine, own: str) -> int:
    with made.file.read() as transaction:
        return len(transaction.cases.load(own).case.taken)


def _seen(made: Engine, own: str) -> bool:
    with made.file.read() as transaction:
        return transaction.views.of_case(own) is not None


async def _life(made: Engine, own: str, paid_after: int | None) -> Life:
    await made.dispatcher(_DAY).start(own)
    handle = made.client.get_workflow_handle(own)
    if paid_after is not None:
        while not _seen(made, own) or _taken(made, own) < paid_after:
            await asyncio.sleep(0.05)
        # A payment is a wake-up of its own: it comes when the turn before it is over.
        await asyncio.sleep(_TURN)
        await handle.signal("payment_received", _PAID)
    await made.ladder_ended(own)
    events = (await handle.fetch_history()).events
    described = await handle.describe()
    kinds = [event.event_type for event in events]
    return Life(
        steps=_taken(made, own),
        actions=billable_actions(events),
        events=len(events),
        size=sum(event.ByteSize() for event in events),
        upserts=kinds.count(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES),
        transitions=described.raw_description.workflow_execution_info.state_transition_count,
        workflow_tasks=kinds.count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    )


async def run(count: int) -> tuple[list[Life], float, float]:
    """Let so many cases of each kind live; also processor seconds of worker and server for a life to the hand-off."""
    found: list[Life] = []
    async with engine() as made:
        whole = len(FIVE_STEPS.steps)
        for paid_after in [*range(whole), None]:
            ids = made.open_cases(f"after-{paid_after}", count)
            used, own = processor_seconds(), time.process_time()
            found += await asyncio.gather(*(_life(made, each, paid_after) for each in ids))
        # The last ones are those that nobody pays: no time went into watching them.
        worker = time.process_time() - own
        server = processor_seconds() - used - worker
    return found, worker / count, server / count


def main(count: int = CASES) -> None:
    """Measure and print, the lives of one length together."""
    lives, worker, server = asyncio.run(run(count))
    for steps in sorted({life.steps for life in lives}):
        those = [life for life in lives if life.steps == steps]
        means = {
            name: median(getattr(life, name) for life in those)
            for name in ("actions", "events", "size", "upserts", "transitions", "workflow_tasks")
        }
        print(
            f"{steps} steps ({len(those)} lives):", ", ".join(f"{value:,.0f} {name}" for name, value in means.items())
        )
    print(
        f"a life of {len(FIVE_STEPS.steps)} steps: {worker * 1000:.0f} ms of the worker,"
        f" {server * 1000:.0f} of the server"
    )


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:2]))
