"""Asking the API of a partner: one request, no redirect, no repeating, and of his answer a bounded part."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version

import httpx

from gateways.provider_call import retry_after, silence
from gateways.told import Told

__all__ = ["AgencyAnswer", "AgencyApi", "NeverAsked", "NoAnswer"]

_MOST_BYTES = 2_000_000
_CODE = re.compile(r"[A-Za-z0-9_.\- ]{1,80}", re.ASCII)


class NeverAsked(Exception):
    """There was no connection: no part of the request was written. The text is a code."""


class NoAnswer(Exception):
    """The request was begun, and no whole answer came. The text is a code."""


@dataclass(frozen=True, slots=True)
class AgencyAnswer:
    """What a partner answered.

    Attributes:
        status: Of HTTP.
        body: Its JSON object; empty where it is none.
        wait: How long he asks to be left alone.
        content: All of it, as it came.
    """

    status: int
    body: Told = field(repr=False)
    wait: timedelta | None = None
    content: bytes = field(default=b"", repr=False)

    @property
    def code(self) -> str:
        """What he says is wrong, where it is a code: his sentences may quote a person."""
        said = self.body.text("code") or self.body.text("type")
        return f": {said}" if _CODE.fullmatch(said) else ""


@dataclass
class AgencyApi:
    """An API of a partner; called in a thread.

    Attributes:
        url: Its address.
        headers: What goes with every request: the token.
        timeout: Longest wait for connecting, and again for an answer, in seconds.
        now: The real clock.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    timeout: float
    now: Callable[[], datetime]
    _client: httpx.Client | None = field(default=None, repr=False)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        asked: Mapping[str, str | int] | None = None,
    ) -> AgencyAnswer:
        """Ask once.

        Args:
            method: Of HTTP.
            path: Behind the address, with a slash before it.
            body: What is sent as JSON; None: nothing.
            content: What is sent as it is, in its place.
            headers: Besides those of every request.
            asked: The query.

        Raises:
            NeverAsked: nothing was written.
            NoAnswer: something was, and nobody knows what came of it.
        """
        content = content if body is None else json.dumps(body, ensure_ascii=False).encode()
        own = {"User-Agent": f"maanwerk/{version('maanwerk')}", **self.headers, **(headers or {})}
        # A connection kept from before may be dead already: then nobody knows how far the request came.
        own["Connection"] = "close"
        if content is not None:
            own.setdefault("Content-Type", "application/json")
        if self._client is None:
            self._client = httpx.Client(follow_redirects=False, timeout=self.timeout, trust_env=False)
        read = bytearray()
        with silence():
            try:
                with self._client.stream(
                    method, self.url + path, content=content, headers=own, params=dict(asked or {})
                ) as answer:
                    for part in answer.iter_bytes():
                        read += part
                        if len(read) > _MOST_BYTES:
                            raise NoAnswer("the answer is too long")
                    status, wait = answer.status_code, retry_after(answer.headers.get("Retry-After"), self.now())
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as problem:
                raise NeverAsked(type(problem).__name__) from None
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
                raise NoAnswer(type(problem).__name__) from None
        try:
            told = Told.of_body(bytes(read))
        except ValueError:
            told = Told(None)
        return AgencyAnswer(status, told, wait, bytes(read))
