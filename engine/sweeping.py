"""Delivering what a command wrote, where anybody listens; else a worker does when it starts."""

from __future__ import annotations

import asyncio

from casefile.case_file import CaseFile
from config.settings import Settings
from engine.listening import TemporalUnreachable, look_first

__all__ = ["sweep"]

_SECONDS = 3
"""Longest time to wait for Temporal."""


async def sweep(file: CaseFile, settings: Settings) -> tuple[int, int, str | None]:
    """Deliver what was written: cases started, cases told, and why not when Temporal is away: a worker does it then."""
    try:
        await asyncio.to_thread(look_first, _SECONDS)
    except TemporalUnreachable as problem:
        return 0, 0, str(problem)
    # Imported once somebody listens: who brings a list waits for it.
    from temporalio.service import RPCError

    from engine.client import connect
    from engine.dispatcher import Dispatcher

    try:
        client = await connect(keys=settings.key_ring, seconds=_SECONDS)
        started, told = await Dispatcher(client, file, settings.task_queue, step_seconds=settings.step_seconds).sweep()
    except TemporalUnreachable as problem:
        return 0, 0, str(problem)
    except RPCError as problem:
        return 0, 0, f"Temporal could not start the cases: {problem.message}"
    return started, told, None
