"""Asking the API of a partner: one request, no redirect, no repeating, and of his answer a bounded part.

An adapter has a line to its partner: the API, and threads of its own in which it is asked without a word in any log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import httpx

from gateways.provider_call import USER_AGENT, in_silence, provider_threads, retry_after, silence
from gateways.told import Told
from gateways.trust_store import trust_store
from services.ports import SendFailure, Sent

__all__ = ["AgencyAnswer", "AgencyApi", "AgencyLine", "NeverAsked", "NoAnswer"]

T = TypeVar("T")

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
        own = {**self.headers, **(headers or {})}
        if content is not None:
            own.setdefault("Content-Type", "application/json")
        return self._asked(method, self.url + path, content, own, asked)

    def put(self, address: str, content: bytes, media_type: str) -> AgencyAnswer:
        """Put something at an address that he gave us for it; the token does not go there.

        Raises:
            NeverAsked: nothing was written.
            NoAnswer: something was, and nobody knows what came of it.
        """
        return self._asked("PUT", address, content, {"Content-Type": media_type}, None)

    def _asked(
        self,
        method: str,
        address: str,
        content: bytes | None,
        headers: Mapping[str, str],
        asked: Mapping[str, str | int] | None,
    ) -> AgencyAnswer:
        # A connection kept from before may be dead already: then nobody knows how far the request came.
        own = {"User-Agent": USER_AGENT, **headers, "Connection": "close"}
        if self._client is None:
            self._client = httpx.Client(
                follow_redirects=False, timeout=self.timeout, trust_env=False, verify=trust_store(environment=False)
            )
        read = bytearray()
        with silence():
            try:
                # No query must be None: an empty one would take away that of an address given to us.
                with self._client.stream(
                    method, address, content=content, headers=own, params=dict(asked) if asked else None
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


@dataclass(frozen=True)
class AgencyLine:
    """What every adapter of an API has.

    Attributes:
        name: The partner, as refusals call him.
        api: His API.
        threads: In which it is asked.
    """

    name: str
    api: AgencyApi
    threads: ThreadPoolExecutor = field(repr=False)

    @classmethod
    def to(
        cls, partner: str, url: str, headers: Mapping[str, str], timeout: float, now: Callable[[], datetime]
    ) -> AgencyLine:
        """A line to a partner; nothing is asked yet.

        Args:
            partner: His id.
            url: Address of the API.
            headers: What goes with every request: the token.
            timeout: Longest wait for connecting, and again for an answer, in seconds.
            now: The real clock.
        """
        return cls(f"agency {partner}", AgencyApi(url, headers, timeout, now), provider_threads(f"agency-{partner}"))

    async def run(self, work: Callable[[], T]) -> T:
        """Do blocking work, in silence."""
        return await in_silence(self.threads, work)

    async def sent(self, work: Callable[[], Sent | SendFailure]) -> Sent:
        """Do work that gives its failure back: raised where it is made, it would carry words of the library along.

        Raises:
            SendFailure: what the work gave back.
        """
        outcome = await self.run(work)
        if isinstance(outcome, SendFailure):
            raise outcome
        return outcome
