"""Signatures of Stripe's webhooks: HMAC-SHA256 of the timestamp, a dot and the body as it came, in hexadecimal.

Source: docs.stripe.com/webhooks, "Verify webhook signatures manually". Their library takes a timestamp that lies in the
future; here both sides are bounded.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

__all__ = ["TOLERANCE", "is_stripes"]

TOLERANCE = timedelta(seconds=300)
"""How far the moment of a signature may lie from ours, before or after it."""

_MOMENT = re.compile(r"[0-9]{1,11}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOST_SIGNATURES = 10


def is_stripes(body: bytes, header: str | None, secrets: Sequence[str], now: datetime) -> bool:
    """Whether Stripe signed a request just now.

    Args:
        body: The body, byte for byte.
        header: Header `Stripe-Signature`: `t=…,v1=…`, with a second `v1` while the secret is rotated there.
        secrets: Signing secrets, `whsec_…`: one, or two while it is rotated here.
        now: The real clock.
    """
    moments: list[str] = []
    signatures: list[str] = []
    for part in (header or "").split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            moments.append(value)
        elif name == "v1" and _SIGNATURE.fullmatch(value):
            signatures.append(value)
    if len(moments) != 1 or not _MOMENT.fullmatch(moments[0]):
        return False
    if abs(now - datetime.fromtimestamp(int(moments[0]), UTC)) > TOLERANCE:
        return False
    signed = moments[0].encode() + b"." + body
    good = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), signed, sha256).hexdigest()
        for given in signatures[:_MOST_SIGNATURES]:
            # All are compared: how long it takes tells nothing.
            good |= hmac.compare_digest(expected, given)
    return good
