"""Reaching Temporal, configured the SDK's way: `TEMPORAL_ADDRESS` and its companions, or its TOML file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import Client, Plugin
from temporalio.envconfig import ClientConfig

from engine.listening import LOCAL, TemporalUnreachable, first_line, probe, unreachable
from speech.words import tr

if TYPE_CHECKING:
    from config.keys import KeyRing

__all__ = ["TemporalUnreachable", "connect"]


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
            tr("the configuration of Temporal can't be read: {why}", why=first_line(error))
        ) from error
    address = config.setdefault("target_host", LOCAL)
    await probe(address, seconds)
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
        cause = first_line(error).removeprefix("Failed client connect: ")[:200]
        raise TemporalUnreachable(unreachable(address, cause)) from error
