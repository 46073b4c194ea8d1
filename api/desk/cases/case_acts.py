"""What is done on the page of a case: its forms are tried before they are sent, sent once, undone where that can be.

A form is recorded only as it was previewed: whoever changes it after that sees first what it would do now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.acting import Outcome, acted, message_id, tell
from api.desk.cases.case_form import CaseForm
from api.desk.cases.case_forms import FORMS, NOTE
from api.desk.cases.case_showing import OpenForm, role_of_form, role_of_message, show_case
from api.desk.cases.case_trying import content_of, tried
from api.desk.fields import read_form
from api.desk.rendering import case_url
from api.desk.visiting import MayNot, Visit, form_of, needs
from api.operator.inside import found_case
from api.operator.problems import Problem
from casefile.acts import acts
from casefile.notes import keep_note, withdraw_note
from casefile.people import DeskRole
from domain.messages import FACTS
from services.desk.case_story import Event, story_since
from services.desk.undoing import undoing_of
from services.desk.whole_case import read_whole_case

__all__ = ["case_acts_router"]


def case_acts_router() -> APIRouter:
    """A route for each form, for notes, and for undoing."""
    router = APIRouter()
    for form in FORMS:
        router.add_api_route(
            f"/zaken/{{case_id}}/doen/{form.key}",
            _done_by(form),
            methods=["POST"],
            name=form.message,
            # The role differs by form, so each has a route that says which.
        )

    @router.post("/zaken/{case_id}/notitie")
    async def noted(case_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Keep a note."""
        form = await form_of(visit.request)
        own = await asyncio.to_thread(_found, visit, case_id)
        typed = read_form((NOTE,), {NOTE.name: form.get(NOTE.name, "")})
        if typed.problems:
            return await show_case(visit, own, status=422, note={**typed.texts, "problem": typed.problems[NOTE.name]})
        note = message_id(visit, str(form.get("form", "")), own)
        text, file = str(typed.values[NOTE.name]), visit.desk.inside.file

        async def do() -> Outcome:
            await asyncio.to_thread(keep_note, file, own, note, visit.user.id, visit.actor, text, visit.now)
            return Outcome("done")

        outcome = await acted(visit, "note", own, do, note)
        return visit.to(f"{case_url(own)}?gedaan={outcome.seq}")

    @router.post("/zaken/{case_id}/ongedaan")
    async def undone(case_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Undo what a person did, by what undoes it."""
        form = await form_of(visit.request)
        own = await asyncio.to_thread(_found, visit, case_id)
        return await _undo(visit, own, str(form.get("gedaan", "")))

    return router


def _done_by(form: CaseForm) -> Callable[..., Awaitable[Response]]:
    """The function of the route of a form."""

    async def do(case_id: str, visit: Visit) -> Response:
        return await _sent(visit, case_id, form)

    # The framework reads what a parameter is from its annotation; the role is this form's.
    do.__annotations__["visit"] = Annotated[Visit, needs(role_of_form(form))]
    return do


async def _sent(visit: Visit, case_id: str, form: CaseForm) -> Response:
    """A form that came in: shown with what it would do, or recorded as it was shown."""
    sent = await form_of(visit.request)
    own = await asyncio.to_thread(_found, visit, case_id)
    texts = {name: str(value) for name, value in sent.items()}
    form_id = texts.get("form", "")[:64] or uuid4().hex

    def read() -> OpenForm:
        with visit.desk.inside.file.read() as transaction:
            whole = read_whole_case(transaction, own, visit.now)
        typed = read_form(form.fields, texts, whole)
        if typed.problems:
            return OpenForm(form, typed, id=form_id)
        return tried(visit, own, form, typed, form_id)

    state = await asyncio.to_thread(read)
    wants = texts.get("wat") == "vastleggen" and texts.get("gezien") == state.seen and bool(state.seen)
    if state.effect is None:
        return await show_case(visit, own, state, 422)
    if not wants:
        return await show_case(visit, own, state, 409 if state.effect.refusal else 200)
    content = await asyncio.to_thread(content_of, visit, own, form, state.typed)
    outcome = await tell(
        visit, own, form.message, content, message=message_id(visit, form_id, own), mark=texts.get("mark") or None
    )
    if outcome.is_done:
        return visit.to(f"{case_url(own)}?gedaan={outcome.seq}")
    if outcome.code == "changed":
        # Nothing was recorded; the effect was worked out for the case as it is now.
        since = await asyncio.to_thread(_since, visit, own, texts.get("mark", ""))
        return await show_case(visit, own, replace(state, changed=True, since=since, id=uuid4().hex), 409)
    return await show_case(visit, own, replace(state, problem=outcome.says, id=uuid4().hex), 409)


def _since(visit: Visit, case_id: str, mark: str) -> tuple[Event, ...]:
    """What happened to a case after it was as far as a mark says, the newest first."""
    with visit.desk.inside.file.read() as transaction:
        return story_since(transaction, case_id, mark)


async def _undo(visit: Visit, case_id: str, seq: str) -> Response:
    if not seq.isascii() or not seq.isdecimal() or len(seq) > 9:
        raise Problem(404, "no_such_act", "there is nothing of that kind to undo")
    file = visit.desk.inside.file

    def look() -> tuple[str, str, dict[str, object]]:
        row = next(iter(acts(file, before=int(seq) + 1, most=1)), None)
        if row is None or row.seq != int(seq) or row.subject != case_id:
            raise Problem(404, "no_such_act", "there is nothing of that kind to undo")
        if row.act == "note":
            return "note", row.detail, {}
        with file.read() as transaction:
            found = undoing_of(transaction, case_id, row.detail)
        if found is None:
            raise Problem(409, "can_not_undo", "this can't be undone: what it did stands, or was undone already")
        return found[0], row.detail, found[1]

    name, detail, content = await asyncio.to_thread(look)
    if not visit.may(role_of_message(name)):
        raise MayNot(visit.user, role_of_message(name))
    if name == "note":

        async def withdraw() -> Outcome:
            gone = await asyncio.to_thread(withdraw_note, file, case_id, detail, visit.now)
            return Outcome("done" if gone else "refused")

        await acted(visit, "withdraw note", case_id, withdraw, detail)
        return visit.to(case_url(case_id))
    message = message_id(visit, f"undo {seq}", case_id)
    if name in FACTS:
        content = {"id": message, **content}
    outcome = await tell(visit, case_id, name, content, message=message, mark=None)
    if outcome.code == "refused":
        raise Problem(409, "refused_by_rule", outcome.says)
    return visit.to(f"{case_url(case_id)}?gedaan={outcome.seq}")


def _found(visit: Visit, case_id: str) -> str:
    with visit.desk.inside.file.read() as transaction:
        return found_case(transaction, case_id)
