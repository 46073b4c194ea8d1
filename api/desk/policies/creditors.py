"""`/desk/schuldeisers`: who collects, and by which profile; an administrator makes one, or changes it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from importlib.resources import files
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.desk.acting import Outcome, acted
from api.desk.rendering import ROOT
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.parties import creditor_names
from casefile.people import DeskRole
from casefile.session import reading
from policies.problems import Problem as FileProblem
from policies.problems import SourceError
from services.importing.profiles import (
    OtherAccountStored,
    OtherPolicyStored,
    ProfileChange,
    keep_profile,
    kept_profile,
    profile_change,
    profile_in,
)

__all__ = ["creditors_router"]

_OPTIONAL = ("address:", "kvk:", "vat:", "enterprise_number:", "phone:")
_NAMED = re.compile(r"(id|name|iban|email):[^#]*(#.*)?")
_MOST = 60_000
"""Signs of a profile."""


def creditors_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/schuldeisers")
    async def creditors(visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """The creditors, and the form: of one of them, or for a new one."""
        wanted = visit.request.query_params.get("schuldeiser", "")[:64]
        text = await asyncio.to_thread(_begins, visit, wanted)
        return await _shown(visit, text)

    @router.post("/schuldeisers")
    async def sent(visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Say what a profile would change; or keep it, as it was shown."""
        form = await form_of(visit.request)
        text = str(form.get("tekst", "")).replace("\r\n", "\n")[: _MOST + 1]
        accepts = form.get("rekening") == "ja"
        if not text.strip() or len(text) > _MOST:
            return await _shown(visit, text, 422, problem="write the profile, in at most 60,000 signs")
        file, seen = visit.desk.inside.file, hashlib.sha256(f"{accepts} {text}".encode()).hexdigest()
        try:
            profile = await asyncio.to_thread(profile_in, file, text, "creditor.yaml")
        except SourceError as error:
            return await _shown(visit, text, 422, findings=tuple(error.problems))
        change = await asyncio.to_thread(profile_change, file, profile)
        if form.get("wat") != "vastleggen" or form.get("gezien") != seen or (change.new_account and not accepts):
            return await _shown(visit, text, change=change, seen=seen, called=profile.creditor.name, accepts=accepts)

        async def do() -> Outcome:
            try:
                await asyncio.to_thread(keep_profile, file, profile, accept_new_account=accepts)
            except (OtherAccountStored, OtherPolicyStored) as problem:
                return Outcome("refused", str(problem))
            return Outcome("done")

        outcome = await acted(visit, "save_creditor", profile.creditor.id, do, " ".join(change.fields)[:500])
        if not outcome.is_done:
            return await _shown(visit, text, 409, problem=outcome.says)
        return visit.to(f"{ROOT}/schuldeisers?schuldeiser={quote(profile.creditor.id)}&gedaan=ja")

    return router


def _begins(visit: Visit, wanted: str) -> str:
    if not wanted:
        return _blank((files("samples") / "creditor.yaml").read_text(encoding="utf-8"))
    kept = kept_profile(visit.desk.inside.file, wanted) if "\0" not in wanted else None
    if kept is None:
        raise Problem(404, "no_such_creditor", "there is no such creditor")
    return kept


def _blank(sample: str) -> str:
    """The sample without what it says of somebody who does not exist: what must be there is empty."""
    lines, partner = [], False
    for line in sample.splitlines()[1:]:
        partner = line.startswith("partner:") or (partner and line.startswith(" "))
        named = _NAMED.fullmatch(line)
        if partner or line.startswith(_OPTIONAL):
            lines.append(f"# {line}")
        elif named is not None:
            lines.append(f"{named[1]}:{'  ' if named[2] else ''}{named[2] or ''}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


async def _shown(
    visit: Visit,
    text: str,
    status: int = 200,
    *,
    problem: str = "",
    findings: tuple[FileProblem, ...] = (),
    change: ProfileChange | None = None,
    seen: str = "",
    called: str = "",
    accepts: bool = False,
) -> Response:
    def look() -> dict[str, str]:
        with reading(visit.desk.inside.file.database) as session:
            return creditor_names(session)

    return visit.page(
        "creditors",
        status,
        creditors=await asyncio.to_thread(look),
        wanted=visit.request.query_params.get("schuldeiser", ""),
        done=visit.request.query_params.get("gedaan") == "ja" and visit.request.method == "GET",
        text=text,
        problem=problem,
        findings=findings,
        change=change,
        seen=seen,
        called=called,
        accepts=accepts,
    )
