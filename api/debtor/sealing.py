"""What a form carries so that it counts once, and only from a page that we gave: an id and a seal.

The seal is made with the token of the page, which nobody has who was not given the page: no other site can make one.
It survives a restart and any number of processes, for nothing of it is kept.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable

__all__ = ["LASTS_SECONDS", "Sealing"]

LASTS_SECONDS = 12 * 3600
"""How long a form may lie open."""


class Sealing:
    """Seals forms of one page."""

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        """Of this page.

        Args:
            secret: Its token.
            now: Seconds since 1970.
        """
        self._key = b"maanwerk form\0" + secret.encode("utf-8", "replace")
        self._now = now

    def seal(self, form: str) -> str:
        """A new seal for a form of this name."""
        body = f"{int(self._now()) + LASTS_SECONDS}.{secrets.token_hex(16)}"
        return f"{body}.{self._mac(form, body)}"

    def opened(self, form: str, seal: str) -> str | None:
        """The id of the form; None where the seal is none of ours, of another form, or too old."""
        body, _, mac = seal.rpartition(".")
        if not hmac.compare_digest(self._mac(form, body).encode(), mac.encode("utf-8", "replace")):
            return None
        until, _, own = body.partition(".")
        return own if int(until) > self._now() else None

    def _mac(self, form: str, body: str) -> str:
        return hmac.new(self._key, f"{form}\0{body}".encode("utf-8", "replace"), "sha256").hexdigest()
