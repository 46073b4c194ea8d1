"""The embedded engines: the Temporal dev server and the time-skipping test server, from their wheels.

Nothing is downloaded: the binaries stand beside the Python interpreter.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from worker.plugin import maanwerk_plugin
from worker.runtime import sdk_runtime
from workflows import search_attributes


class EngineMissing(RuntimeError):
    """The binary of an embedded engine is not installed."""


def binary(name: str) -> Path:
    """Path of an installed engine binary: `temporal` or `temporal-test-server`.

    Raises:
        EngineMissing: when it is not there.
    """
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():
        raise EngineMissing(f"{name} is not installed beside this Python; install the package {name}-bin")
    return path


def free_port() -> int:
    """A TCP port that is free on the loopback interface right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def test_server() -> AsyncIterator[Client]:
    """The time-skipping test server, with a client on it; it is ended with the block.

    Time skips only inside `unlock` calls: it is started without `--enable-time-skipping`.
    """
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        str(binary("temporal-test-server")),
        str(port),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        client = await _connected(f"127.0.0.1:{port}", process)
        await register_search_attributes(client)
        yield client
    finally:
        await _ended(process)


@contextlib.asynccontextmanager
async def dev_server(
    *, database: Path | None = None, ui: bool = False, port: int | None = None, ui_port: int | None = None
) -> AsyncIterator[Client]:
    """The Temporal dev server, with a client on it; it is ended with the block.

    Args:
        database: File that keeps its state; None keeps it in memory.
        ui: Whether to serve the web UI.
        port: Port of the engine; a free one by default.
        ui_port: Port of the web UI; a free one by default.
    """
    port = port or free_port()
    arguments = [
        "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "error",
        "--dynamic-config-value", "frontend.WorkflowPauseEnabled=true",
    ]  # fmt: skip
    arguments += ["--ui-port", str(ui_port or free_port()), "--ui-disable-news-fetch"] if ui else ["--headless"]
    if database is not None:
        arguments += ["--db-filename", str(database)]
    for key in search_attributes.ALL:
        arguments += ["--search-attribute", f"{key.name}={key.indexed_value_type.name.title()}"]
    process = await asyncio.create_subprocess_exec(
        str(binary("temporal")),
        *arguments,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield await _connected(f"127.0.0.1:{port}", process)
    finally:
        await _ended(process)


async def register_search_attributes(client: Client) -> None:
    """Make the server know our search attributes; harmless when it does."""
    attributes = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in search_attributes.ALL}
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=attributes)
    )


async def _connected(address: str, process: asyncio.subprocess.Process) -> Client:
    """A client, as soon as the server answers."""
    error: Exception | None = None
    for _ in range(600):
        if process.returncode is not None:
            raise EngineMissing(f"the embedded engine ended at once with exit code {process.returncode}")
        try:
            client = await Client.connect(address, plugins=[maanwerk_plugin()], runtime=sdk_runtime())
            await client.service_client.check_health()
            return client
        except (RPCError, RuntimeError) as caught:
            error = caught
            await asyncio.sleep(0.1)
    raise EngineMissing(f"the embedded engine did not answer within a minute: {error}")


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
