"""`/desk/quarantaine`: messages that could not be used, until a person tries them again or lays them aside."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.acting import Outcome, acted, message_id, tell
from api.desk.rendering import ROOT
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.people import DeskRole
from casefile.quarantine import QuarantinedMessage

__all__ = ["quarantine_router"]


def quarantine_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/quarantaine")
    async def messages(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """All that nobody has dealt with."""

        def look() -> tuple[QuarantinedMessage, ...]:
            with visit.desk.inside.file.read() as transaction:
                return transaction.quarantine.unsettled()

        return visit.page("quarantine", rows=await asyncio.to_thread(look))

    @router.post("/quarantaine/opnieuw")
    async def tried_again(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Try a message again as it came."""
        return await _settle(visit, "resubmit_quarantined")

    @router.post("/quarantaine/opzij")
    async def laid_aside(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Lay a message aside for good; its bytes stay."""
        return await _settle(visit, "dismiss_quarantined")

    return router


async def _settle(visit: Visit, name: str) -> Response:
    form = await form_of(visit.request)
    case_id, of = str(form.get("case", ""))[:700], str(form.get("id", ""))[:700]

    def known() -> bool:
        with visit.desk.inside.file.read() as transaction:
            return transaction.cases.closed(case_id) is not None

    if not case_id or "\0" in case_id + of:
        raise Problem(404, "no_such_message", "there is no such message in quarantine")
    if await asyncio.to_thread(known):
        outcome = await tell(
            visit, case_id, name, {"of": of}, message=message_id(visit, of, f"{name} {case_id}"), mark=None
        )
    elif name == "dismiss_quarantined":
        outcome = await _lay_aside(visit, case_id, of)
    else:
        raise Problem(404, "no_such_case", "there is no such case: its message waits until the invoice is imported")
    if not outcome.is_done:
        raise Problem(409, "refused_by_rule", outcome.says)
    return visit.to(f"{ROOT}/quarantaine")


async def _lay_aside(visit: Visit, case_id: str, of: str) -> Outcome:
    """A message for a case that does not exist."""

    def settle() -> bool:
        with visit.desk.inside.file.write(case_id) as transaction:
            if transaction.quarantine.message(case_id, of) is None:
                return False
            transaction.quarantine.dismiss_stranger(case_id, of)
        return True

    async def do() -> Outcome:
        if await asyncio.to_thread(settle):
            return Outcome("done")
        return Outcome("refused", "there is no such message in quarantine")

    return await acted(visit, "dismiss_quarantined", case_id, do, of)
