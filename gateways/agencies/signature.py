"""Signatures of what partners post: HMAC-SHA256 over id, moment and body, after Standard Webhooks 1.0.0.

Source: as `gateways.subscribers.signature`. What we post ourselves is signed in the same way, so that a partner who
reads ours can sign his.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from gateways.subscribers.signature import secret_bytes

__all__ = ["TOLERANCE", "is_partners"]

TOLERANCE = timedelta(minutes=5)
"""How far the moment of a signature may lie from ours, before or after it."""

_ID = re.compile(r"[A-Za-z0-9_:-]{1,200}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{1,11}", re.ASCII)
_MOST_SIGNATURES = 10


def is_partners(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> bool:
    """Whether a partner signed a request just now.

    Args:
        body: The body, byte for byte.
        headers: `webhook-id`, `webhook-timestamp` and `webhook-signature`.
        secrets: `whsec_…`: one, or two while it is changed.
        now: The real clock.
    """
    own, moment = headers.get("webhook-id") or "", headers.get("webhook-timestamp") or ""
    if not _ID.fullmatch(own) or not _MOMENT.fullmatch(moment):
        return False
    if abs(now - datetime.fromtimestamp(int(moment), UTC)) > TOLERANCE:
        return False
    signed = f"{own}.{moment}.".encode() + body
    given = (headers.get("webhook-signature") or "").split(" ")[:_MOST_SIGNATURES]
    good = False
    for secret in secrets:
        expected = "v1," + base64.b64encode(hmac.new(secret_bytes(secret), signed, sha256).digest()).decode()
        for each in given:
            # All are compared: how long it takes tells nothing.
            good |= hmac.compare_digest(expected.encode(), each.encode("utf-8", "replace"))
    return good
