"""Behind `maanwerk case repair`: finds what is wrong with the runs of cases, mends it, and says so."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from temporalio.service import RPCError

from casefile.case_file import CaseFile
from casefile.cases import UnknownCase
from cli.case.actions import find_case, opened_case_file
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import console, print_errors, print_json, said_here
from cli.own_name import own_command
from config.settings import Settings
from engine.client import TemporalUnreachable, connect
from engine.dispatcher import Dispatcher
from engine.runs.listing import Run, ended, living
from engine.runs.repairing import Finding, Repair, Repairer
from speech.words import tr

__all__ = ["run"]

_AT_ONCE = 16


def run(cases: tuple[str, ...], *, every: bool, anew: bool, as_json: bool) -> None:
    """Mend these cases, or every one that needs it: exit 0 when all is well or mended, 1 where something is not.

    Args:
        cases: Case ids or invoice numbers; also the id of a workflow of which the case file knows no case.
        every: Look at every case.
        anew: Begin another run of these cases also where nothing is found wrong.
        as_json: Print JSON.
    """
    if every == bool(cases):
        refused("maanwerk: name cases, or say --all")
    if every and anew:
        refused("maanwerk: --anew is for cases that are named")
    settings = read_settings()
    with opened_case_file() as file:
        found = [] if every else _found(file, cases)
        try:
            repairs = asyncio.run(_repair(file, settings, found, every=every, anew=anew, quiet=as_json))
        except UnknownCase as problem:
            refused(
                f"{problem}, nor does Temporal know one: give a case id or an invoice number "
                f"({own_command('case list')})"
            )
        except TemporalUnreachable as problem:
            failed(str(problem))
        except RPCError as problem:
            failed(f"Temporal could not be told: {problem.message}")
    if as_json:
        print_json([{**asdict(repair), "finding": repair.finding.value, "says": repair.says} for repair in repairs])
    else:
        for repair in repairs:
            typer.echo(f"{repair.case_id}: {'; '.join(map(said_here, repair.parts))}")
        if every:
            typer.echo(_in_all(repairs))
    left = sum(not repair.mended for repair in repairs)
    if left:
        failed(tr("not mended: {number}", number=left))


def _in_all(repairs: Sequence[Repair]) -> str:
    if not repairs:
        return tr("nothing is wrong")
    mended, rescued = sum(repair.mended for repair in repairs), sum(repair.rescued for repair in repairs)
    return tr(
        "found: {found}, mended: {mended}, messages rescued: {rescued}",
        found=len(repairs),
        mended=mended,
        rescued=rescued,
    )


def _found(file: CaseFile, texts: Sequence[str]) -> list[str]:
    """The cases that a person means; an id that the case file does not know may still be that of a workflow."""
    with file.read() as transaction:
        return [
            text if text.startswith("case:") and not transaction.cases.find(text) else find_case(transaction, text)
            for text in dict.fromkeys(texts)
        ]


async def _repair(
    file: CaseFile, settings: Settings, cases: list[str], *, every: bool, anew: bool, quiet: bool
) -> list[Repair]:
    client = await connect(keys=settings.key_ring)
    repairer = Repairer(
        Dispatcher(client, file, settings.task_queue, step_seconds=settings.step_seconds, readable=settings.shown)
    )
    listed: Mapping[str, Sequence[Run]] | None = None
    if every:
        cases, listed = await _all(repairer)
    with file.read() as transaction:
        unstarted = frozenset(transaction.starts.unstarted())
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        console=console(),
        transient=True,
        disable=quiet or not console().is_terminal,
    ) as progress:
        bar = progress.add_task(tr("repairing"), total=len(cases))
        repairs = await _each(repairer, cases, unstarted, listed, lambda: progress.advance(bar), anew=anew)
    return [repair for repair in repairs if not every or repair.finding is not Finding.WELL or not repair.mended]


async def _all(repairer: Repairer) -> tuple[list[str], Mapping[str, Sequence[Run]]]:
    """Every open case, every case with runs that ended from outside (and those), and every workflow without a case."""
    client, file = repairer.dispatcher.client, repairer.dispatcher.file
    listed: dict[str, list[Run]] = defaultdict(list)
    for run in await ended(client):
        listed[run.case_id].append(run)
    with file.read() as transaction:
        opened = transaction.cases.open_ids()
    return sorted({*listed, *await living(client), *opened}), listed


async def _each(
    repairer: Repairer,
    cases: Sequence[str],
    unstarted: frozenset[str],
    listed: Mapping[str, Sequence[Run]] | None,
    done: Callable[[], None],
    *,
    anew: bool,
) -> list[Repair]:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(case_id: str) -> Repair:
        async with places:
            try:
                diagnosis = await repairer.diagnose(case_id)
                if not diagnosis.known and diagnosis.run is None:
                    raise UnknownCase(f"there is no case {case_id!r} in the case file")
                if diagnosis.finding is Finding.GONE and case_id in unstarted:
                    # It never ran: that is no trouble, only not begun yet.
                    await repairer.dispatcher.start(case_id)
                    return Repair(case_id, Finding.WELL)
                known = None if listed is None else listed.get(case_id, ())
                return await repairer.repair(case_id, anew=anew, diagnosis=diagnosis, listed=known)
            except RPCError as problem:
                print_errors(f"maanwerk: {case_id}: Temporal could not be told: {problem.message}")
                return Repair(case_id, Finding.WELL, mended=False)
            finally:
                done()

    return list(await asyncio.gather(*(one(case_id) for case_id in cases)))
