"""What every request has in common: its body comes whole and not too large, its answer comes in time.

The log says of a request that failed which function failed with what kind of error: never what the client sent.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.connection_limits import Limits

__all__ = ["LimitedRequests", "Refusal", "plain_refusal"]

Refusal = Callable[[int, str], tuple[str, bytes]]
"""What is answered in place of the application, by status and reason: its media type and its body."""


def plain_refusal(status: int, reason: str) -> tuple[str, bytes]:
    """The reason as plain text."""
    return "text/plain; charset=utf-8", f"{reason}\n".encode()


class LimitedRequests:
    """Around an application: hands it requests that are complete, and answers for it when it does not."""

    def __init__(self, app: ASGIApp, limits: Limits, refusal: Refusal = plain_refusal) -> None:
        """Put it around.

        Args:
            app: The application.
            limits: What clients may take.
            refusal: What is answered in place of the application.
        """
        self._app = app
        self._limits = limits
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        answer = _Answer(send, self._refusal)
        try:
            body = await self._body(scope, receive)
            if body is None:
                most = self._limits.longest_body(scope["path"])
                structlog.get_logger("maanwerk.http").warning("body_too_large", most_bytes=most)
                await answer.refuse(413, f"the body is larger than {most} bytes")
                return
            await self._in_time(scope, _Replayed(body, receive), answer)
        except ClientDisconnect:
            # Nothing was begun: he did not say what he wanted.
            structlog.get_logger("maanwerk.http").debug("client_went_away")
        except asyncio.CancelledError:
            # The server stops and waits no longer. Only uvicorn stands above, which would log it as a fault.
            await answer.refuse(503, "the server stops")
        except Exception as problem:
            structlog.get_logger("maanwerk.http").error(
                "request_failed", handler=_handler(scope), problem=type(problem).__name__, where=_where(problem)
            )
            await answer.refuse(500, "the request failed")

    async def _in_time(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        limit = asyncio.timeout(self._limits.answer_seconds)
        try:
            async with limit:
                await self._app(scope, receive, answer)
        except TimeoutError:
            if not limit.expired():
                raise
            structlog.get_logger("maanwerk.http").warning("answer_too_late", handler=_handler(scope))
            await answer.refuse(503, "not in time, bring it again")

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None when it is too large, of which no more is read than the limit.

        Raises:
            ClientDisconnect: he went away before the end.
        """
        said, most = dict(scope["headers"]).get(b"content-length", b"0"), self._limits.longest_body(scope["path"])
        if not said.isdigit() or int(said) > most:
            return None
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > most:
                return None
            more = message.get("more_body", False)
        return bytes(body)


class _Answer:
    """Where the answer goes; knows whether it has begun."""

    def __init__(self, send: Send, refusal: Refusal) -> None:
        self._send = send
        self._refusal = refusal
        self._begun = False

    async def __call__(self, message: Message) -> None:
        self._begun = True
        await self._send(message)

    async def refuse(self, status: int, reason: str) -> None:
        """Answer in place of the application, unless it has begun to."""
        if self._begun:
            return
        kind, text = self._refusal(status, reason)
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(text)).encode())]
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": text})


class _Replayed:
    """The body that was read, once; then what comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _handler(scope: Scope) -> str | None:
    """The function that handles a request: its path may hold what is nobody's business."""
    endpoint: Any = scope.get("endpoint")
    return getattr(endpoint, "__name__", None)


def _where(problem: Exception) -> str:
    """File, line and function of an error, without its text, which may quote what was sent."""
    frame = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
