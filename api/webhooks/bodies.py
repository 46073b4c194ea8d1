"""The body of a webhook, which is read no further than it may be long."""

from __future__ import annotations

from fastapi import Request

__all__ = ["body_of"]


async def body_of(request: Request, at_most: int) -> bytes | None:
    """The body, None when it is larger; of that no more is read than the limit.

    Args:
        request: The request.
        at_most: Bytes.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > at_most:
            return None
    return bytes(body)
