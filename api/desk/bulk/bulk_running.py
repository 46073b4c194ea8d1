"""Doing a job over many cases beside the pages: some at a time, each once, until it is done or stopped.

Each case is told under an id that follows from the job, so that a process that died half-way, or two at once, tell it
once. Whoever was told something by somebody else since the preview is left as he is.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.desk.bulk.bulk_acts import UNDO, BulkAct, act_named, told_as
from api.desk.bulk.bulk_undoing import job_undone, undoing_in
from api.desk.jobs import Jobs
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
from casefile.narrowed import narrowed
from casefile.people import users
from casefile.session import reading
from domain.messages import Unreadable
from services.desk.bulk_preview import Told
from services.desk.undoing import why_it_stays
from services.persons import known_user

__all__ = ["BulkRunning", "conclude_act"]

AT_ONCE = 20
"""Cases between two looks whether the job was stopped."""
_LOOK_SECONDS = 60.0
_UNSEEN = "who began this does not see this creditor, or no more"


class BulkRunning:
    """The jobs that this process works on."""

    def __init__(self, inside: Inside, jobs: Jobs) -> None:
        """Nothing is done yet.

        Args:
            inside: What the pages stand on.
            jobs: What runs them.
        """
        self._inside = inside
        self._jobs = jobs

    def start(self, job: str) -> None:
        """Work on a job, if nobody does."""
        self._jobs.go_on(f"bulk {job}", partial(self._run, job))

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
                messages = {each: told_as(own, each) for each in ids}
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
        results |= dict.fromkeys(await asyncio.to_thread(self._unseen, job, cases), ("refused", _UNSEEN))
        asked = [each.case_id for each in cases if each.case_id not in results]
        if act is None:
            results |= dict.fromkeys(asked, ("refused", "this version of Maanwerk does not know this act"))
        elif asked:
            results |= await self._done(job, act, asked)
        await asyncio.to_thread(conclude_cases, file, own, results, self._inside.now())
        return True

    async def _done(self, job: BulkJob, act: BulkAct, cases: Sequence[str]) -> dict[str, tuple[str, str]]:
        if act is UNDO:
            return await self._undone(job, cases)
        if act.message is None:
            user = str(job.content.get("user", ""))
            return await asyncio.to_thread(self._assigned, dict.fromkeys(cases, "" if user == "-" else user))
        by = await asyncio.to_thread(self._known, job)
        messages = {each: told_as(job.id, each) for each in cases}
        return await self._told(job, act.message, job.seen["content"], messages, by)

    def _known(self, job: BulkJob) -> str:
        """Who is known to ask for a job; nobody, where he is no user any more."""
        return next((known_user(user) for user in users(self._inside.file) if user.id == job.user_id), "")

    def _unseen(self, job: BulkJob, cases: Sequence[BulkCase]) -> tuple[str, ...]:
        """Cases that whoever made the job does not see, or no more."""
        who = next((user for user in users(self._inside.file) if user.id == job.user_id), None)
        if who is None or who.creditors is None:
            return ()
        with reading(narrowed(self._inside.file, who.creditors).database) as session:
            return tuple(each.case_id for each in cases if session.debtor_of(each.case_id) is None)

    def _assigned(self, users_of: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Give debtors to users, by cases of theirs; an empty id: to nobody."""
        file, now = self._inside.file, self._inside.now()
        debtors: dict[str, set[tuple[str, str]]] = {}
        with file.read() as transaction:
            for case_id, user in users_of.items():
                if (found := transaction.session.debtor_of(case_id)) is not None:
                    debtors.setdefault(user, set()).add(found)
        for user, of_them in debtors.items():
            assign_debtors(file, of_them, user or None, now)
        return dict.fromkeys(users_of, ("accepted", ""))

    async def _undone(self, job: BulkJob, cases: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Undo what another job did to cases."""

        def look() -> tuple[dict[str, Told], dict[str, str], str]:
            with self._inside.file.read() as transaction:
                of = job_undone(transaction.session, job)
                if of is None:
                    return dict.fromkeys(cases, why_it_stays(None)), {}, ""
                tell = undoing_in(transaction, of, job.id, job.actor)
                told = {each: tell(each) for each in cases}
                debtors = {each: transaction.session.debtor_of(each) or ("", "") for each in cases}
            were = of.seen.get("were", {})
            users_of = {each: str(were.get("\n".join(debtor), "")) for each, debtor in debtors.items()}
            return told, users_of, self._known(job)

        told, users_of, by = await asyncio.to_thread(look)
        results = {each: ("refused", what) for each, what in told.items() if isinstance(what, str)}
        silent = {each: users_of[each] for each, what in told.items() if what is None}
        results |= await asyncio.to_thread(self._assigned, silent)
        alike: dict[tuple[str, str], dict[str, str]] = {}
        for each, what in told.items():
            if isinstance(what, tuple):
                alike.setdefault((what[0], json.dumps(what[1])), {})[each] = told_as(job.id, each)
        # Those that are told the same are told together: each time is a way to Temporal of its own.
        for (name, content), messages in alike.items():
            results |= await self._told(job, name, json.loads(content), messages, by)
        return results

    async def _told(
        self, job: BulkJob, name: str, content: Mapping[str, object], messages: Mapping[str, str], by: str
    ) -> dict[str, tuple[str, str]]:
        """Tell cases the same."""
        try:
            answers = await self._inside.ask_many(messages, name, {**content, "actor": job.actor}, by=by)
        except (Unreadable, ValueError) as problem:
            return dict.fromkeys(messages, ("refused", str(problem)))
        return {case_id: (answers[case_id].outcome, answers[case_id].says) for case_id in messages}


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
