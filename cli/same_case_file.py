"""Before a command speaks of cases: is its case file the one that the running worker has?"""

import asyncio

from casefile.opening import NoCaseFile
from cli.failing import failed
from config.settings import Settings
from engine.listening import TemporalUnreachable, look_first

__all__ = ["must_be_the_running_one"]

_SECONDS = 1.5
"""Longest time that a command waits for Temporal to say so."""


def must_be_the_running_one(settings: Settings) -> None:
    """End the command with 1 when the worker has another case file; where Temporal is away nobody can have one."""
    try:
        look_first(_SECONDS)
    except TemporalUnreachable:
        return
    from temporalio.service import RPCError

    from engine.client import connect
    from engine.same_case_file import unlike_the_running

    async def ask() -> str | None:
        client = await connect(keys=None, seconds=_SECONDS, payloads=False)
        async with asyncio.timeout(_SECONDS):
            return await unlike_the_running(client, settings.database, settings.task_queue)

    try:
        problem = asyncio.run(ask())
    except (TemporalUnreachable, TimeoutError, RPCError):
        return
    except NoCaseFile:
        return  # Whoever opens it says why.
    if problem is not None:
        failed(problem)
