"""The codec endpoint on an address of its own: who reaches the webhooks does not reach what decrypts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from api.codec import MOST_BYTES, Access, codec_app
from api.serving.server import listener_at, served_by
from config.connection_limits import PAGES, fitted, with_descriptors
from config.settings import Settings
from engine.encryption import PayloadEncryption

__all__ = ["CODEC", "codec_served"]

CODEC = replace(
    PAGES,
    # Some people and their browsers: what they bring is larger than a question for a page.
    head_bytes=16 * 1024,
    body_bytes=MOST_BYTES,
    held_bytes=4 * MOST_BYTES,
    body_seconds=20,
)
"""What those who have payloads decrypted may take."""


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
    async with served_by(app, listener, fitted(CODEC, with_descriptors())):
        yield
