"""Signing in and out, and the link by which somebody chooses his password; with one the first user makes himself."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.rendering import ROOT, page, plain_headers
from api.desk.visiting import (
    Desk,
    StaleForm,
    Visit,
    back_path,
    cookie_name,
    desk_of,
    form_of,
    from_here,
    is_secure,
    needs,
    preferred,
    seal_of,
)
from casefile.acts import Act, record_act
from casefile.desk_sessions import LASTS, BadLink, begin_session, end_session, link_opens, use_link
from casefile.people import DeskRole, LoginTaken, User, password_of, set_password, set_preferences
from casefile.wrong_passwords import COUNTED_FOR, begin_try, was_right
from config.connection_limits import client_of
from services.passwords import hashed, is_password, needs_hashing, weakness
from speech.words import LANGUAGES, speak_here

__all__ = ["CAME_FROM_ELSEWHERE", "OPEN", "let_in", "nobody", "signing_in_router"]

OPEN = ("/inloggen", "/inloggen/elders", "/inloggen/terug", "/link/{secret}", "/uitgelogd")
"""What anybody may ask of the desk, beside its style sheet and its script."""

_LONGEST_LOGIN = 200

CAME_FROM_ELSEWHERE = "desk_van_elders"
"""Cookie of who signed in elsewhere."""


def signing_in_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/inloggen")
    async def asked(request: Request, naar: str = "", gemist: str = "") -> Response:
        """The form; who is signed in may sign in as somebody else."""
        return _form(request, naar, problem="ended" if gemist == "ja" else "")

    @router.post("/inloggen")
    async def signed_in(request: Request) -> Response:
        """Let somebody in who knows his password."""
        form = await _own_form(request)
        desk, login, naar = desk_of(request), str(form.get("login", ""))[:_LONGEST_LOGIN], str(form.get("naar", ""))
        file, now = desk.inside.file, desk.inside.now()
        tried = await asyncio.to_thread(begin_try, file, login, _address(request), now)
        if tried is None:
            return _form(request, naar, 429, login=login, problem="too_often")
        user = await asyncio.to_thread(_who_knows, desk, login, str(form.get("password", "")))
        if user is None:
            return _form(request, naar, 403, login=login, problem="wrong", left=tried.left)
        await asyncio.to_thread(was_right, file, tried)
        return await let_in(request, user, back_path(naar), "sign in")

    @router.post("/uitloggen")
    async def signed_out(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """End the session, here and in the case file."""
        await asyncio.to_thread(end_session, visit.desk.inside.file, visit.secret)
        came = visit.request.cookies.get(cookie_name(visit.request, CAME_FROM_ELSEWHERE))
        answer = visit.to(f"{ROOT}/uitgelogd" if came else f"{ROOT}/inloggen")
        for name in ("desk", CAME_FROM_ELSEWHERE):
            answer.delete_cookie(
                cookie_name(visit.request, name), path="/", secure=is_secure(visit.request), httponly=True
            )
        return answer

    @router.get("/link/{secret}")
    async def link_shown(request: Request, secret: str) -> Response:
        """What a link is for; that somebody looks at it does not use it."""
        return await _link_form(request, secret)

    @router.post("/link/{secret}")
    async def link_used(request: Request, secret: str) -> Response:
        """Choose a password, and be signed in."""
        form = await _own_form(request)
        desk = desk_of(request)
        typed = {field: " ".join(str(form.get(field, "")).split())[:_LONGEST_LOGIN] for field in ("login", "name")}
        try:
            user = await asyncio.to_thread(link_opens, desk.inside.file, secret, desk.inside.now())
        except BadLink:
            return page("link_gone", 404, nobody(request))
        problems = _faults(typed, str(form.get("password", "")), str(form.get("again", "")), user)
        if problems:
            return await _link_form(request, secret, 422, typed=typed, problems=problems)
        try:
            user = await asyncio.to_thread(_use, desk, secret, str(form["password"]), typed, preferred(request.headers))
        except BadLink:
            return page("link_gone", 404, nobody(request))
        except LoginTaken as problem:
            return await _link_form(request, secret, 422, typed=typed, problems={"login": str(problem)})
        return await let_in(request, user, ROOT, "choose password")

    @router.get("/ik")
    async def preferences(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """How this user wants the desk."""
        return visit.page("preferences", languages=LANGUAGES)

    @router.post("/ik")
    async def preferred_so(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """Keep it."""
        form = await form_of(visit.request)
        chosen = str(form.get("language", ""))
        language = chosen if chosen in LANGUAGES else visit.user.language
        file = visit.desk.inside.file
        await asyncio.to_thread(set_preferences, file, visit.user.id, language=language, keys=form.get("keys") == "on")
        return visit.to(f"{ROOT}/ik")

    return router


async def _own_form(request: Request) -> Mapping[str, Any]:
    """The form of somebody who is not signed in: its seal is of a cookie that only our page could set.

    Raises:
        StaleForm: it is none of ours.
    """
    form = await form_of(request)
    brought = request.cookies.get(cookie_name(request, "desk_form"), "")
    sealed = str(form.get("csrf", ""))
    good = brought and hmac.compare_digest(sealed.encode(), seal_of(brought, "sign in").encode())
    if not good or not from_here(request):
        raise StaleForm
    return form


def nobody(request: Request, secret: str = "") -> dict[str, object]:
    """What a page of somebody who is not signed in needs."""
    return {"seal": seal_of(secret, "sign in"), "here_url": request.url.path, "user": None}


def _with_form_cookie(request: Request, name: str, status: int, data: Mapping[str, object]) -> Response:
    secret = request.cookies.get(cookie_name(request, "desk_form"), "")
    drawn = len(secret) < 40
    if drawn:
        secret = secrets.token_urlsafe(32)
    answer = page(name, status, {**nobody(request, secret), **data})
    if drawn:
        answer.set_cookie(
            cookie_name(request, "desk_form"),
            secret,
            path="/",
            secure=is_secure(request),
            httponly=True,
            samesite="lax",
        )
    return answer


def _form(request: Request, naar: str, status: int = 200, **data: object) -> Response:
    provider = desk_of(request).elsewhere
    elsewhere = "" if provider is None else provider.name
    safe = back_path(naar) if naar else ""
    shown = {"login": "", "problem": "", "left": 0, "naar": safe, "elsewhere": elsewhere, **data}
    answer = _with_form_cookie(request, "sign_in", status, shown)
    if status == 429:
        answer.headers["Retry-After"] = str(int(COUNTED_FOR.total_seconds()))
    return answer


async def _link_form(request: Request, secret: str, status: int = 200, **data: object) -> Response:
    desk = desk_of(request)
    try:
        user = await asyncio.to_thread(link_opens, desk.inside.file, secret, desk.inside.now())
    except BadLink:
        return page("link_gone", 404, nobody(request))
    if user is not None:
        speak_here(user.language if user.language in LANGUAGES else "en")
    shown: dict[str, object] = {"whose": user, "typed": {"login": "", "name": ""}, "problems": {}, **data}
    return _with_form_cookie(request, "link", status, shown)


def _faults(typed: Mapping[str, str], password: str, again: str, user: User | None) -> dict[str, str]:
    """What can't be used of what somebody typed, by field, in English."""
    problems: dict[str, str] = {}
    if user is None:
        if not typed["name"] or not typed["name"].isprintable():
            problems["name"] = "fill in your name, as colleagues know you"
        if not typed["login"] or not typed["login"].isprintable():
            problems["login"] = "fill in your e-mail address: with it you sign in"
    others = (user.login, user.name) if user else (typed["login"], typed["name"])
    weak = weakness(password, *others)
    if weak is not None:
        problems["password"] = weak
    elif password != again:
        problems["again"] = "this is not the same password: type it twice"
    return problems


def _use(desk: Desk, secret: str, password: str, typed: Mapping[str, str], language: str) -> User:
    inside = desk.inside
    made = hashed(password)
    return use_link(
        inside.file, secret, inside.now(), made, login=typed["login"], name=typed["name"], language=language
    )


def _who_knows(desk: Desk, login: str, password: str) -> User | None:
    """The user whose password this is; that there is no such user takes as long to say."""
    file = desk.inside.file
    found = password_of(file, login) if login.strip() and login.isprintable() else None
    kept = None if found is None else found[1]
    if not is_password(password, kept) or found is None or kept is None or not found[0].may_sign_in:
        return None
    if needs_hashing(kept):
        set_password(file, found[0].id, hashed(password))
    return found[0]


async def let_in(request: Request, user: User, path: str, act: str) -> Response:
    """Sign somebody in by a secret that is drawn now: what his browser brought before opens nothing any more."""
    desk = desk_of(request)
    brought = request.cookies.get(cookie_name(request))
    file, now = desk.inside.file, desk.inside.now()

    def begin() -> str:
        record_act(file, Act(user.id, user.name, act, f"user {user.id}"), now, "done")
        return begin_session(file, user, now, instead_of=brought)

    secret = await asyncio.to_thread(begin)
    answer = RedirectResponse(path, 303, headers=plain_headers())
    answer.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    answer.delete_cookie(cookie_name(request, CAME_FROM_ELSEWHERE), path="/", secure=is_secure(request), httponly=True)
    return answer


def _address(request: Request) -> str:
    return client_of(request.client.host if request.client else "")
