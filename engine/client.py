"""Reaching Temporal, configured the SDK's way: `TEMPORAL_ADDRESS` and its companions, or its TOML file."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import Client, Plugin
from temporalio.envconfig import ClientConfig

from speech.words import tr

if TYPE_CHECKING:
    from config.keys import KeyRing

__all__ = ["TemporalUnreachable", "connect"]

_LOCAL = "localhost:7233"


class TemporalUnreachable(ConnectionError):
    """Temporal can't be reached; the text is one line that says where it was looked for and what to do."""


async def connect(
    *, keys: KeyRing | None, seconds: float = 5.0, metrics: str | None = None, payloads: bool = True
) -> Client:
    """A client on the Temporal of the environment.

    Args:
        keys: Encrypt what Temporal keeps; None leaves it plain.
        seconds: Longest time to wait for the connection.
        metrics: `host:port` at which the SDK's own metrics are to be shown; None for none.
        payloads: Whether the client reads or writes any; one that does not is there sooner.

    Raises:
        TemporalUnreachable: nobody answers there, or the configuration can't be read.
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise TemporalUnreachable(
            tr("the configuration of Temporal can't be read: {why}", why=_first_line(error))
        ) from error
    address = config.setdefault("target_host", _LOCAL)
    await _probe(address, seconds)
    # Imported once somebody answers, and as far as needed: who asks for a list waits for it.
    from engine.runtime import sdk_runtime

    plugins: list[Plugin] = []
    if payloads:
        from engine.plugin import maanwerk_plugin

        plugins.append(maanwerk_plugin(keys))
    runtime = sdk_runtime(metrics)
    try:
        return await Client.connect(
            **config,
            plugins=plugins,
            runtime=runtime,
            connect_timeout=timedelta(seconds=seconds),
        )
    except (RuntimeError, ValueError, OSError) as error:
        cause = _first_line(error).removeprefix("Failed client connect: ")[:200]
        raise TemporalUnreachable(_unreachable(address, cause)) from error


async def _probe(address: str, seconds: float) -> None:
    """Look whether anybody listens there: quicker and clearer than the SDK when nobody does."""
    host, _, port = address.removeprefix("https://").removeprefix("http://").rpartition(":")
    if not host or not port.isdecimal():
        raise TemporalUnreachable(
            tr("TEMPORAL_ADDRESS is {address!r}: write it like {local}", address=address, local=_LOCAL)
        )
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except TimeoutError as error:
        raise TemporalUnreachable(_unreachable(address, tr("no answer in time"))) from error
    except (OSError, OverflowError, UnicodeError) as error:
        raise TemporalUnreachable(_unreachable(address, _reason(error))) from error
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _unreachable(address: str, cause: str) -> str:
    return tr(
        "Temporal can't be reached at {address}: start it, or set TEMPORAL_ADDRESS ({cause})",
        address=address,
        cause=cause,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return tr("connection refused")
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the host name is not known"
    causes = str(getattr(error, "strerror", None) or error)
    return "connection refused" if "Connect call failed" in causes else causes[:200]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
