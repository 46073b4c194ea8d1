"""`/desk/beleid`: the policies in force, and what an edited one would change before anybody adopts it."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from api.desk.intake.uploaded import dropped_files
from api.desk.rendering import ROOT, plain_headers
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.people import DeskRole
from casefile.policies_in_use import known_policies
from casefile.session import reading
from letters.render import known_letters
from policies.load import LoadedPolicy, load_policy
from policies.problems import Problem as FileProblem
from policies.problems import SourceError
from services.policy_change import PolicyChange, policy_change
from services.policy_words import change_text

__all__ = ["policy_router"]

_SOON = 3.0
_MOST_BYTES = 200_000
_ROWS = 200


class _Left(Exception):
    """Nobody waits for it any more."""


def policy_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/beleid")
    async def policies(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The policies in force, and the form for an edited one."""
        return await _page(visit)

    @router.post("/beleid")
    async def compared(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Find out what an edited policy would change; nothing is recorded."""
        form = await form_of(visit.request)
        files = await dropped_files(form, "bestand")
        text = files[0].content.decode("utf-8", "replace") if files else str(form.get("tekst", ""))
        name = files[0].name if files else "tekst"
        typed, instead_of = text[:_MOST_BYTES], str(form.get("in_plaats_van", ""))[:100]
        if not text.strip() or len(text) > _MOST_BYTES:
            return await _page(visit, 422, typed=typed, problem="give an edited policy: its file, or its text")
        try:
            loaded = load_policy(text.replace("\r\n", "\n"), name, known_letters())
        except SourceError as error:
            return await _page(visit, 422, typed=typed, findings=error.problems)
        if loaded.errors:
            return await _page(visit, 422, typed=typed, findings=[each.problem for each in loaded.errors])
        job = secrets.token_hex(16)
        _begin(visit, job, loaded, instead_of)
        await visit.desk.jobs.settle(job, _SOON)
        return visit.to(f"{ROOT}/beleid/vergelijking/{job}")

    @router.get("/beleid/vergelijking/{job_id}")
    async def shown(job_id: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """How far it is, and what would change; with `?als=json` as data."""
        jobs = visit.desk.jobs
        found, progress = jobs.kept(job_id), jobs.progress(job_id)
        if not isinstance(found, PolicyChange) and progress is None:
            raise Problem(404, "no_such_comparison", "this comparison is not kept any more: make it again")
        if isinstance(found, PolicyChange) and visit.request.query_params.get("als") == "json":
            return JSONResponse(found.model_dump(mode="json"), headers=plain_headers())
        return visit.page("policy_change", found=found, progress=progress, job=job_id, change_text=change_text)

    return router


def _begin(visit: Visit, job: str, loaded: LoadedPolicy, instead_of: str) -> None:
    file, jobs, now = visit.desk.inside.file, visit.desk.jobs, visit.now

    def work(progress: object) -> None:
        assert callable(progress)
        found = policy_change(file, loaded.policy, now, instead_of=instead_of or None, most=_ROWS, progress=progress)
        jobs.keep(job, found)

    jobs.start(job, work, _Left)


async def _page(
    visit: Visit,
    status: int = 200,
    *,
    typed: str = "",
    problem: str = "",
    findings: list[FileProblem] | tuple[FileProblem, ...] = (),
) -> Response:
    def look() -> tuple[tuple[str, int], ...]:
        with reading(visit.desk.inside.file.database) as session:
            return known_policies(session)

    known = await asyncio.to_thread(look)
    return visit.page("policy", status, known=known, typed=typed, problem=problem, findings=findings)
