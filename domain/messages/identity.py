"""The id under which a message is kept in the inbox."""

from __future__ import annotations

import hashlib
import json

LONGEST_NAME = 60
"""Signs of a message's name in its inbox id: a person names that id to settle a quarantined message."""


def inbox_id(name: str, raw: bytes | None, otherwise: str) -> str:
    """Id under which a message is kept in the inbox.

    A message that brings an id of its own is kept once, by whatever door it comes; the hash of its content keeps
    two different messages under one id apart, so that neither vanishes.

    Args:
        name: Name of the message.
        raw: Its JSON.
        otherwise: Id of the delivery, for a message without an id of its own.
    """
    if not raw or len(raw) > 1_000_000:
        return otherwise
    try:
        data = json.loads(raw)
        canonical = json.dumps(data, sort_keys=True).encode()
    except (ValueError, RecursionError):
        return otherwise
    own = data.get("id") if isinstance(data, dict) else None
    if not isinstance(own, str) or not own:
        return otherwise
    # JSON and names may hold signs that no database stores: half a character, a NUL.
    kind, shown = escaped(name), escaped(own)
    if len(kind) > LONGEST_NAME:
        canonical += name.encode()
    return f"{kind[:LONGEST_NAME]}:{shown[:200]}:{hashlib.sha256(canonical).hexdigest()[:16]}"


def escaped(text: str) -> str:
    """The text with signs that no database or screen takes written as escapes."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
