"""Rounds: looking again and again whether every open case has a run that can go on, and mending what has not.

What a round costs does not grow with the number of cases, as long as all is well: two short lists and two counts. All
living runs are listed when the counts say that something changed, and now and then in any case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from temporalio.client import Client
from temporalio.service import RPCError

from casefile.case_file import CaseFile
from casefile.searched_runs import searched_runs_of, was_searched
from engine.runs.listing import JAMMED, count_living, ended, living, reported
from engine.runs.repairing import Diagnosis, Finding, Repair, Repairer

__all__ = ["Rounds", "Troubles"]

_AT_ONCE = 8
_OVERLAP = timedelta(minutes=10)
"""How far each round looks back beyond the one before: the list follows what happens by a moment."""
_LIST_EVERY = 10
_MOST_REPAIRS = 200
"""Most cases that one round mends; the next goes on."""
_MOST_ENDED = 20
"""Most jammed runs that one round ends: a bad deploy jams them all, and is mended by a roll back."""
_MOST_ENDS = 3
"""So many runs of an open case may end by themselves within a day before no other is begun."""
_MOST_SUSPECTS = 50
_MANY, _SHARE = 100, 0.1
"""More cases without a run than both of these are no accident but a wrong namespace, or a Temporal that was emptied."""
_TOLD_AGAIN = timedelta(hours=1)
_TRIED_AGAIN = timedelta(minutes=10)
"""When a history is read again that could not be read whole."""
_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Troubles:
    """How the cases stood in Temporal when the last round was over.

    Attributes:
        without_run: Open cases that had no living run and were not given one.
        jammed: Living runs whose task fails again and again.
        without_case: Living runs of which the case file knows no case.
    """

    without_run: int = 0
    jammed: int = 0
    without_case: int = 0


@dataclass
class Rounds:
    """Looks after all cases.

    Attributes:
        repairer: Mends one case.
        patience: How long a run's task may fail before the run is ended: a roll back mends it without.
        least_failures: How often it must have failed at least.
        ended_again: How long after a case's run was ended for failing the next one is left alone: it did not help.
        troubles: What the last round found; None before the first.
    """

    repairer: Repairer
    patience: timedelta = timedelta(minutes=10)
    least_failures: int = 3
    ended_again: timedelta = timedelta(days=1)
    troubles: Troubles | None = None
    _number: int = 0
    _difference: int | None = None
    _ended_since: datetime | None = None
    _without_run: int = 0
    _without_case: int = 0
    _not_before: dict[str, datetime] = field(default_factory=dict)
    _told: dict[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def _client(self) -> Client:
        return self.repairer.dispatcher.client

    @property
    def _file(self) -> CaseFile:
        return self.repairer.dispatcher.file

    @property
    def _now(self) -> datetime:
        return self.repairer.dispatcher.real_now()

    async def look(self, *, many: bool = False) -> tuple[Repair, ...]:
        """One round.

        Args:
            many: Whether many cases without a run are expected: somebody who knows begins them all.

        Returns:
            What was found wrong, and what was done.

        Raises:
            RPCError: Temporal can't tell, or be told.
        """
        begun = self._now
        repairs = await self._search_what_ended(begun)
        repairs += await self._mend_without_run({repair.case_id for repair in repairs}, many=many)
        jammed, more = await self._mend_jammed()
        self.troubles = Troubles(self._without_run, jammed, self._without_case)
        self._forget()
        return (*repairs, *more)

    # Runs that ended from outside ----------------------------------------------------------------------

    async def _search_what_ended(self, begun: datetime) -> list[Repair]:
        """Cases with runs that ended from outside and were not searched: they may have begun another one since."""
        runs = await ended(self._client, since=self._ended_since)
        done = await asyncio.to_thread(self._searched, [run.run_id for run in runs])
        case_ids = list(dict.fromkeys(run.case_id for run in runs if run.run_id not in done))
        now = [case_id for case_id in case_ids if self._not_before.get(case_id, begun) <= begun][:_MOST_REPAIRS]
        repairs = await self._repair(now, lambda case_id: self.repairer.repair(case_id, end_jammed=False))
        # Only what could not be read is left for a while: a case that is jammed besides may end a run again at once.
        read = {repair.case_id for repair in repairs if not (repair.unread or repair.undecodable)}
        self._not_before.update({case_id: begun + _TRIED_AGAIN for case_id in now if case_id not in read})
        if len(now) == len(case_ids) and len(read) == len(now):
            self._ended_since = begun - _OVERLAP
        return repairs

    def _searched(self, run_ids: Collection[str]) -> frozenset[str]:
        with self._file.read() as transaction:
            return was_searched(transaction.session, run_ids)

    # Open cases without a run, runs without a case -----------------------------------------------------

    async def _mend_without_run(self, done: Collection[str], *, many: bool) -> list[Repair]:
        expected = await asyncio.to_thread(self._started)
        difference = await count_living(self._client) - len(expected)
        self._number += 1
        if difference == self._difference and self._number % _LIST_EVERY:
            return []
        alive = await living(self._client)
        opened, known = await asyncio.to_thread(self._open_and_all)
        # A case that was opened while the list was read is no finding yet; `expected` was read before it.
        suspects = sorted((expected & opened) - alive - set(done))
        await self._tell_strangers(sorted(alive - known))
        if not many and len(suspects) > _MANY and len(suspects) > _SHARE * len(opened):
            self._without_run = len(suspects)
            self._say_once(
                "many_cases_without_run",
                "",
                cases=len(suspects),
                hint="is it the right namespace and case file? then: maanwerk case repair --all",
            )
            return []
        repairs = await self._repair(suspects[:_MOST_REPAIRS], self._mend_one)
        self._without_run = len(suspects) - len(suspects[:_MOST_REPAIRS]) + sum(not each.mended for each in repairs)
        # What is mended changes the count, and the list may be behind it: it is looked at once more, until it stays.
        self._difference = None if suspects or done else difference
        return [repair for repair in repairs if repair.finding is not Finding.WELL]

    async def _mend_one(self, case_id: str) -> Repair:
        """The list may be behind: the run itself is asked."""
        diagnosis = await self.repairer.diagnose(case_id)
        if diagnosis.finding not in (Finding.ENDED, Finding.GONE):
            return Repair(case_id, Finding.WELL)
        if diagnosis.run is not None and await asyncio.to_thread(self._ends_by_itself, case_id):
            self._say_once(
                "case_ends_by_itself", case_id, hint="its case is open: look at it, then maanwerk case repair"
            )
            return Repair(case_id, Finding.ENDED, how=diagnosis.run.state, mended=False)
        return await self.repairer.repair(case_id, end_jammed=False, diagnosis=diagnosis)

    def _ends_by_itself(self, case_id: str) -> bool:
        """Whether runs of an open case end again and again by themselves: another one would do the same."""
        now = self._now
        with self._file.read() as transaction:
            runs = searched_runs_of(transaction.session, case_id)
        lately = [run for run in runs if run.ended == "completed" and now - run.searched_at < _LATELY]
        return len(lately) >= _MOST_ENDS

    async def _tell_strangers(self, case_ids: Iterable[str]) -> None:
        number = 0
        for case_id in list(case_ids)[:_MOST_REPAIRS]:
            diagnosis = await self.repairer.diagnose(case_id)
            if diagnosis.finding is Finding.NO_CASE:
                number += 1
                self._say_once("run_without_case", case_id, hint="is it the right case file, or an older one?")
        self._without_case = number

    def _started(self) -> frozenset[str]:
        with self._file.read() as transaction:
            return frozenset(transaction.cases.open_ids()) - frozenset(transaction.starts.unstarted())

    def _open_and_all(self) -> tuple[frozenset[str], frozenset[str]]:
        with self._file.read() as transaction:
            return frozenset(transaction.cases.open_ids()), frozenset(transaction.cases.ids())

    # Runs whose task fails -----------------------------------------------------------------------------

    async def _mend_jammed(self) -> tuple[int, list[Repair]]:
        """Those that Temporal reports, and those that should have done something and did not."""
        suspects = dict.fromkeys(run.case_id for run in await reported(self._client))
        suspects.update(dict.fromkeys(await asyncio.to_thread(self._late)))
        found: list[Diagnosis] = []

        async def ask(case_id: str) -> Repair:
            diagnosis = await self.repairer.diagnose(case_id)
            if diagnosis.finding is Finding.JAMMED:
                found.append(diagnosis)
            return Repair(case_id, diagnosis.finding)

        await self._repair(suspects, ask)
        ripe = {each.case_id: each for each in found if await asyncio.to_thread(self._is_ripe, each)}
        for each in found:
            if each.case_id not in ripe and each.fails is not None:
                self._say_once(
                    "case_jammed",
                    each.case_id,
                    cause=each.fails.cause,
                    failures=each.fails.times,
                    since=each.fails.since.isoformat(timespec="seconds"),
                    hint="roll back a bad deploy, or: maanwerk case repair",
                )
        now = list(ripe)[:_MOST_ENDED]
        repairs = await self._repair(now, lambda case_id: self.repairer.repair(case_id, diagnosis=ripe[case_id]))
        return len(found) - sum(repair.mended for repair in repairs), repairs

    def _late(self) -> tuple[str, ...]:
        """Some cases that should have recorded or decided something by now; a task that fails is one reason."""
        with self._file.read() as transaction:
            return transaction.cases.late(self._now - self.patience, _MOST_SUSPECTS)

    def _is_ripe(self, diagnosis: Diagnosis) -> bool:
        """Whether a run failed long and often enough to be ended, and none of the case was just before."""
        fails, now = diagnosis.fails, self._now
        if fails is None or fails.times < self.least_failures or now - fails.since < self.patience:
            return False
        with self._file.read() as transaction:
            runs = searched_runs_of(transaction.session, diagnosis.case_id)
        return not any(run.ended == JAMMED and now - run.searched_at < self.ended_again for run in runs)

    # How -----------------------------------------------------------------------------------------------

    async def _repair(self, case_ids: Iterable[str], work: Callable[[str], Awaitable[Repair]]) -> list[Repair]:
        """Work on several cases at once; one that fails does not stop the others."""
        places = asyncio.Semaphore(_AT_ONCE)
        log = structlog.get_logger("maanwerk.worker")

        async def one(case_id: str) -> Repair | None:
            async with places:
                try:
                    repair = await work(case_id)
                except (RPCError, OperationalError) as problem:
                    reason = problem.message if isinstance(problem, RPCError) else str(problem.orig)
                    log.warning("case_not_repaired", case_id=case_id, reason=reason)
                    return None
            if repair.searched or repair.begun or repair.unread or repair.lost:
                log.warning(
                    "case_repaired" if repair.mended else "case_not_repaired",
                    case_id=case_id,
                    found=repair.finding.value,
                    how=repair.how,
                    histories=repair.searched,
                    messages_rescued=repair.rescued,
                    undecodable=repair.undecodable,
                    unread=repair.unread,
                    lost=repair.lost,
                    run_begun=repair.begun,
                )
            return repair

        done = await asyncio.gather(*(one(case_id) for case_id in case_ids))
        return [repair for repair in done if repair is not None]

    def _say_once(self, event: str, case_id: str, **more: object) -> None:
        """Log a finding that stays, once an hour."""
        now = self._now
        if now - self._told.get((event, case_id), datetime.min.replace(tzinfo=now.tzinfo)) < _TOLD_AGAIN:
            return
        self._told[event, case_id] = now
        about = {"case_id": case_id} if case_id else {}
        structlog.get_logger("maanwerk.worker").warning(event, **about, **more)

    def _forget(self) -> None:
        now = self._now
        self._told = {what: at for what, at in self._told.items() if now - at < _TOLD_AGAIN}
        self._not_before = {case_id: until for case_id, until in self._not_before.items() if until > now}
