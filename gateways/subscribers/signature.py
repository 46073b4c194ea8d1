"""How what we tell other systems is signed: HMAC-SHA256 over id, moment and body, after Standard Webhooks 1.0.0.

Source: spec/standard-webhooks.md of github.com/standard-webhooks/standard-webhooks, "Signature scheme". A secret is 24
to 64 random bytes, written in base64 behind `whsec_`. While it is changed there are two, and a signature by each.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256

__all__ = ["new_secret", "secret_bytes", "signature_headers"]

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_NEW = 32


def secret_bytes(written: str) -> bytes:
    """The key in a secret as it is written.

    Raises:
        ValueError: it is none; the text quotes nothing of it.
    """
    try:
        if not written.startswith(_PREFIX):
            raise ValueError
        key = base64.b64decode(written.removeprefix(_PREFIX), validate=True)
    except ValueError:
        raise ValueError("a secret is whsec_ and base64, such as maanwerk subscriber secret prints") from None
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"a secret has {_SHORTEST} to {_LONGEST} bytes in base64 behind whsec_")
    return key


def new_secret() -> str:
    """A new secret, as it is written."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_NEW)).decode()


def signature_headers(event: str, moment: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers that go with a try.

    Args:
        event: Id of the event, the same at each try; it has no full stop in it.
        moment: When it is tried, in seconds since 1970.
        body: The body, byte for byte.
        keys: One, or two while they are changed.
    """
    signed = f"{event}.{moment}.".encode() + body
    signatures = [base64.b64encode(hmac.new(key, signed, sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": event,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
