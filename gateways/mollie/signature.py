"""Signatures of Mollie's next-generation webhooks: HMAC-SHA256 of the body as it came, `sha256=` and hexadecimal.

Source: docs.mollie.com, "Webhooks (next-gen)". The header comes twice while a secret is rotated there. Mollie's own
validator calls a request without a signature neither good nor bad; here it is not Mollie's.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

__all__ = ["is_mollies"]

_PREFIX = "sha256="
_MOST_SIGNATURES = 10


def is_mollies(body: bytes, headers: Sequence[str], secrets: Sequence[str]) -> bool:
    """Whether Mollie signed a request.

    Args:
        body: The body, byte for byte.
        headers: Each header `X-Mollie-Signature`; several in one have commas between them.
        secrets: Signing secrets: one, or two while it is rotated.
    """
    given = [each.strip().removeprefix(_PREFIX) for header in headers for each in header.split(",")]
    good = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), body, sha256).hexdigest()
        for each in given[:_MOST_SIGNATURES]:
            # All are compared: how long it takes tells nothing.
            good |= each.isascii() and hmac.compare_digest(expected, each)
    return good
