"""`/codec`: closed to everybody but who has the token, and to every page but Temporal's own."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from api import codec
from api.codec import COOKIE, Access, codec_app

TOKEN = "a-token-of-the-codec-endpoint"
UI = "http://localhost:8233"
BODY = b'{"payloads": [{"data": "c2VjcmV0"}]}'
BEARER = {"Authorization": f"Bearer {TOKEN}"}
JSON = {"Content-Type": "application/json"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


def reversed_(body: bytes) -> bytes:
    """Stands for encryption: it can be told apart from the body."""
    if not body.startswith(b"{"):
        raise ValueError(f"quotes {body!r}")
    return json.dumps({"was": body.decode()}).encode()


@asynccontextmanager
async def endpoint(clock: Clock | None = None) -> AsyncIterator[httpx.AsyncClient]:
    access = Access(SecretStr(TOKEN), frozenset((UI,)), clock or Clock())
    transport = httpx.ASGITransport(codec_app(access, reversed_, reversed_))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8235") as client:
        yield client


@pytest.mark.parametrize("path", ["/codec/encode", "/codec/decode"])
async def test_the_token_opens_it(path: str) -> None:
    async with endpoint() as at:
        answer = await at.post(path, content=BODY, headers={**BEARER, **JSON})
    assert (answer.status_code, answer.json()) == (200, {"was": BODY.decode()})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/codec/encode", "/codec/decode"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"},
        {"Origin": UI},
        {"Origin": UI, "Cookie": f"{COOKIE}={TOKEN}"},
        {"Origin": UI, "Cookie": f"{COOKIE}=9999999999.{'0' * 64}"},
        {"Origin": UI, "Cookie": f"{COOKIE}=x.y"},
        {"Origin": UI, "Cookie": f"{COOKIE}="},
        {"X-Forwarded-For": "127.0.0.1"},
    ],
)
async def test_without_the_token_it_is_closed(path: str, headers: dict[str, str]) -> None:
    async with endpoint() as at:
        answer = await at.post(path, content=BODY, headers={**JSON, **headers})
    assert answer.status_code == 401 and "c2VjcmV0" not in answer.text


async def test_the_token_in_the_address_opens_nothing() -> None:
    async with endpoint() as at:
        answer = await at.post(f"/codec/decode?token={TOKEN}", content=BODY, headers=JSON)
    assert answer.status_code == 401


async def let_in(at: httpx.AsyncClient) -> str:
    """The cookie of a browser in which somebody gave the token."""
    answer = await at.post("/codec", data={"token": TOKEN})
    assert answer.status_code == 200
    kept = answer.headers["set-cookie"]
    assert "HttpOnly" in kept and "SameSite=strict" in kept and "Path=/codec" in kept and TOKEN not in kept
    return kept.partition(";")[0]


async def test_a_browser_that_gave_the_token_is_let_in_from_the_web_page_for_twelve_hours() -> None:
    clock = Clock()
    async with endpoint(clock) as at:
        cookie = await let_in(at)
        at.cookies.clear()
        asked = {**JSON, "Cookie": cookie, "Origin": UI}
        answer = await at.post("/codec/decode", content=BODY, headers=asked)
        assert answer.status_code == 200
        answer = await at.post("/codec/decode?preserveStorageRefs=true", content=BODY, headers=asked)
        assert (answer.status_code, answer.json()) == (200, {"was": BODY.decode()})
        assert answer.headers["access-control-allow-origin"] == UI
        assert answer.headers["access-control-allow-credentials"] == "true"
        # Temporal's page may send the token of its own log-in beside it.
        strange = {**asked, "Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"}
        assert (await at.post("/codec/decode", content=BODY, headers=strange)).status_code == 200
        clock.seconds += 12 * 3600 - 1
        assert (await at.post("/codec/decode", content=BODY, headers=asked)).status_code == 200
        clock.seconds += 1
        assert (await at.post("/codec/decode", content=BODY, headers=asked)).status_code == 401


async def test_a_cookie_comes_from_our_web_page_or_counts_for_nothing() -> None:
    async with endpoint() as at:
        cookie = await let_in(at)
        at.cookies.clear()
        for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": UI + ".evil.example"}):
            answer = await at.post("/codec/decode", content=BODY, headers={**JSON, "Cookie": cookie, **origin})
            assert answer.status_code == 401
            assert "access-control-allow-origin" not in answer.headers
        later = cookie.replace("=1", "=2")
        answer = await at.post("/codec/decode", content=BODY, headers={**JSON, "Cookie": later, "Origin": UI})
        assert answer.status_code == 401, "nobody lengthens his own stay"


@pytest.mark.parametrize("given", ["", "no", TOKEN + "x", TOKEN.upper()])
async def test_the_form_lets_nobody_in_without_the_token(given: str) -> None:
    async with endpoint() as at:
        answer = await at.post("/codec", data={"token": given})
        assert answer.status_code == 401 and "set-cookie" not in answer.headers
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert (await at.post("/codec", content=b"token=" + b"x" * 5000)).status_code == 401


async def test_the_page_asks_for_the_token_and_holds_nothing() -> None:
    async with endpoint() as at:
        answer = await at.get("/codec")
    assert answer.status_code == 200 and 'type="password"' in answer.text and TOKEN not in answer.text


async def test_a_browser_may_ask_for_our_web_page_only() -> None:
    """As the page of Temporal's UI 2.54 asks: with these headers, and with this in the address."""
    async with endpoint() as at:
        sent = "authorization,authorization-extras,content-type,x-namespace"
        asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": sent}
        answer = await at.options("/codec/decode?preserveStorageRefs=true", headers={"Origin": UI, **asks})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == UI
        assert answer.headers["access-control-allow-methods"] == "POST"
        allowed = answer.headers["access-control-allow-headers"]
        assert set(sent.split(",")) == {name.strip() for name in allowed.split(",")}
        answer = await at.options("/codec/decode", headers={"Origin": "http://evil.example", **asks})
        assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers


async def test_only_json_is_taken_so_that_a_browser_asks_first() -> None:
    async with endpoint() as at:
        for kind in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
            answer = await at.post("/codec/decode", content=BODY, headers={**BEARER, **kind})
            assert answer.status_code == 415


async def test_a_body_that_is_too_long_or_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def long() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 1024 * 1024

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    monkeypatch.setattr(codec, "BODY_SECONDS", 0.05)
    async with endpoint() as at:
        for body in (long, slow):
            answer = await at.post("/codec/decode", content=body(), headers={**BEARER, **JSON})
            assert answer.status_code == 413


async def test_what_is_no_body_is_refused_and_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with endpoint() as at:
        caplog.clear()
        answer = await at.post("/codec/decode", content=b"a very private thing", headers={**BEARER, **JSON})
        await at.post("/codec/decode", content=BODY, headers={**BEARER, **JSON})
    assert answer.status_code == 400 and "private" not in answer.text
    assert all("private" not in line and "c2Vj" not in line and TOKEN not in line for line in caplog.messages)


async def test_there_is_nothing_else() -> None:
    async with endpoint() as at:
        for path in ("/", "/docs", "/openapi.json", "/metrics", "/healthz", "/webhooks/sendgrid", "/codec/download"):
            assert (await at.get(path, headers=BEARER)).status_code == 404
        assert (await at.get("/codec/decode", headers=BEARER)).status_code == 405
