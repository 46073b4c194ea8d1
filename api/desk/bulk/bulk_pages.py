"""The same for many cases at `/desk/bulk`: what would happen first, then a job with an address of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID, uuid5

from fastapi import APIRouter, Response

from api.desk.bulk.bulk_acts import ACTS, ASSIGN, UNDO, BulkAct, Offered, act_named, role_of_job
from api.desk.bulk.bulk_running import conclude_act
from api.desk.bulk.bulk_undoing import cases_to_undo, job_undone, query_undoing, undoing_in, undone_id, were_assigned_to
from api.desk.fields import Typed, read_form
from api.desk.lists.list_query import query_of
from api.desk.lists.lists import PAGE, whole_number
from api.desk.rendering import ROOT
from api.desk.visiting import MayNot, Visit, form_of, needs
from api.operator.problems import Problem
from casefile.acts import Act, Begun, Repeat, begin
from casefile.assignments import user_names
from casefile.bulk_jobs import (
    LEFT_OUT,
    BulkCase,
    BulkJob,
    counts_of,
    draft_job,
    job_cases,
    job_of,
    jobs,
    last_told,
    previewed,
    start_job,
    stop_job,
)
from casefile.list_columns import lists_of
from casefile.listing import ids_listed, listed_cases
from casefile.people import DeskRole
from casefile.session import Session, reading
from casefile.which_cases import Which
from domain.messages import Unreadable, read_message
from services.desk.bulk_policies import know_shipped, offered_policies
from services.desk.bulk_preview import Told, preview_of

__all__ = ["BULK_OUTCOMES", "MOST_CASES", "bulk_router"]

MOST_CASES = 5000
"""Cases of one job."""
_MOST_TICKED = 250
_NAMES = UUID("b0c4b9f1-3a53-4a39-8a20-9b42d2e6e5a1")
"""Namespace of the ids of jobs, which follow from the list that they come from: who presses twice makes one."""


def bulk_router() -> APIRouter:
    """The routes."""
    router = APIRouter()
    for act in (*ACTS, UNDO):
        name = act.message or act.key
        if act is not UNDO:
            router.add_api_route(f"/bulk/{act.key}/vooraf", _drafted_by(act), methods=["POST"], name=name)
        router.add_api_route(f"/bulk/{act.key}/{{job}}/vooraf", _tried_by(act), methods=["POST"], name=name)
        router.add_api_route(f"/bulk/{act.key}/{{job}}/doen", _done_by(act), methods=["POST"], name=name)

    @router.get("/bulk")
    async def all_jobs(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The last jobs."""

        def look() -> tuple[tuple[BulkJob, Mapping[str, int]], ...]:
            with reading(visit.desk.inside.file.database) as session:
                return tuple((job, counts_of(session, job.id)) for job in jobs(session, 25))

        return visit.page("bulk_jobs", jobs=await asyncio.to_thread(look), act_named=act_named, LEFT_OUT=LEFT_OUT)

    @router.get("/bulk/{job}")
    async def one(job: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """A job: before it is begun what would happen; then how far it is."""
        found = await asyncio.to_thread(_job, visit, job)
        if found.state == "draft":
            return await _draft_page(visit, found)
        return await _job_page(visit, found)

    @router.post("/bulk/{job}/stoppen")
    async def stopped(job: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Do no more of it."""
        found = await asyncio.to_thread(_job, visit, job)
        inside = visit.desk.inside
        if await asyncio.to_thread(stop_job, inside.file, found.id, visit.actor, visit.now):
            await asyncio.to_thread(conclude_act, inside, found.id)
        return visit.to(_address(found.id))

    @router.post("/bulk/{job}/verder")
    async def taken_up(job: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Go on with a job that stands still."""
        found = await asyncio.to_thread(_job, visit, job)
        visit.desk.running.start(found.id)
        return visit.to(_address(found.id))

    @router.post("/bulk/{job}/ongedaan")
    async def undone(job: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Draft the job that undoes one; nothing is undone yet."""
        found = await asyncio.to_thread(_job, visit, job)
        if found.state not in ("done", "stopped"):
            raise Problem(409, "under_way", "this job is under way: stop it first, or wait until it is done")
        if found.act == UNDO.key:
            raise Problem(409, "can_not_undo", "this undid another job: do it anew from the list instead")
        if not visit.may(role_of_job(found.act)):
            raise MayNot(visit.user, role_of_job(found.act))
        return visit.to(_address(await asyncio.to_thread(_undoing, visit, found)))

    return router


def _undoing(visit: Visit, of: BulkJob) -> str:
    """Draft it; who presses twice makes one."""
    file, own = visit.desk.inside.file, str(uuid5(_NAMES, f"{visit.user.id}|{UNDO.key}|{of.id}"))
    with reading(file.database) as session:
        cases = cases_to_undo(session, of.id)
    draft_job(file, own, visit.user.id, visit.actor, UNDO.key, query_undoing(of.id), cases, visit.now)
    draft = _job(visit, own)
    if draft.state == "draft":
        _try(visit, UNDO, draft, None, ())
    return own


def _address(job: str) -> str:
    return f"{ROOT}/bulk/{quote(job, safe='')}"


def _job(visit: Visit, job: str) -> BulkJob:
    with reading(visit.desk.inside.file.database) as session:
        found = job_of(session, job) if "\0" not in job else None
    if found is None or (found.state == "draft" and found.user_id != visit.user.id):
        raise Problem(404, "no_such_job", "there is no such job, or it was never begun and is gone")
    return found


# Before ----------------------------------------------------------------------------------------------------


def _drafted_by(act: BulkAct) -> Callable[..., Awaitable[Response]]:
    async def draft(visit: Visit) -> Response:
        form = await form_of(visit.request)
        query = str(form.get("keuze", ""))[:4000]
        ticked = list(dict.fromkeys(str(each)[:700] for each in form.getlist("zaak")))[:_MOST_TICKED]
        every = str(form.get("alle", "")) == "ja"
        if not ticked and not every:
            raise Problem(422, "no_cases", "no case is chosen: tick some in the list first")
        own = str(uuid5(_NAMES, f"{visit.user.id}|{act.key}|{str(form.get('form', ''))[:100]}|{every}|{ticked}"))
        cases = await asyncio.to_thread(_chosen, visit, query, None if every else ticked)
        if len(cases) > MOST_CASES:
            raise Problem(
                422, "too_many_cases", f"these are {len(cases)} cases; at most {MOST_CASES} at once: choose fewer"
            )
        file = visit.desk.inside.file
        await asyncio.to_thread(
            draft_job, file, own, visit.user.id, visit.actor, act.key, query if every else "", cases, visit.now
        )
        found = await asyncio.to_thread(_job, visit, own)
        if found.state == "draft" and not found.seen:
            await asyncio.to_thread(_try, visit, act, found, None, ())
        return visit.to(_address(own))

    draft.__annotations__["visit"] = Annotated[Visit, needs(act.role)]
    return draft


def _chosen(visit: Visit, query: str, ticked: list[str] | None) -> list[str]:
    """Ids of the cases of a filter, or of those ticked that there are."""
    listed = query_of(query, visit.today, visit.user)
    with lists_of(visit.desk.inside.file.database) as session:
        if ticked is None:
            return list(ids_listed(session, listed.searched(session), listed.order))
        known = set(ids_listed(session, Which(cases=[each for each in ticked if "\0" not in each])))
    return [each for each in ticked if each in known]


def _tried_by(act: BulkAct) -> Callable[..., Awaitable[Response]]:
    async def again(job: str, visit: Visit) -> Response:
        form = await form_of(visit.request)
        found = await asyncio.to_thread(_own_draft, visit, act, job)
        texts, without = _typed(act, form)
        await asyncio.to_thread(_try, visit, act, found, texts, without)
        return visit.to(_address(found.id))

    again.__annotations__["visit"] = Annotated[Visit, needs(act.role)]
    return again


def _done_by(act: BulkAct) -> Callable[..., Awaitable[Response]]:
    async def do(job: str, visit: Visit) -> Response:
        form = await form_of(visit.request)
        found = await asyncio.to_thread(_job, visit, job)
        if found.act != act.key or found.user_id != visit.user.id:
            raise Problem(404, "no_such_job", "there is no such job, or it was never begun and is gone")
        if found.state != "draft":
            # Pressed twice: it is under way.
            return visit.to(_address(found.id))
        texts, without = _typed(act, form)
        if (texts, list(without)) != (dict(found.content), list(found.seen.get("without", []))) or not _ready(found):
            # Only what was shown is done.
            await asyncio.to_thread(_try, visit, act, found, texts, without)
            return visit.to(_address(found.id))
        await asyncio.to_thread(_begin, visit, act, found)
        visit.desk.running.start(found.id)
        return visit.to(_address(found.id))

    do.__annotations__["visit"] = Annotated[Visit, needs(act.role)]
    return do


def _own_draft(visit: Visit, act: BulkAct, job: str) -> BulkJob:
    found = _job(visit, job)
    if found.act != act.key or found.state != "draft":
        raise Problem(404, "no_such_job", "there is no such job, or it was never begun and is gone")
    return found


def _ready(job: BulkJob) -> bool:
    """Whether its preview can be done: it was worked out, and there is something to do."""
    return bool(job.seen.get("number")) and not job.seen.get("problems")


def _begin(visit: Visit, act: BulkAct, job: BulkJob) -> None:
    file, number = visit.desk.inside.file, job.seen["number"]
    written = Act(visit.user.id, visit.actor, f"bulk {act.key}", f"{number} cases", job.id)
    begun = begin(file, written, visit.now, Repeat(job.id, "desk"))
    assert isinstance(begun, Begun)
    start_job(file, job.id, begun.seq, visit.now)


def _typed(act: BulkAct, form: Any) -> tuple[dict[str, str], tuple[str, ...]]:
    texts = {each.name: str(form.get(each.name, "")).strip()[:4000] for each in act.fields}
    without = dict.fromkeys(str(each).replace("\r\n", "\n")[:300] for each in form.getlist("zonder"))
    return {name: text for name, text in texts.items() if text}, tuple(without)


def _try(visit: Visit, act: BulkAct, job: BulkJob, texts: dict[str, str] | None, without: tuple[str, ...]) -> None:
    """Work out what a draft would do, and keep it with it; without texts nothing was typed yet."""
    file, first = visit.desk.inside.file, texts is None
    with lists_of(file.database) as session:
        cases = [each.case_id for each in job_cases(session, job.id, None, offset=0, limit=MOST_CASES)]
        marks = last_told(session, cases)
        offered: Any = _offered(session, cases)
        texts = _first(act, offered) if first else texts or {}
        typed = read_form(act.fields, texts, offered)
    problems = dict(typed.problems)
    content: dict[str, object] = {}
    if not problems:
        content = act.build(typed.values, visit.today)
        if act.message is not None:
            try:
                read_message(act.message, json.dumps(content).encode())
            except (Unreadable, ValueError) as problem:
                problems[act.fields[0].name if act.fields else ""] = str(problem)
    said = {**content, "actor": visit.actor}
    tell: Callable[[str], Told] | None = None
    if act.message is not None and not problems:
        tell = _the_same(act.message, said)
    seen: dict[str, object] = {"content": content, "problems": problems, "typed": not first}
    with file.read() as transaction:
        if act is UNDO:
            of = job_undone(transaction.session, job)
            if of is None:
                raise Problem(404, "no_such_job", "there is no such job, or it was never begun and is gone")
            tell = undoing_in(transaction, of, job.id, visit.actor)
        elif act.message == "change_policy" and not problems:
            if (version := know_shipped(transaction, str(content.get("policy", "")))) is not None:
                said.setdefault("version", version)
                content.setdefault("version", version)
        elif act.key == ASSIGN:
            debtors = [found for each in cases if (found := transaction.session.debtor_of(each)) is not None]
            seen["were"] = were_assigned_to(transaction.session, debtors)
        preview = preview_of(transaction, cases, tell, without, visit.now, visit.by)
    seen = {**preview.seen, **seen}
    previewed(file, job.id, texts, seen, preview.left_out, marks)


def _the_same(name: str, content: Mapping[str, object]) -> Callable[[str], Told]:
    def told(_: str) -> Told:
        return name, content

    return told


def _first(act: BulkAct, offered: Any) -> dict[str, str]:
    """What stands in the fields at first: where one thing can be chosen, that."""
    found = dict(act.begins)
    for each in act.fields:
        choices = each.choices(offered)
        if each.wanted and len(choices) == 1:
            found[each.name] = choices[0][0]
    return found


def _offered(session: Session, cases: list[str]) -> Offered:
    """What may be chosen in the fields: by the cases, and what there is."""
    tasks: dict[str, None] = {}
    for row in listed_cases(session, Which(cases=cases)):
        tasks |= dict.fromkeys(json.loads(row.open_tasks) if row.open_tasks else ())
    return Offered(tuple(tasks), offered_policies(session), user_names(session))


async def _draft_page(visit: Visit, job: BulkJob) -> Response:
    act = act_named(job.act)
    if act is None:
        raise Problem(404, "no_such_job", "there is no such job, or it was never begun and is gone")

    def look() -> Offered:
        with reading(visit.desk.inside.file.database) as session:
            cases = [each.case_id for each in job_cases(session, job.id, None, offset=0, limit=MOST_CASES)]
            return _offered(session, cases)

    offered = await asyncio.to_thread(look)
    shown = job.seen.get("problems") or {}
    # What nobody has typed yet is not wrong.
    problems = shown if job.seen.get("typed") else {}
    return visit.page(
        "bulk_before",
        job=job,
        act=act,
        seen=job.seen,
        offered=offered,
        typed=Typed(dict(job.content), {}, problems),
        ready=_ready(job),
        own=_address(job.id),
        back=_address(undone_id(job)) if act is UNDO else f"{ROOT}/zaken" + (f"?{job.query}" if job.query else ""),
    )


# Under way, and after --------------------------------------------------------------------------------------


async def _job_page(visit: Visit, job: BulkJob) -> Response:
    asked = visit.request.query_params.get("uitkomst")
    first = whole_number(visit, "vanaf_rij")

    def look() -> tuple[Mapping[str, int], str, tuple[BulkCase, ...]]:
        with reading(visit.desk.inside.file.database) as session:
            counts = counts_of(session, job.id)
            shown = asked if asked in counts else next((each for each in _FIRST if counts.get(each)), "")
            return counts, shown, job_cases(session, job.id, shown, offset=first, limit=PAGE)

    counts, outcome, cases = await asyncio.to_thread(look)
    total = sum(number for name, number in counts.items() if name != LEFT_OUT)
    return visit.page(
        "bulk",
        job=job,
        act=act_named(job.act),
        counts={name: number for name, number in counts.items()},
        outcome=outcome,
        outcomes=BULK_OUTCOMES,
        cases=cases,
        first=first,
        next_first=first + PAGE if first + PAGE < counts.get(outcome, 0) else None,
        total=total,
        done=total - counts.get("", 0),
        silent=job.is_silent(visit.now),
        own=_address(job.id),
        undoes=_address(undone_id(job)) if job.act == UNDO.key else "",
        may_undo=visit.may(role_of_job(job.act)),
    )


_FIRST = ("refused", "changed", "written", "accepted", "")
"""Which outcome is shown first: what somebody has to look at."""
BULK_OUTCOMES = {
    "refused": "refused",
    "changed": "changed by somebody else",
    "written": "written down, judged when a worker runs",
    "accepted": "done",
    "": "to be done",
    LEFT_OUT: "left out",
}
"""What became of a case, in English."""
