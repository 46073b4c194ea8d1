"""`/desk`: the morning in eight blocks, the stop of all sending, and the messages of today that a person keeps back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Response

from api.desk.acting import Outcome, acted, message_id, tell
from api.desk.rendering import ROOT
from api.desk.today.whose_today import Whose, whose_today
from api.desk.visiting import Visit, form_of, needs
from api.desk.writing import money
from api.operator.inside import found_case
from api.operator.problems import Problem
from casefile.acts import Recorded, acts
from casefile.news import last_fact
from casefile.people import DeskRole
from casefile.session import reading
from services.today.day import office_day
from services.today.morning import morning_of
from services.today.page import Morning
from services.today.stopping import CannotStop, resume, stop
from services.today.words import dated_text, kind_text, reasons_text, table_text, wait_text

__all__ = ["today_router"]

_MOST_VETOES = 200


def today_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("")
    @router.get("/")
    async def morning(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The morning."""
        return await _shown(visit)

    @router.post("/stoppen")
    async def stopped(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Send nothing today."""
        form = await form_of(visit.request)
        reason, own = str(form.get("reden", ""))[:500], message_id(visit, str(form.get("form", "")), "sending")

        async def do() -> Outcome:
            try:
                await asyncio.to_thread(stop, visit.desk.inside.file, reason, None, visit.actor, visit.now, own[:64])
            except CannotStop as problem:
                return Outcome("refused", str(problem))
            return Outcome("done")

        outcome = await acted(visit, "stop_sending", "all", do, "")
        if not outcome.is_done:
            return await _shown(visit, problem=outcome.says, status=422)
        return visit.to(ROOT)

    @router.post("/doorgaan")
    async def resumed(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Let everything leave again."""

        async def do() -> Outcome:
            try:
                gone = await asyncio.to_thread(resume, visit.desk.inside.file, visit.actor, visit.now)
            except CannotStop as problem:
                return Outcome("refused", str(problem))
            return Outcome("done" if gone else "refused", "" if gone else "sending is not stopped")

        outcome = await acted(visit, "resume_sending", "all", do, "")
        if not outcome.is_done and outcome.says:
            return await _shown(visit, problem=outcome.says, status=422)
        return visit.to(ROOT)

    @router.post("/tegenhouden")
    async def kept_back(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Keep messages of today back until tomorrow: a pause of their cases."""
        form = await form_of(visit.request)
        chosen = list(dict.fromkeys(str(each) for each in form.getlist("veto")))[:_MOST_VETOES]
        own = await asyncio.to_thread(_found, visit, chosen)
        until = office_day(visit.now) + timedelta(days=1)
        content = {"until": until.isoformat(), "reason": "kept back from the morning screen"}
        done = []
        for case_id in own:
            told = message_id(visit, str(form.get("form", "")), case_id)
            outcome = await tell(visit, case_id, "pause_case", content, message=told, mark=None)
            done.append(str(outcome.seq))
        return visit.to(f"{ROOT}?gedaan={'.'.join(done)}" if done else ROOT)

    return router


def _found(visit: Visit, chosen: list[str]) -> list[str]:
    with visit.desk.inside.file.read() as transaction:
        return [found_case(transaction, each) for each in chosen]


async def _shown(visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    def look() -> tuple[Morning, int, tuple[Recorded, ...], Whose]:
        file = visit.desk.inside.file
        with reading(file.database) as session:
            mark, whose = last_fact(session), whose_today(session, visit)
        return morning_of(file, visit.now, visit.user.id if whose.is_mine else ""), mark, _done(visit), whose

    found, mark, done, whose = await asyncio.to_thread(look)
    return visit.page(
        "today",
        status,
        morning=found,
        whose=whose,
        reasons=partial(reasons_text, amount=money),
        wait_text=wait_text,
        kind_text=kind_text,
        table_text=table_text,
        dated_text=dated_text,
        done=done,
        problem=problem,
        form=uuid4().hex,
        news=mark,
    )


def _done(visit: Visit) -> tuple[Recorded, ...]:
    """What this user did just now, as the address names it; of others, or of something else, nothing."""
    asked = visit.request.query_params.get("gedaan", "").split(".")[:25]
    numbers = [int(each) for each in asked if each.isascii() and each.isdecimal() and len(each) < 10]
    found = []
    for number in numbers:
        row = next(iter(acts(visit.desk.inside.file, before=number + 1, most=1)), None)
        if row is None or row.seq != number or row.key_id != visit.user.id or row.act != "pause_case":
            raise Problem(404, "no_such_act", "there is no such act of yours")
        found.append(row)
    return tuple(found)
