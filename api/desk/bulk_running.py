"""Doing a job over many cases beside the pages: some at a time, each once, until it is done or stopped.

Each case is told under an id that follows from the job, so that a process that died half-way, or two at once, tell it
once. Whoever was told something by somebody else since the preview is left as he is.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.desk.bulk_acts import BulkAct, act_named
from api.operator.inside import Inside
from casefile.acts import Act, Begun, conclude
from casefile.assignments import assign_debtors
from casefile.bulk_jobs import (
    LEFT_OUT,
    BulkCase,
    BulkJob,
    claim_job,
    conclude_cases,
    counts_of,
    end_job,
    job_of,
    last_told,
    next_cases,
    unfinished_jobs,
    was_told,
)
from casefile.people import users
from casefile.session import reading
from domain.messages import Unreadable
from services.persons import known_user

__all__ = ["BulkRunning", "conclude_act"]

AT_ONCE = 20
"""Cases between two looks whether the job was stopped."""
_LOOK_SECONDS = 60.0
_NAMES = UUID("6f0a0b43-64f5-4f55-9d5f-0c7f6f6f6a35")
"""Namespace of the ids that follow from jobs."""


def _message(job: str, case_id: str) -> str:
    return f"desk:{uuid5(_NAMES, f'{job}|{case_id}')}"


class BulkRunning:
    """The jobs that this process works on."""

    def __init__(self, inside: Inside) -> None:
        """Nothing is done yet.

        Args:
            inside: What the pages stand on.
        """
        self._inside = inside
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def start(self, job: str) -> None:
        """Work on a job, if nobody does."""
        if job not in self._under_way:
            task = self._under_way[job] = asyncio.create_task(self._run(job))
            task.add_done_callback(lambda _: self._under_way.pop(job, None))

    async def take_up(self) -> None:
        """Go on with what a process before left undone."""
        file = self._inside.file

        def look() -> tuple[str, ...]:
            with reading(file.database) as session:
                return unfinished_jobs(session, self._inside.now())

        for job in await asyncio.to_thread(look):
            self.start(job)

    async def keep_on(self) -> None:
        """Look again and again for what another process left undone, as long as this one lives."""
        while True:
            try:
                await self.take_up()
            except SQLAlchemyError as error:
                structlog.get_logger("maanwerk.api").warning("bulk_jobs_not_read", reason=type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    async def finished(self) -> None:
        """Wait until nothing is under way here."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _run(self, job: str) -> None:
        file, now = self._inside.file, self._inside.now
        if not await asyncio.to_thread(claim_job, file, job, now()):
            return
        try:
            while await asyncio.to_thread(claim_job, file, job, now(), again=True):
                if not await self._some(job):
                    await asyncio.to_thread(end_job, file, job, now())
                    break
            await asyncio.to_thread(conclude_act, self._inside, job)
        except SQLAlchemyError as error:
            # It stands still, and its page says so: whoever takes it up goes on where it is.
            structlog.get_logger("maanwerk.api").warning("bulk_job_stands_still", reason=type(error).__name__)

    async def _some(self, own: str) -> bool:
        """Do some cases; False where none is left."""
        file = self._inside.file

        def look() -> tuple[BulkJob | None, tuple[BulkCase, ...], Mapping[str, str], frozenset[str]]:
            with reading(file.database) as session:
                cases = next_cases(session, own, AT_ONCE)
                ids = [each.case_id for each in cases]
                messages = {each: _message(own, each) for each in ids}
                return job_of(session, own), cases, last_told(session, ids), was_told(session, messages)

        job, cases, told, ours = await asyncio.to_thread(look)
        if job is None or not cases:
            return False
        act = act_named(job.act)
        changed = [
            each.case_id
            for each in cases
            if each.mark is not None and told[each.case_id] != each.mark and each.case_id not in ours
        ]
        results = dict.fromkeys(changed, ("changed", ""))
        asked = [each.case_id for each in cases if each.case_id not in results]
        if act is None:
            results |= dict.fromkeys(asked, ("refused", "this version of Maanwerk does not know this act"))
        elif asked:
            results |= await self._done(job, act, asked)
        await asyncio.to_thread(conclude_cases, file, own, results, self._inside.now())
        return True

    async def _done(self, job: BulkJob, act: BulkAct, cases: Sequence[str]) -> dict[str, tuple[str, str]]:
        if act.message is None:
            return await asyncio.to_thread(self._assigned, job, cases)
        content = {**job.seen["content"], "actor": job.actor}
        messages = {each: _message(job.id, each) for each in cases}
        try:
            by = await asyncio.to_thread(self._known, job)
            answers = await self._inside.ask_many(messages, act.message, content, by=by)
        except (Unreadable, ValueError) as problem:
            return dict.fromkeys(cases, ("refused", str(problem)))
        return {case_id: (answers[case_id].outcome, answers[case_id].says) for case_id in cases}

    def _known(self, job: BulkJob) -> str:
        """Who is known to ask for a job; nobody, where he is no user any more."""
        return next((known_user(user) for user in users(self._inside.file) if user.id == job.user_id), "")

    def _assigned(self, job: BulkJob, cases: Sequence[str]) -> dict[str, tuple[str, str]]:
        file, user = self._inside.file, str(job.content.get("user", ""))
        with file.read() as transaction:
            debtors = {found for each in cases if (found := transaction.session.debtor_of(each)) is not None}
        assign_debtors(file, debtors, None if user in ("", "-") else user, self._inside.now())
        return dict.fromkeys(cases, ("accepted", ""))


def conclude_act(inside: Inside, own: str) -> None:
    """Write down what became of a job, in its row of the log."""
    with reading(inside.file.database) as session:
        job, counts = job_of(session, own), counts_of(session, own)
    if job is None or not job.audit_seq:
        return
    told = {name or "not_done": number for name, number in counts.items() if name != LEFT_OUT}
    outcome = "stopped" if job.stopped_by is not None else "done"
    begun = Begun(job.audit_seq, Act(job.user_id, job.actor, f"bulk {job.act}", ""), None)
    detail = json.dumps({"job": own, **told, **({"stopped_by": job.stopped_by} if job.stopped_by else {})})
    conclude(inside.file, begun, outcome, detail, 200, "")
