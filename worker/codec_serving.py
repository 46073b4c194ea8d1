"""The codec endpoint on an address of its own: who reaches the webhooks does not reach what decrypts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn

from api.codec import Access, codec_app
from worker.encryption import PayloadEncryption
from worker.listening import AddressTaken, split_address
from worker.settings import Settings

__all__ = ["codec_served"]

_CONNECTIONS = 64
"""Most at once: some people and their browsers."""


class _Server(uvicorn.Server):
    """Leaves signals alone: the worker decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


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
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        log_level="warning",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=5,
    )
    server = _Server(config)
    with _listener(settings.codec) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving


def _listener(address: str) -> socket.socket:
    host, port = split_address(address)
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as problem:
        raise AddressTaken(
            f"the codec endpoint can't be served at {address} ({problem.strerror}): set MAANWERK_CODEC to another one"
        ) from None
