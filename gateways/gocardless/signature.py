"""Signatures of GoCardless's webhooks: HMAC-SHA256 of the body as it came, in hexadecimal.

Source: developer.gocardless.com, "Signing webhooks".
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

__all__ = ["is_by_gocardless"]


def is_by_gocardless(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether GoCardless signed a request.

    Args:
        body: The body, byte for byte.
        header: Header `Webhook-Signature`.
        secrets: Secrets of the endpoint: one, or two while it is rotated.
    """
    given = (header or "").strip()
    if not given.isascii():
        return False
    good = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), body, sha256).hexdigest()
        # All are compared: how long it takes tells nothing.
        good |= hmac.compare_digest(expected, given)
    return good
