"""Telling another system one event: one request, signed, with an end to every wait; no redirect is followed.

What it answers is its status alone: of the body nothing is kept, for it may be anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from gateways.provider_call import USER_AGENT, in_silence, provider_threads, retry_after
from gateways.subscribers.signature import signature_headers
from gateways.trust_store import trust_store

__all__ = ["SECONDS", "Answer", "Subscriber"]

SECONDS = 20.0
"""Longest wait for an answer: the specification asks for 15 to 30 seconds."""

_GONE = 410
_ABOUT_THIS_ONE = frozenset({400, 409, 413, 415, 422})
"""Statuses that say something of this event; any other failure is as likely to meet the next one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a subscriber answered.

    Attributes:
        taken: Whether it took the event: any status of 200 to 299.
        gone: Whether it wants no more of them (410).
        busy: Whether it takes nothing at the moment, whatever it is: it is away, slow, fails, or refuses us.
        problem: Why it did not take it, in a few words; nothing of what it wrote.
        retry_after: How long it asks to be left alone.
    """

    taken: bool
    gone: bool = False
    busy: bool = False
    problem: str = ""
    retry_after: timedelta | None = None


@dataclass
class Subscriber:
    """A system that is told.

    Attributes:
        name: As the settings name it.
        url: Where it is told; never logged, for there may be a secret in it.
        keys: The keys that sign: one, or two while they are changed.
        seconds: Longest wait for an answer.
        now: The real clock.
    """

    name: str
    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    seconds: float = SECONDS
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        """Nobody is called yet."""
        self._threads = provider_threads(f"subscriber-{self.name}")
        self._client: httpx.Client | None = None

    async def tell(self, event: str, body: bytes) -> Answer:
        """Tell it an event, once.

        Args:
            event: Its id.
            body: The bytes that are sent.
        """
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            **signature_headers(event, int(self.now().timestamp()), body, self.keys),
        }
        try:
            # The library's limit is of each byte that comes; this one is of all of them.
            async with asyncio.timeout(2 * self.seconds):
                return await in_silence(self._threads, lambda: self._post(body, headers))
        except TimeoutError:
            return Answer(False, busy=True, problem="it does not answer in time")

    def _post(self, body: bytes, headers: dict[str, str]) -> Answer:
        if self._client is None:
            self._client = httpx.Client(follow_redirects=False, timeout=self.seconds, verify=trust_store())
        try:
            with self._client.stream("POST", self.url, content=body, headers=headers) as answer:
                status, wait = answer.status_code, answer.headers.get("Retry-After")
        except httpx.TimeoutException:
            return Answer(False, busy=True, problem="it does not answer in time")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            return Answer(False, busy=True, problem=f"it can't be reached: {type(problem).__name__}")
        if 200 <= status < 300:
            return Answer(True)
        return Answer(
            False,
            gone=status == _GONE,
            busy=status not in _ABOUT_THIS_ONE,
            problem=f"it answered {status}",
            retry_after=retry_after(wait, self.now()),
        )
