"""Signatures of Adyen's webhooks: each item of a request carries its own, HMAC-SHA256 over eight of its fields.

Source: docs.adyen.com, "Verify HMAC signatures". Their library looks at the first item alone, and takes one without a
signature for neither good nor bad; here every item must be good. Dates, reason and method are not covered by it.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

__all__ = ["is_adyens"]

_FIELDS = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")


def is_adyens(item: Mapping[str, object], keys: Sequence[str]) -> bool:
    """Whether Adyen signed an item.

    Args:
        item: A `NotificationRequestItem`.
        keys: HMAC keys, hexadecimal: one, or two while it is rotated.
    """
    additional = item.get("additionalData")
    given = additional.get("hmacSignature") if isinstance(additional, Mapping) else None
    if not isinstance(given, str) or not given.isascii():
        return False
    signed = _signed(item).encode("utf-8", "surrogatepass")
    good = False
    for key in keys:
        expected = base64.b64encode(hmac.new(bytes.fromhex(key), signed, sha256).digest())
        # All are compared: how long it takes tells nothing.
        good |= hmac.compare_digest(expected, given.encode())
    return good


def _signed(item: Mapping[str, object]) -> str:
    """The fields with colons between them, as they stand: nothing is escaped, what is not there is empty."""
    amount = item.get("amount")
    money: Mapping[str, object] = amount if isinstance(amount, Mapping) else {}
    values = [item.get(name) for name in _FIELDS]
    values += [money.get("value"), money.get("currency"), item.get("eventCode"), item.get("success")]
    return ":".join("" if value is None else str(value) for value in values)
