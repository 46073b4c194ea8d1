"""Behind `maanwerk nudge`."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import typer

from cli.case.actions import find_case, opened_case_file
from cli.environment import read_settings
from cli.failing import failed, refused
from engine.listening import TemporalUnreachable
from engine.sweeping import NotTold, dispatch
from speech.words import tr

if TYPE_CHECKING:
    from engine.dispatcher import Dispatcher

__all__ = ["run"]


def run(cases: tuple[str, ...], *, every: bool) -> None:
    """Wake these cases, or every open one.

    Args:
        cases: Case ids or invoice numbers.
        every: Wake every open case.
    """
    if every == bool(cases):
        refused("maanwerk: name cases, or say --all")
    settings = read_settings()
    with opened_case_file() as file:
        with file.read() as transaction:
            found = tuple(find_case(transaction, case) for case in cases)
        try:
            woken = asyncio.run(dispatch(file, settings, partial(_wake, cases=found, every=every), seconds=5))
        except TemporalUnreachable as problem:
            failed(str(problem))
        except NotTold as problem:
            failed(f"Temporal could not be told: {problem}")
    typer.echo(tr("woken: {number}", number=woken))


async def _wake(dispatcher: Dispatcher, *, cases: tuple[str, ...], every: bool) -> int:
    if every:
        return await dispatcher.nudge_all()
    for case in cases:
        await dispatcher.nudge(case)
    return len(cases)
