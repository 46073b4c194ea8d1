"""`/codec`: encrypts and decrypts for Temporal's web page and its command line, for who has the token.

The page's own script asks from the browser: `POST /codec/decode` for what it shows, `POST /codec/encode` for what a
person types. Everything is closed unless a request brings the token as a bearer, or a browser brings the cookie that
it got for the token on the page `GET /codec`. Temporal's page can send that cookie (*Include cross-origin
credentials*) whether or not it has a log-in; what it sends as a bearer is the token of its own log-in, never ours.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import SecretStr
from starlette.requests import ClientDisconnect

__all__ = ["Access", "codec_app"]

Transform = Callable[[bytes], bytes]
"""A body of Temporal's codec protocol into another: `{"payloads": […]}`. Raises `ValueError` for what is none."""

COOKIE = "maanwerk_codec"
MOST_BYTES = 8 * 1024 * 1024
"""Longest body: several payloads of the 2 MB that Temporal takes, in base64."""
BODY_SECONDS = 10.0
SESSION_SECONDS = 12 * 3600
"""How long a browser stays let in: a working day."""

_HEADERS = "authorization, authorization-extras, content-type, x-namespace"
"""What Temporal's page sends."""
_LONGEST_FORM = 4096
_POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""Content security policy of the form: nothing but the form."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in.

    Attributes:
        token: The token.
        origins: Where the web pages are whose scripts may ask, such as `http://localhost:8233`.
        now: Seconds since 1970.
    """

    token: SecretStr
    origins: frozenset[str]
    now: Callable[[], float] = time.time

    def brings_token(self, given: str) -> bool:
        """Whether this is the token; how long that takes tells nothing."""
        own, other = (hashlib.sha256(text.encode()).digest() for text in (self.token.get_secret_value(), given))
        return hmac.compare_digest(own, other)

    def session(self) -> str:
        """A cookie for who brought the token."""
        until = str(int(self.now()) + SESSION_SECONDS)
        return f"{until}.{self._seal(until)}"

    def holds(self, session: str) -> bool:
        """Whether a cookie was given by us under this token, and is in force."""
        until, _, seal = session.partition(".")
        if not hmac.compare_digest(self._seal(until).encode(), seal.encode("utf-8", "replace")):
            return False
        return int(until) > self.now()

    def _seal(self, until: str) -> str:
        secret = self.token.get_secret_value().encode()
        return hmac.new(secret, b"maanwerk codec session " + until.encode("utf-8", "replace"), "sha256").hexdigest()

    def lets_in(self, request: Request) -> bool:
        """Whether a request may have something en- or decrypted."""
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.brings_token(bearer.strip()):
            return True
        # A cookie comes along by itself: only from a page that we know, lest another one ask in its name.
        known = request.headers.get("origin") in self.origins
        return known and self.holds(request.cookies.get(COOKIE, ""))


def codec_app(access: Access, encode: Transform, decode: Transform) -> FastAPI:
    """The endpoint, without documentation pages beside it.

    Args:
        access: Who is let in.
        encode: Encrypts.
        decode: Decrypts; what it can't decrypt comes back as it was.
    """
    app = FastAPI(title="Maanwerk codec", docs_url=None, redoc_url=None, openapi_url=None)

    async def answered(request: Request, transform: Transform) -> Response:
        """Nothing of what comes or goes is logged."""
        shared = _shared(access, request)
        if not access.lets_in(request):
            shared["WWW-Authenticate"] = "Bearer"
            return _said(401, "bring the token: Authorization: Bearer …, or open /codec in this browser", shared)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _said(415, "send application/json", shared)
        body = await _body(request, MOST_BYTES)
        if body is None:
            return _said(413, f"send at most {MOST_BYTES} bytes, within {BODY_SECONDS:.0f} seconds", shared)
        try:
            content = await asyncio.to_thread(transform, body)
        except ValueError:
            return _said(400, 'send {"payloads": […]} as Temporal does', shared)
        return Response(content, media_type="application/json", headers=shared)

    @app.post("/codec/encode")
    async def encoded(request: Request) -> Response:
        """Encrypt."""
        return await answered(request, encode)

    @app.post("/codec/decode")
    async def decoded(request: Request) -> Response:
        """Decrypt."""
        return await answered(request, decode)

    @app.options("/codec/encode")
    @app.options("/codec/decode")
    async def preflight(request: Request) -> Response:
        """A browser asks whether the web page may ask."""
        shared = _shared(access, request)
        if "Access-Control-Allow-Origin" not in shared:
            return _said(403, "this page is not named by MAANWERK_CODEC_ORIGIN", shared)
        shared |= {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": "600",
        }
        return Response(status_code=204, headers=shared)

    @app.get("/codec")
    async def door() -> Response:
        """A form for the token."""
        return _page("Give the token of the codec endpoint; then this browser may decrypt for twelve hours.", form=True)

    @app.post("/codec")
    async def opened(request: Request) -> Response:
        """Let a browser in that brings the token."""
        body = await _body(request, _LONGEST_FORM) or b""
        given = parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0]
        if not access.brings_token(given.strip()):
            return _page("That is not the token.", form=True, status=401)
        page = _page("This browser is let in for twelve hours. Go back to Temporal's page and load it again.")
        page.set_cookie(
            COOKIE,
            access.session(),
            max_age=SESSION_SECONDS,
            path="/codec",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https" or _all_https(access.origins),
        )
        return page

    return app


def _all_https(origins: frozenset[str]) -> bool:
    """Behind a proxy that ends TLS we see plain HTTP, but the web page is reached as people reach us."""
    return bool(origins) and all(origin.startswith("https://") for origin in origins)


def _shared(access: Access, request: Request) -> dict[str, str]:
    """Headers of every answer: whose scripts may read it, and that nobody keeps it."""
    headers = {"Cache-Control": "no-store", "Vary": "Origin", "X-Content-Type-Options": "nosniff"}
    origin = request.headers.get("origin", "")
    if origin in access.origins:
        headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
    return headers


def _said(status: int, words: str, headers: dict[str, str]) -> Response:
    return Response(words + "\n", status, media_type="text/plain", headers=headers)


async def _body(request: Request, most: int) -> bytes | None:
    """The body; None of one that is too long, too long under way, or broken off."""
    parts: list[bytes] = []
    left = most
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                left -= len(part)
                if left < 0:
                    return None
                parts.append(part)
    except (TimeoutError, ClientDisconnect):
        return None
    return b"".join(parts)


def _page(words: str, *, form: bool = False, status: int = 200) -> HTMLResponse:
    asks = (
        '<form method="post" action="/codec"><input type="password" name="token" autocomplete="off" '
        'aria-label="Token" autofocus required> <button>Let me in</button></form>'
    )
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Maanwerk codec</title>'
    return HTMLResponse(
        f"{head}<p>{words}</p>{asks if form else ''}</html>",
        status,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )
