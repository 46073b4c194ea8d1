"""What Temporal itself says of cases, for `maanwerk case`: asked quickly, and told as unknown where nobody answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cli.own_name import own_command
from engine.listening import TemporalUnreachable, look_first
from services.reports.case_report import CaseReport, EngineLine
from speech.words import tr

if TYPE_CHECKING:
    # Imported once somebody answers: who looks at a case waits for it.
    from engine.runs.status import EngineStatus

__all__ = ["engine_line", "with_engine"]

_SECONDS = 1.5
"""Longest time that somebody who looks at a case waits for Temporal."""


def with_engine(report: CaseReport) -> CaseReport:
    """The report with what Temporal says of the case; a pause in Temporal is a reason why nothing is sent."""
    answer = _asked(report.case_id)
    if isinstance(answer, str):
        return replace(report, engine=EngineLine("unknown", None, "", "", tr("not known: {why}", why=answer)))
    from engine.runs.status import EngineState

    line = engine_line(answer, report)
    missing = answer.state in (EngineState.CLOSED, EngineState.GONE) and report.started and not report.closed
    why = report.why
    if answer.paused:
        why = (tr("Temporal itself holds the case"), *why)
    elif answer.state is EngineState.JAMMED:
        why = (tr("its workflow task fails"), *why)
    elif missing:
        why = (tr("it has no living run in Temporal"), *why)
    return replace(report, engine=line, why=why)


def engine_line(status: EngineStatus, report: CaseReport) -> EngineLine:
    """What Temporal says of a case, in words."""
    from engine.runs.status import EngineState

    since = None
    match status.state:
        case EngineState.PAUSED:
            by = tr(" by {name}", name=status.by) if status.by else ""
            if status.since is not None:
                since = status.since.astimezone(ZoneInfo(report.zone)).strftime("%a %Y-%m-%d %H:%M")
            begun = tr(" since {moment} ({zone})", moment=since, zone=report.zone) if since else ""
            why = tr(' because "{reason}"', reason=status.reason) if status.reason else ""
            says = tr(
                "paused in Temporal{by}{begun}{why}: signals are kept, timers run, "
                "nothing is done until it is unpaused",
                by=by,
                begun=begun,
                why=why,
            )
        case EngineState.RUNNING:
            says = tr("running")
        case EngineState.JAMMED:
            if status.since is not None:
                since = status.since.astimezone(ZoneInfo(report.zone)).strftime("%a %Y-%m-%d %H:%M")
            says = tr(
                "its task failed {times} times since {since} ({why}): roll back a bad deploy, "
                "or begin another run: {command}",
                times=status.times,
                since=since,
                why=status.reason,
                command=own_command(f"case repair {report.number}"),
            )
        case EngineState.CLOSED if report.closed:
            says = tr("ended")
        case EngineState.CLOSED:
            says = tr(
                "ended ({why}), though the case is open: a worker mends it within a minute, or at once: {command}",
                why=status.reason,
                command=own_command(f"case repair {report.number}"),
            )
        case EngineState.GONE if report.closed or not report.started:
            says = ""
        case EngineState.GONE:
            says = tr(
                "Temporal does not know the case: a worker mends it within a minute, or at once: {command}",
                command=own_command(f"case repair {report.number}"),
            )
    return EngineLine(status.state.value, since, status.by, status.reason, says)


def _asked(case_id: str) -> EngineStatus | str:
    """What Temporal says of a case, or why it says nothing."""
    try:
        look_first(_SECONDS)
    except TemporalUnreachable as problem:
        return str(problem)
    from temporalio.service import RPCError

    from engine.client import connect
    from engine.runs.status import engine_status

    async def ask() -> EngineStatus:
        client = await connect(keys=None, seconds=_SECONDS)
        return await engine_status(client, case_id, seconds=_SECONDS)

    try:
        return asyncio.run(ask())
    except TemporalUnreachable as problem:
        return str(problem)
    except TimeoutError:
        return tr("Temporal does not answer in time")
    except RPCError as problem:
        return tr("Temporal does not answer: {problem}", problem=problem.message)
