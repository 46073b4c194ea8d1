"""Reaching Temporal, configured the SDK's way: `TEMPORAL_ADDRESS` and its companions, or its TOML file."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from worker.plugin import maanwerk_plugin
from worker.runtime import sdk_runtime

__all__ = ["TemporalUnreachable", "connect"]

_LOCAL = "localhost:7233"


class TemporalUnreachable(ConnectionError):
    """Temporal can't be reached; the text is one line that says where it was looked for and what to do."""


async def connect(*, seconds: float = 5.0) -> Client:
    """A client on the Temporal of the environment.

    Args:
        seconds: Longest time to wait for the connection.

    Raises:
        TemporalUnreachable: nobody answers there, or the configuration can't be read.
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise TemporalUnreachable(f"the configuration of Temporal can't be read: {_first_line(error)}") from error
    address = config.setdefault("target_host", _LOCAL)
    try:
        return await Client.connect(
            **config,
            plugins=[maanwerk_plugin()],
            runtime=sdk_runtime(),
            connect_timeout=timedelta(seconds=seconds),
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise TemporalUnreachable(
            f"Temporal can't be reached at {address}: start it, or set TEMPORAL_ADDRESS ({_cause(error)})"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _cause(error: Exception) -> str:
    """The part of the SDK's nested message that a person can use."""
    text = _first_line(error)
    if "ConnectionRefused" in text:
        return "connection refused"
    if "dns error" in text or "lookup address" in text:
        return "the host name is not known"
    if "imeout" in text or "timed out" in text or "deadline" in text.lower():
        return "no answer in time"
    return text.removeprefix("Failed client connect: ")[:200]
