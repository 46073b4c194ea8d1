"""A Temporal dev server that keeps its state in a file, and may be killed and started again on the same port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from engine import embedded
from engine.embedded import SERVER_LIMITS, free_port
from engine.plugin import maanwerk_plugin
from tests.engine.light_program import start_lightly
from workflows import search_attributes

start_lightly()


@dataclass
class TemporalServer:
    """The server of one run.

    Attributes:
        state: File that keeps its state.
        port: Its port, the same after each start.
        limits: What it refuses; another limit lets a flood of large messages pass.
    """

    state: Path
    port: int = field(default_factory=free_port)
    limits: Mapping[str, str] = field(default_factory=lambda: SERVER_LIMITS)
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> Client:
        """Start it, and wait until it answers."""
        attributes = [f"{key.name}={key.indexed_value_type.name.title()}" for key in search_attributes.ALL]
        self._process = await asyncio.create_subprocess_exec(
            str(embedded.binary("temporal")), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port),
            "--headless", "--log-level", "error", "--db-filename", str(self.state),
            *(word for name, value in self.limits.items() for word in ("--dynamic-config-value", f"{name}={value}")),
            *(word for attribute in attributes for word in ("--search-attribute", attribute)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(60):
            while True:
                assert self._process.returncode is None, "the server ended by itself"
                try:
                    client = await Client.connect(f"127.0.0.1:{self.port}", plugins=[maanwerk_plugin()])
                    await client.service_client.check_health()
                    return client
                except (RPCError, RuntimeError):
                    await asyncio.sleep(0.1)

    def send_signal(self, number: int) -> None:
        """Send the process a signal of the operating system."""
        assert self._process is not None, "it was never started"
        self._process.send_signal(number)

    async def kill(self) -> None:
        """End it with SIGKILL."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
