"""Which open cases have no living run, or one that fails: asked for a list, so quickly, and filled in as found."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from temporalio.client import Client

from casefile.database import Database
from casefile.listing import open_and_started
from casefile.searched_runs import was_searched
from casefile.session import reading
from engine.runs.listing import count_living, ended, living, reported
from engine.runs.status import EngineState, engine_status

__all__ = ["in_trouble"]

_FEW = 2000
"""So many runs are listed each time; more only if their number is not that of the open cases."""
_ASKED = 20


async def in_trouble(client: Client, database: Database, found: dict[str, str], *, seconds: float) -> None:
    """Say of each open case in a few words what is wrong with it in Temporal.

    Args:
        client: The Temporal client.
        database: The case file.
        found: Where it is said, by case; as far as it was found when the time is over.
        seconds: Longest time to wait for each answer.

    Raises:
        RPCError: Temporal can't tell.
    """
    with reading(database) as session:
        started = open_and_started(session)
    found.update((run.case_id, "its task fails") for run in await reported(client, seconds=seconds))
    runs = await ended(client, seconds=seconds)
    with reading(database) as session:
        done = was_searched(session, [run.run_id for run in runs])
    new = {run.case_id for run in runs if run.run_id not in done} & started
    found.update(await _without_run(client, sorted(new), seconds))
    # Those that were deleted are missing among the living only.
    number = await count_living(client, seconds=seconds)
    if number != len(started) or number <= _FEW:
        alive = await living(client, seconds=seconds)
        found.update(await _without_run(client, _but(started, alive, found), seconds))


def _but(started: Collection[str], alive: Collection[str], found: Collection[str]) -> list[str]:
    return sorted(case_id for case_id in started if case_id not in alive and case_id not in found)


async def _without_run(client: Client, suspects: Sequence[str], seconds: float) -> dict[str, str]:
    """Those that have no living run; the list may be behind, so the first of them are asked one by one."""
    statuses = await asyncio.gather(*(engine_status(client, each, seconds=seconds) for each in suspects[:_ASKED]))
    lives = {
        each
        for each, status in zip(suspects, statuses, strict=False)
        if status.state not in (EngineState.CLOSED, EngineState.GONE)
    }
    return {each: "no living run in Temporal" for each in suspects if each not in lives}
