"""A server of HTTP whose clients can't take more than their limits: sockets, start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

from api.serving.connections import LimitedConfig, Tls
from api.serving.gate import Gate
from api.serving.requests import LimitedRequests, Refusal, plain_refusal
from config.addresses import AddressTaken, split_address
from config.connection_limits import Limits

__all__ = ["BadTls", "Tls", "listener_at", "served_by"]

_KERNEL_QUEUE = 1024
"""Connections that the system keeps for us until they are taken: they cost no descriptor."""
_STOPPING_SECONDS = 5


def listener_at(address: str, what: str, setting: str) -> socket.socket:
    """A socket that listens there, whoever serves it then.

    Args:
        address: `host:port`.
        what: What is to be served, for the error.
        setting: The setting that says where, for the error.

    Raises:
        AddressTaken: nobody can listen there.
    """
    host, port = split_address(address)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_KERNEL_QUEUE)
    except OSError as problem:
        raise AddressTaken(
            f"{what} can't be served at {address} ({problem.strerror}): set {setting} to another one"
        ) from None
    # Connections have it from here: else the second part of an answer waits some 40 ms for a word of the client, for
    # asyncio asks for it only of sockets that say which protocol they are of.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class BadTls(ValueError):
    """The certificate or its key can't be used; the text is one line."""


class _Server(uvicorn.Server):
    """Leaves signals alone: who runs it decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            # Asyncio takes as many in one turn as it lets the system keep, unless told again.
            listener.listen(_KERNEL_QUEUE)


@contextlib.asynccontextmanager
async def served_by(
    app: ASGIApp,
    listener: socket.socket,
    limits: Limits,
    *,
    tls: Tls | None = None,
    proxies: str = "",
    refusal: Refusal = plain_refusal,
) -> AsyncIterator[Gate]:
    """Serve an application as long as the block runs; gives the gate that counts its connections.

    Args:
        app: The application.
        listener: A socket that listens; it is closed at the end.
        limits: What clients may take.
        tls: Certificate and key; None serves plain HTTP.
        proxies: Addresses of proxies whose word about the client is believed, with commas.
        refusal: What is answered in place of the application: to a body that is too large, or too late.

    Raises:
        BadTls: the certificate or its key can't be used; nothing was served.
    """
    config = LimitedConfig(LimitedRequests(app, limits, refusal), limits, tls=tls, proxies=proxies)
    try:
        config.load()
    except (OSError, ValueError) as problem:
        listener.close()
        raise BadTls(f"the certificate or its key can't be used: {problem}") from None
    config.timeout_graceful_shutdown = _STOPPING_SECONDS
    server = _Server(config)
    with listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield config.gate
        finally:
            server.should_exit = True
            await serving
