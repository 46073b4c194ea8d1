"""Taking what a payment provider posts: proved, stored byte for byte, answered; who reads it is rung.

Nothing is read here but what proves it, and the id under which it counts once. What is proved and yet can't be read is
stored as well, and shown to people: a provider that gets no 2xx for it brings nothing else (Adyen), or gives up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

import structlog
from fastapi import Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.webhooks.kept_together import KeptTogether
from casefile.case_file import CaseFile
from casefile.provider_events import ProviderEvent, keep_events

__all__ = ["LARGEST_BODY", "PROVIDER_EVENTS", "Taking", "by_content", "taking_of"]

LARGEST_BODY = 1_000_000
"""Bytes of a request: GoCardless, who brings most at once, tells of 250 events in some 200 kB."""

PROVIDER_EVENTS = "provider_events"
"""What is rung where a provider told something that is to be read: no case is called so."""


def by_content(body: bytes) -> str:
    """An id for what brings none: brought again it is the same."""
    return f"sha256:{sha256(body).hexdigest()}"


class Taking:
    """Takes the requests of one provider."""

    def __init__(self, provider: str, together: KeptTogether[ProviderEvent], ring: Callable[[str], None]) -> None:
        """Take them.

        Args:
            provider: Name of the provider, for the log.
            together: Stores.
            ring: Told that there is something to read.
        """
        self._log = structlog.get_logger("maanwerk.api").bind(provider=provider)
        self._together = together
        self._ring = ring

    async def body(self, request: Request) -> bytes | None:
        """The body, None when it is too large; of that no more is read than the limit."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY:
                return None
        return bytes(body)

    def refused(self, status: int, reason: str) -> Response:
        """Say that nothing was taken; the reason quotes nothing of the request."""
        self._log.warning("provider_event_refused", status=status, reason=reason)
        return Response(reason + "\n", status, media_type="text/plain")

    def too_large(self) -> Response:
        """Say that the body is too large."""
        return self.refused(413, f"the body is larger than {LARGEST_BODY} bytes")

    async def keep(self, events: Sequence[ProviderEvent], status: int = 200, answer: str = "") -> Response:
        """Store events, then answer."""
        try:
            await self._together.keep(tuple(events))
        except SQLAlchemyError as problem:
            self._log.warning("provider_events_failed", reason=type(problem).__name__)
            # The provider brings them again.
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        self._ring(PROVIDER_EVENTS)
        self._log.info("provider_events", kept=len(events))
        if not answer:
            return Response(status_code=status)
        return Response(answer, status, media_type="text/plain")


def taking_of(file: CaseFile, ring: Callable[[str], None]) -> Callable[[str], Taking]:
    """Makes what takes the requests of each provider; all store together."""
    together = KeptTogether[ProviderEvent](file, keep_events)
    return lambda provider: Taking(provider, together, ring)
