"""Signing in at the desk by a provider of OpenID Connect: there and back.

All that must come back unchanged follows from 256 bits that the browser keeps meanwhile: what the provider is shown of
it (state, nonce, what the verifier hashes to) leads back to none of the others, and nothing has to be kept here.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.people.signing_in import CAME_FROM_ELSEWHERE, nobody
from api.desk.people.signing_in import let_in as begin
from api.desk.rendering import ROOT, page, plain_headers
from api.desk.visiting import back_path, cookie_name, desk_of, is_secure
from api.operator.problems import Problem
from services.ports import NotProven, SignInElsewhere
from services.signing_in import let_in

__all__ = ["signing_elsewhere_router"]

_LASTS = 600
"""Seconds in which one has to come back."""
_KEPT = re.compile(r"([A-Za-z0-9_-]{43})\.?(.*)", re.DOTALL)


def signing_elsewhere_router() -> APIRouter:
    """The routes, which anybody may ask; where no provider is set there is nothing."""
    router = APIRouter()

    @router.get("/inloggen/elders")
    async def there(request: Request, naar: str = "") -> Response:
        """Lead somebody to the provider."""
        provider, secret = _provider(request), secrets.token_urlsafe(32)
        try:
            address = await provider.leads_to(_of(secret, "state"), _of(secret, "nonce"), _of(secret, "verifier"))
        except NotProven as problem:
            return _refused(request, problem)
        answer = RedirectResponse(address, 303, headers=plain_headers())
        answer.set_cookie(
            cookie_name(request, "desk_elders"),
            f"{secret}.{back_path(naar)}" if naar else secret,
            max_age=_LASTS,
            path="/",
            secure=is_secure(request),
            httponly=True,
            samesite="lax",
        )
        return answer

    @router.get("/inloggen/terug")
    async def back(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
        """Let somebody in who comes back with proof of who he is."""
        provider, desk = _provider(request), desk_of(request)
        kept = _KEPT.fullmatch(request.cookies.get(cookie_name(request, "desk_elders"), ""))
        if kept is None or not hmac.compare_digest(state.encode(), _of(kept[1], "state").encode()):
            return _refused(request, NotProven("this sign-in was not begun in this browser, or took too long"))
        if error or not code or len(code) > 4096:
            return _refused(request, NotProven("it was given up there"))
        try:
            proven = await provider.proven(code, _of(kept[1], "nonce"), _of(kept[1], "verifier"))
            now = desk.inside.now()
            user = await asyncio.to_thread(let_in, desk.inside.file, desk.elsewhere_rules, proven, now)
        except NotProven as problem:
            return _refused(request, problem)
        answer = _once(request, await begin(request, user, back_path(kept[2]), "sign in elsewhere"))
        # Says where he came from, not who he is: that who signs out is asked whether he leaves there, too.
        name = cookie_name(request, CAME_FROM_ELSEWHERE)
        answer.set_cookie(name, "1", path="/", secure=is_secure(request), httponly=True, samesite="lax")
        return answer

    @router.get("/uitgelogd")
    async def gone(request: Request) -> Response:
        """Lead on somebody who signed out here to signing out there; where that can't be, to signing in."""
        provider = desk_of(request).elsewhere
        address = None if provider is None else await provider.leaves_by()
        if provider is None or address is None:
            return RedirectResponse(f"{ROOT}/inloggen", 303, headers=plain_headers())
        # A form may lead to our own pages only, so this one leads on.
        return page("signed_out", 200, {**nobody(request), "address": address, "elsewhere": provider.name})

    return router


def _of(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), f"elsewhere {purpose}".encode(), hashlib.sha256).hexdigest()


def _provider(request: Request) -> SignInElsewhere:
    provider = desk_of(request).elsewhere
    if provider is None:
        raise Problem(404, "no_such_address", "nobody signs in elsewhere here")
    return provider


def _refused(request: Request, problem: NotProven) -> Response:
    """The page for signing in, with why it was not done; of the person nothing is logged."""
    structlog.get_logger("maanwerk.desk").warning("not_signed_in_elsewhere", reason=str(problem))
    provider = _provider(request)
    shown = {"problem": "elsewhere", "why": str(problem), "elsewhere": provider.name}
    return _once(request, page("not_signed_in", 403, {**nobody(request), **shown}))


def _once(request: Request, answer: Response) -> Response:
    """What was kept on the way there opens nothing any more."""
    name = cookie_name(request, "desk_elders")
    answer.delete_cookie(name, path="/", secure=is_secure(request), httponly=True, samesite="lax")
    return answer
