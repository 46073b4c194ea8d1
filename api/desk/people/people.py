"""`/desk/mensen` and `/desk/logboek`: who may sign in, and who did what; for who administers."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.desk.lists.lists import whole_number
from api.desk.people.log_words import act_words, outcome_words, subject_words
from api.desk.rendering import ROOT
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.acts import Act, acts, record_act
from casefile.desk_sessions import link_for
from casefile.parties import creditor_names
from casefile.people import (
    DeskRole,
    LoginTaken,
    SeesAll,
    User,
    create_user,
    disable_user,
    set_creditors,
    set_role,
    users,
)
from casefile.session import reading
from speech.words import LANGUAGES

__all__ = ["people_router"]

_ROWS = 100
_TYPED = ("login", "name", "role", "language")
_LONGEST = 200


def people_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/mensen")
    async def people(visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """All users, and the form for one more."""
        return await _people(visit)

    @router.post("/mensen")
    async def made(visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Make a user, and show his link once."""
        form = await form_of(visit.request)
        typed = {name: " ".join(str(form.get(name, "")).split())[:_LONGEST] for name in _TYPED}
        if not typed["login"].isprintable() or not typed["login"] or " " in typed["login"]:
            return await _people(visit, 422, problem="fill in his e-mail address: with it he signs in", typed=typed)
        if not typed["name"].isprintable() or not typed["name"]:
            return await _people(visit, 422, problem="fill in his name, as colleagues know him", typed=typed)
        role, language = _role(typed["role"]), typed["language"]

        def make() -> tuple[User, str]:
            file = visit.desk.inside.file
            spoken = language if language in LANGUAGES else "nl"
            user = create_user(
                file, typed["login"], typed["name"], role, visit.now, language=spoken, creditors=_seen(form)
            )
            _audited(visit, "user create", user.id, " ".join((role.value, *sorted(user.creditors or ()))))
            return user, link_for(file, user, visit.now)

        try:
            user, secret = await asyncio.to_thread(make)
        except (LoginTaken, SeesAll) as problem:
            return await _people(visit, 422, problem=str(problem), typed=typed)
        return await _people(visit, link=_link(visit, secret), whose=user)

    @router.post("/mensen/{user_id}/link")
    async def linked(user_id: str, visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Show a link by which a user chooses a new password."""
        user = await asyncio.to_thread(_found, visit, user_id)

        def make() -> str:
            _audited(visit, "user password", user.id)
            return link_for(visit.desk.inside.file, user, visit.now)

        return await _people(visit, link=_link(visit, await asyncio.to_thread(make)), whose=user)

    @router.post("/mensen/{user_id}/rol")
    async def given(user_id: str, visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Give a user another role."""
        form = await form_of(visit.request)
        user, role = await asyncio.to_thread(_found, visit, user_id), _role(str(form.get("role", "")))
        _not_oneself(visit, user)

        def give() -> None:
            set_role(visit.desk.inside.file, user.id, role)
            _audited(visit, "user role", user.id, role.value)

        try:
            await asyncio.to_thread(give)
        except SeesAll as problem:
            return await _people(visit, 422, problem=str(problem))
        return visit.to(f"{ROOT}/mensen")

    @router.post("/mensen/{user_id}/ziet")
    async def seen(user_id: str, visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Let a user see some creditors, or all."""
        form = await form_of(visit.request)
        user, creditors = await asyncio.to_thread(_found, visit, user_id), _seen(form)
        _not_oneself(visit, user)

        def give() -> None:
            set_creditors(visit.desk.inside.file, user, creditors)
            _audited(visit, "user creditors", user.id, " ".join(sorted(creditors or ("all",))))

        try:
            await asyncio.to_thread(give)
        except SeesAll as problem:
            return await _people(visit, 422, problem=str(problem))
        return visit.to(f"{ROOT}/mensen")

    @router.post("/mensen/{user_id}/uit")
    async def disabled(user_id: str, visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Let a user in no more."""
        user = await asyncio.to_thread(_found, visit, user_id)
        _not_oneself(visit, user)

        def disable() -> None:
            disable_user(visit.desk.inside.file, user.id, visit.now)
            _audited(visit, "user disable", user.id)

        await asyncio.to_thread(disable)
        return visit.to(f"{ROOT}/mensen")

    @router.get("/logboek")
    async def log(visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Who did what, the newest first."""
        before = whole_number(visit, "voor")
        file = visit.desk.inside.file
        rows = await asyncio.to_thread(lambda: acts(file, before=before or None, most=_ROWS))
        return visit.page(
            "log",
            rows=rows,
            users={each.id: each.name for each in await asyncio.to_thread(users, file)},
            act_words=act_words,
            outcome_words=outcome_words,
            subject_words=subject_words,
            next_before=rows[-1].seq if len(rows) == _ROWS else None,
        )

    return router


async def _people(visit: Visit, status: int = 200, **data: object) -> Response:
    def look() -> tuple[tuple[User, ...], dict[str, str]]:
        file = visit.desk.inside.file
        with reading(file.database) as session:
            return users(file), creditor_names(session)

    found, names = await asyncio.to_thread(look)
    shown: dict[str, object] = {
        "problem": "",
        "typed": {"login": "", "name": "", "role": "work", "language": ""},
        "link": "",
        "whose": None,
    }
    shared = {"people": found, "creditors": names, "roles": tuple(DeskRole), "languages": LANGUAGES}
    return visit.page("people", status, **{**shown, **data, **shared})


def _found(visit: Visit, user_id: str) -> User:
    user = next((each for each in users(visit.desk.inside.file) if each.id == user_id), None)
    if user is None:
        raise Problem(404, "no_such_user", "there is no such user")
    return user


def _not_oneself(visit: Visit, user: User) -> None:
    """Nobody locks himself out, or the last administrator with him."""
    if user.id == visit.user.id:
        raise Problem(409, "not_oneself", "another administrator must do this for you")


def _seen(form: FormData) -> frozenset[str] | None:
    """The creditors that a form names; with none named: all."""
    return frozenset(str(each) for each in form.getlist("creditor")) or None


def _role(text: str) -> DeskRole:
    return next((role for role in DeskRole if role.value == text), DeskRole.READ)


def _link(visit: Visit, secret: str) -> str:
    url = visit.request.url
    return f"{url.scheme}://{url.netloc}{ROOT}/link/{secret}"


def _audited(visit: Visit, act: str, user_id: str, detail: str = "") -> None:
    record_act(
        visit.desk.inside.file, Act(visit.user.id, visit.actor, act, f"user {user_id}", detail), visit.now, "done"
    )
