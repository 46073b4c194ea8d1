"""Mending cases that have no living run, or one that can't go on.

A run may be terminated by the server or by a person, be reset, jam at a task that fails again and again, or be deleted
together with all that Temporal knew of it. The case file is enough to begin another. What the run was told and had
not recorded stands in its history only: it is read first, and put into the inbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from casefile.case_file import CaseFile
from casefile.searched_runs import was_searched
from engine.dispatcher import Dispatcher
from engine.runs.listing import ENDED_FROM_OUTSIDE, JAMMED, Failing, Run, describe, ended, failing, run_of
from engine.runs.rescuing import Searched, search_run
from engine.runs.status import is_about_the_namespace

__all__ = ["Diagnosis", "Finding", "Repair", "Repairer"]


class Finding(StrEnum):
    """What is wrong with a case."""

    WELL = "well"
    ENDED = "ended"
    GONE = "gone"
    JAMMED = "jammed"
    LEFT_BEHIND = "left_behind"
    NO_CASE = "no_case"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a case stands in the case file and in Temporal.

    Attributes:
        case_id: The case.
        known: Whether it is in the case file.
        open: Whether it is not closed there, or waits for the partner who has it.
        run: Its latest run; None when Temporal knows none.
        fails: How the task of its living run fails; None when it does not.
    """

    case_id: str
    known: bool
    open: bool
    run: Run | None
    fails: Failing | None = None

    @property
    def finding(self) -> Finding:
        """What is wrong, but for earlier runs that were not searched yet."""
        if self.run is not None and self.run.lives:
            if not self.known:
                return Finding.NO_CASE
            return Finding.JAMMED if self.fails else Finding.WELL
        if not self.open:
            return Finding.WELL
        return Finding.GONE if self.run is None else Finding.ENDED


@dataclass(frozen=True, slots=True)
class Repair:
    """What was found of a case, and what was done.

    Attributes:
        case_id: The case.
        finding: What was wrong.
        how: More of it in a word: how the run ended, why its task fails.
        searched: How many runs' histories were read.
        rescued: Messages found there that were not in the inbox, and are now.
        undecodable: Messages there that can't be decoded here.
        unread: Histories that could not be read.
        lost: Histories that are gone, though Temporal still lists the run.
        begun: Whether another run was begun.
        mended: Whether all is well now.
    """

    case_id: str
    finding: Finding
    how: str = ""
    searched: int = 0
    rescued: int = 0
    undecodable: int = 0
    unread: int = 0
    lost: int = 0
    begun: bool = False
    mended: bool = True

    @property
    def says(self) -> str:
        """What was found and done, in a sentence or two, without anything personal."""
        return "; ".join(self.parts)

    @property
    def parts(self) -> tuple[str, ...]:
        """The sentences of `says`."""
        parts = [self._found()]
        if self.searched:
            parts.append(f"{_number(self.searched, 'history')} read, {_number(self.rescued, 'message')} rescued")
        if self.undecodable:
            parts.append(
                f"{_number(self.undecodable, 'message')} can't be decoded here: set the keys, then repair it again"
            )
        if self.unread:
            parts.append(f"{_number(self.unread, 'history')} could not be read: repair it again")
        if self.lost:
            what = _number(self.lost, "history")
            parts.append(f"{what} gone: a signal not recorded before is not to be found any more")
        if self.begun:
            parts.append("another run was begun")
        elif not self.mended:
            parts.append("not mended")
        return tuple(parts)

    def _found(self) -> str:
        match self.finding:
            case Finding.WELL:
                return "nothing is wrong"
            case Finding.ENDED:
                return f"its run had ended ({self.how}), though the case is open"
            case Finding.GONE:
                return (
                    "Temporal knows no run of it: deleted, or older than what is kept there; a signal that was sent "
                    "straight to Temporal and not recorded before is not to be found any more"
                )
            case Finding.JAMMED:
                return f"its task fails again and again ({self.how})"
            case Finding.LEFT_BEHIND:
                return f"it runs, and an earlier run had ended ({self.how}) before all it was told was recorded"
            case Finding.NO_CASE:
                return (
                    "a workflow runs, but the case file has no such case: is it the right case file, or an older one? "
                    "What it is told goes to the quarantine"
                )


def _number(number: int, what: str) -> str:
    plural = "histories" if what == "history" else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


@dataclass
class _EndedRuns:
    """What came of searching the runs of a case that ended from outside."""

    searched: list[Searched]
    last: Run | None = None
    unread: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Repairer:
    """Mends cases one by one.

    Attributes:
        dispatcher: Starts and tells cases; has the client and the case file.
    """

    dispatcher: Dispatcher

    @property
    def _client(self) -> Client:
        return self.dispatcher.client

    @property
    def _file(self) -> CaseFile:
        return self.dispatcher.file

    async def diagnose(self, case_id: str) -> Diagnosis:
        """How a case stands; Temporal is asked, not its list.

        Raises:
            RPCError: Temporal can't tell.
        """
        try:
            described = await describe(self._client, case_id)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND or is_about_the_namespace(error):
                raise
            return await asyncio.to_thread(self._diagnosis, case_id, None, None)
        run = run_of(described)
        fails = await failing(self._client, described) if run.lives else None
        return await asyncio.to_thread(self._diagnosis, case_id, run, fails)

    def _diagnosis(self, case_id: str, run: Run | None, fails: Failing | None) -> Diagnosis:
        with self._file.read() as transaction:
            goes_on = transaction.cases.goes_on(case_id)
        return Diagnosis(case_id, goes_on is not None, goes_on is True, run, fails)

    async def repair(
        self,
        case_id: str,
        *,
        end_jammed: bool = True,
        anew: bool = False,
        diagnosis: Diagnosis | None = None,
        listed: Sequence[Run] | None = None,
    ) -> Repair:
        """Search what ended from outside, end what can't go on, and begin another run where an open case has none.

        Args:
            case_id: The case.
            end_jammed: Whether a run whose task fails is ended; else only what it was told is made durable.
            anew: Whether a run is ended in which nothing is found wrong, too.
            diagnosis: How it stands, where that was just found out.
            listed: Its runs that ended from outside, where Temporal was just asked for those of all cases.

        Raises:
            RPCError: Temporal can't be told.
        """
        before = diagnosis or await self.diagnose(case_id)
        jammed = before.finding is Finding.JAMMED
        end = (jammed and end_jammed) or (before.known and anew)
        searched = await self._give_up(before, end=end) if jammed or end else []
        live = before.run is not None and before.run.lives and not end
        ended_runs = await self._search_ended(before, listed)
        searched += ended_runs.searched
        finding = before.finding
        if finding is Finding.WELL and ended_runs.last is not None:
            finding = Finding.LEFT_BEHIND if before.known else Finding.NO_CASE
        result = Repair(
            case_id,
            finding,
            how=_how(before, ended_runs.last),
            searched=len({each.run.run_id for each in searched}),
            rescued=sum(each.rescued for each in searched),
            # A run that was searched twice counts as it was found at last.
            undecodable=sum({each.run.run_id: each.undecodable for each in searched}.values()),
            unread=ended_runs.unread,
            lost=ended_runs.lost,
        )
        begun = False
        if before.known and ((before.open and not live) or result.rescued):
            await self.dispatcher.nudge(case_id)
            begun = not live
        left = (finding is Finding.NO_CASE and live) or (finding is Finding.JAMMED and not end_jammed)
        return replace(result, begun=begun, mended=not (result.unread or result.undecodable or left))

    async def _give_up(self, before: Diagnosis, *, end: bool) -> list[Searched]:
        """Make durable what a run was told that can't go on, then end it; what came meanwhile is read after that."""
        run, fails = before.run, before.fails
        if run is None or not run.lives:
            return []
        searched = [await self._search(run)]
        if end:
            # Not whatever runs by now: somebody else may have begun another one.
            handle = self._client.get_workflow_handle(run.case_id, run_id=run.run_id)
            why = "asked for by a person" if fails is None else f"its task failed {fails.times} times ({fails.cause})"
            try:
                await handle.terminate(reason=f"{why}: another run begins from the case file")
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
            # Whole only now: what came since the first reading stands in it too.
            searched.append(await self._search(replace(run, state="terminated" if fails is None else JAMMED)))
        return searched

    async def _search_ended(self, before: Diagnosis, listed: Sequence[Run] | None) -> _EndedRuns:
        """Search the runs that ended from outside and were not searched."""
        if listed is None:
            listed = await ended(self._client, case_id=before.case_id)
        runs = {run.run_id: run for run in listed}
        latest = before.run
        # The list may not know yet how the latest run ended. One that ended by itself though its case is open may have
        # been told more than the case file knows: it was another one, or was put back.
        if latest is not None and (latest.state in ENDED_FROM_OUTSIDE or (latest.state == "completed" and before.open)):
            runs.setdefault(latest.run_id, latest)
        done = await asyncio.to_thread(self._searched, tuple(runs))
        result = _EndedRuns([])
        for run in runs.values():
            if run.run_id in done:
                continue
            result.last = run
            try:
                result.searched.append(await self._search(run))
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    result.lost += 1
                else:
                    result.unread += 1
        return result

    def _searched(self, run_ids: tuple[str, ...]) -> frozenset[str]:
        with self._file.read() as transaction:
            return was_searched(transaction.session, run_ids)

    async def _search(self, run: Run) -> Searched:
        real_now: datetime = self.dispatcher.real_now()
        return await search_run(self._client, self._file, run, self.dispatcher.clock.now(real_now), real_now)


def _how(before: Diagnosis, last: Run | None) -> str:
    if before.fails is not None:
        return f"{before.fails.cause}, {before.fails.times} times since {before.fails.since:%Y-%m-%d %H:%M} UTC"
    if before.run is not None and not before.run.lives:
        return before.run.state.replace("_", " ")
    return "" if last is None else last.state.replace("_", " ")
