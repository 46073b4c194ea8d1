"""The codec endpoint on an address of its own: who reaches the webhooks does not reach what decrypts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from api.codec import MOST_BYTES, Access, codec_app
from worker.connection_limits import PAGES, fitted, with_descriptors
from worker.encryption import PayloadEncryption
from worker.http_server import listener_at, served_by
from worker.settings import Settings

__all__ = ["codec_served"]

_LIMITS = replace(PAGES, body_bytes=MOST_BYTES, held_bytes=8 * MOST_BYTES, body_seconds=10)
"""Some people and their browsers, who bring the payloads of a page at a time."""


@contextlib.asynccontextmanager
async def codec_served(settings: Settings) -> AsyncIterator[None]:
    """Serve the endpoint as long as the block runs; nothing where the settings name no address.

    Raises:
        AddressTaken: nobody can listen there.
    """
    keys, token = settings.key_ring, settings.codec_token
    if settings.codec is None or keys is None or token is None:
        yield
        return
    encryption = PayloadEncryption(keys)
    access = Access(token, frozenset(settings.codec_origins))
    app = codec_app(access, encryption.encrypted, encryption.decrypted)
    listener = listener_at(settings.codec, "the codec endpoint", "MAANWERK_CODEC")
    async with served_by(app, listener, fitted(_LIMITS, with_descriptors())):
        yield
