"""The Temporal dev server as tests use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RetryConfig

from config.keys import KeyRing
from engine.embedded import SERVER_LIMITS, dev_server
from engine.plugin import maanwerk_plugin

QUICK_TIMERS: Mapping[str, str] = {
    # Else a timer fires up to a second late, to save looking: a test waits for dozens of them.
    "history.timerProcessorMaxTimeShift": '"10ms"',
}

TASK_TIMEOUT = timedelta(seconds=2)
"""A workflow task that failed comes again only when its time is over: ten seconds where nobody says otherwise."""


@asynccontextmanager
async def quick_server(
    *,
    database: Path | None = None,
    ui: bool = False,
    port: int | None = None,
    ui_port: int | None = None,
    keys: KeyRing | None = None,
    limits: Mapping[str, str] = SERVER_LIMITS,
) -> AsyncIterator[Client]:
    """The dev server of the product, whose timers fire when they are due."""
    whole = {**limits, **QUICK_TIMERS}
    async with dev_server(database=database, ui=ui, port=port, ui_port=ui_port, keys=keys, limits=whole) as client:
        yield client


async def impatient(client: Client) -> Client:
    """A client on the same server that does not go on asking for a quarter of a minute after it was refused."""
    return await Client.connect(
        client.service_client.config.target_host, plugins=[maanwerk_plugin()], retry_config=RetryConfig(max_retries=1)
    )
