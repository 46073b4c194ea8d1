"""One call to a provider: in a thread of its own, without a word in any log, with one of the outcomes of the port.

The vendors' libraries block, and at DEBUG they log keys, addresses and texts (so does the HTTP library below them,
which writes whole query strings). What they say during a call is dropped, whatever level somebody sets.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TypeVar
from urllib.parse import urlsplit

from domain.send_key import opaque_key

__all__ = [
    "ASK_OPERATOR",
    "USER_AGENT",
    "checked_url",
    "in_silence",
    "opaque_key",
    "provider_threads",
    "retry_after",
    "silence",
]

T = TypeVar("T")

ASK_OPERATOR = timedelta(hours=1)
"""Wait after an error that only the operator can mend (key, sender, account): the message itself is good."""

USER_AGENT = f"maanwerk/{version('maanwerk')}"
"""As whom we call who has no library of his own."""

_THREADS = 32
"""Per provider. Many, for a call that waits behind slow ones and is given up counts as unknown."""
_LONGEST_WAIT = timedelta(days=1)
_TALKATIVE = (
    "httpcore.connection",
    "httpcore.http11",
    "httpx",
    "python_http_client.client",
    "requests",
    "requests.sessions",
    "stripe",
    "twilio.http_client",
    "urllib3",
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.poolmanager",
    "urllib3.response",
    "urllib3.util.retry",
    "charset_normalizer",
)
_calling = threading.local()


class _Silence(logging.Filter):
    """Drops what is logged by a thread while it calls a provider."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(_calling, "now", False)


for _name in _TALKATIVE:
    # On the logger itself: no level and no handler set later brings it back.
    logging.getLogger(_name).addFilter(_Silence())


@contextmanager
def silence() -> Iterator[None]:
    """Drop what the vendors' libraries log in this thread."""
    _calling.now = True
    try:
        yield
    finally:
        _calling.now = False


def provider_threads(name: str) -> ThreadPoolExecutor:
    """Threads for the calls to one provider, so that a slow one holds up no other."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix=name)


async def in_silence(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Run a blocking call in one of the threads; nothing that its libraries log gets anywhere."""

    def silently() -> T:
        with silence():
            return work()

    return await asyncio.get_running_loop().run_in_executor(threads, silently)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header: seconds or a date (RFC 9110 §10.2.3); None when it says nothing usable.

    Args:
        value: The header.
        now: Aware moment of the answer.
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        # Bounded before it is a duration, which can't hold any number.
        seconds = min(float(value), _LONGEST_WAIT.total_seconds())
        return timedelta(seconds=seconds)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    # A date that ends in -0000 has no zone; it is in UTC all the same.
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), _LONGEST_WAIT)


def checked_url(url: str) -> str:
    """Return the address of a provider without a slash at the end.

    Raises:
        ValueError: it is not https; plain http is for this machine alone, for a secret goes with every call.
    """
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ValueError("give an address that begins with https:// (http:// is for this machine alone)")
    return url.rstrip("/")
