"""The send key of a message as those outside see it."""

from __future__ import annotations

from hashlib import sha256

__all__ = ["opaque_key"]


def opaque_key(key: str) -> str:
    """The send key as providers see it: a hash (64 hexadecimal digits), for a send key names an invoice."""
    return sha256(key.encode("utf-8")).hexdigest()
