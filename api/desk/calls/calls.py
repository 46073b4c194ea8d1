"""`/desk/bellen`: the list of calls, the debtor whom one calls, what to say to him, and what came of it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.calls.call_acting import record_call, undo_call
from api.desk.calls.call_form import read_call
from api.desk.calls.call_showing import CallState, show_call, show_effect, tried
from api.desk.rendering import call_url
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.call_claims import claims
from casefile.people import DeskRole
from services.calling.choosing import next_to_call, queue_in
from services.calling.queue import CallQueue

__all__ = ["calls_router"]


def calls_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/bellen")
    async def calls(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The debtor whom one is about to call, else the next one."""

        def look() -> tuple[CallQueue, tuple[str, str] | None]:
            with visit.desk.inside.file.read() as transaction:
                queue = queue_in(transaction, visit.now)
                held = claims(transaction.session, visit.now)
                mine = {key for key, each in held.items() if each.user_id == visit.user.id}
                kept = [each for each in queue.now if each.key in mine]
                found = next_to_call(transaction, kept, (), visit.now)
                found = found or next_to_call(transaction, queue.now, held.keys() - mine, visit.now)
                return queue, None if found is None else found.key

        queue, key = await asyncio.to_thread(look)
        return await show_call(visit, key, known=queue)

    @router.get("/bellen/{creditor}/{number}")
    async def call(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """One debtor to call, whether anything asks for it or not."""
        return await show_call(visit, _key(creditor, number))

    @router.post("/bellen/{creditor}/{number}")
    async def came(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """What came of it: shown with its effect, or recorded as it was shown."""
        key = _key(creditor, number)
        form = await form_of(visit.request)
        sent = {name: str(value) for name, value in form.items()}
        cases = tuple(str(each) for each in form.getlist("zaak"))[:100]
        own = sent.get("form", "")[:64]
        typed = read_call(sent, cases, visit.today, visit.user.language, own)
        state: CallState = await asyncio.to_thread(tried, visit, key, typed, own)
        if sent.get("wat") == "deel":
            return show_effect(visit, state)
        if not state.stands:
            return await show_call(visit, key, state, 422 if state.effects is None else 409)
        if sent.get("wat") != "vastleggen" or sent.get("gezien") != state.seen:
            return await show_call(visit, key, state)
        if sent.get("mark") != state.mark:
            return await show_call(visit, key, state.changed_meanwhile(), 409)
        done = await record_call(visit, state)
        if done.problem:
            return await show_call(visit, key, state.refused(done.problem), 409)
        return visit.to(await asyncio.to_thread(_next, visit, key, done.acts))

    @router.post("/bellen/{creditor}/{number}/ongedaan")
    async def undone(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Undo what was written down of a call, and ask for it again."""
        key = _key(creditor, number)
        form = await form_of(visit.request)
        await undo_call(visit, str(form.get("gedaan", "")))
        return visit.to(call_url(*key))

    return router


def _key(creditor: str, number: str) -> tuple[str, str]:
    if "\0" in creditor + number:
        raise Problem(404, "no_such_debtor", "this creditor has no debtor with this number")
    return creditor, number


def _next(visit: Visit, key: tuple[str, str], done: tuple[int, ...]) -> str:
    """Where to go on: to the next one, saying what was done with this one."""
    with visit.desk.inside.file.read() as transaction:
        queue = queue_in(transaction, visit.now)
        held = claims(transaction.session, visit.now)
        taken = {at for at, each in held.items() if each.user_id != visit.user.id}
        found = next_to_call(transaction, queue.now, taken, visit.now, after=key)
    after = f"?gedaan={'.'.join(map(str, done))}"
    return f"{call_url() if found is None else call_url(*found.key)}{after}"
