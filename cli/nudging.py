"""Behind `maanwerk nudge`."""

import asyncio

import typer
from temporalio.service import RPCError

from casefile.case_file import CaseFile
from cli.case.actions import find_case, opened_case_file
from cli.environment import read_settings
from cli.failing import failed, refused
from config.settings import Settings
from engine.client import TemporalUnreachable, connect
from engine.dispatcher import Dispatcher
from speech.words import tr

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
            woken = asyncio.run(_wake(file, settings, found, every=every))
        except TemporalUnreachable as problem:
            failed(str(problem))
        except RPCError as problem:
            failed(f"Temporal could not be told: {problem.message}")
    typer.echo(tr("woken: {number}", number=woken))


async def _wake(file: CaseFile, settings: Settings, cases: tuple[str, ...], *, every: bool) -> int:
    client = await connect(keys=settings.key_ring)
    dispatcher = Dispatcher(client, file, settings.task_queue, step_seconds=settings.step_seconds)
    if every:
        return await dispatcher.nudge_all()
    for case in cases:
        await dispatcher.nudge(case)
    return len(cases)
