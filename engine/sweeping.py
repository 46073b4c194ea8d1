"""Telling Temporal what a command wrote, where anybody listens; else a worker does when it starts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from casefile.case_file import CaseFile
from config.settings import Settings
from engine.listening import TemporalUnreachable, look_first
from speech.words import tr

if TYPE_CHECKING:
    from engine.dispatcher import Dispatcher

__all__ = ["NotTold", "dispatch", "sweep", "undelivered"]

_SECONDS = 3.0
"""Longest time to wait for Temporal."""

T = TypeVar("T")


class NotTold(Exception):
    """Temporal is there, and could not be told; the text is what it says."""


async def dispatch(
    file: CaseFile, settings: Settings, work: Callable[[Dispatcher], Awaitable[T]], *, seconds: float = _SECONDS
) -> T:
    """Do something with a dispatcher; the SDK is imported once somebody listens, for a person waits for it.

    Args:
        file: The case file.
        settings: The deployment's.
        work: What is to be done.
        seconds: Longest time to wait for Temporal.

    Raises:
        TemporalUnreachable: nobody answers.
        NotTold: it was refused.
    """
    await asyncio.to_thread(look_first, seconds)
    from temporalio.service import RPCError

    from engine.client import connect
    from engine.dispatcher import Dispatcher

    client = await connect(keys=settings.key_ring, seconds=seconds)
    try:
        return await work(
            Dispatcher(client, file, settings.task_queue, step_seconds=settings.step_seconds, readable=settings.shown)
        )
    except RPCError as problem:
        raise NotTold(problem.message) from problem


async def sweep(file: CaseFile, settings: Settings) -> tuple[int, int, str | None]:
    """Deliver what was written: cases started, cases told, and why not when Temporal is away: a worker does it then."""
    try:
        started, told = await dispatch(file, settings, lambda dispatcher: dispatcher.sweep())
    except TemporalUnreachable as problem:
        return 0, 0, str(problem)
    except NotTold as problem:
        return 0, 0, f"Temporal could not start the cases: {problem}"
    return started, told, None


def undelivered(file: CaseFile, settings: Settings, work: Callable[[Dispatcher], Awaitable[None]]) -> str | None:
    """Do something with a dispatcher from a command; why that was not possible, None where it was."""
    try:
        asyncio.run(dispatch(file, settings, work))
    except TemporalUnreachable as problem:
        return str(problem)
    except NotTold as problem:
        return tr("Temporal could not be told: {problem}", problem=problem)
    return None
