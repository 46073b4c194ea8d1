"""The embedded engines: the Temporal dev server and the time-skipping test server, from their wheels.

Nothing is downloaded: the binaries stand beside the Python interpreter.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import sysconfig
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from config.keys import KeyRing
from domain.messages import MAX_BYTES
from engine.plugin import maanwerk_plugin
from engine.runtime import sdk_runtime
from machine.private import UMASK, private_opener
from machine.tied_process import ends_with
from workflows import search_attributes

SERVER_LIMITS: Mapping[str, str] = {
    # What a case can't keep is refused where it is sent, not found out when it is recorded (256 KiB).
    "limit.blobSize.error": str(MAX_BYTES),
    "limit.blobSize.warn": str(MAX_BYTES // 2),
    # So are updates, whose size Temporal does not look at before the worker repeats them in its answer: one above the
    # limit would make every task of the run fail. This is for all that are under way at once in a run (240 KiB).
    "history.maxInFlightUpdatePayloads": str(MAX_BYTES - 16 * 1024),
}
"""Dynamic configuration of every Temporal server of ours; `deploy/temporal.yaml` has the same."""


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


_FIRST_PORT, _PORTS = 20_000, 12_000
"""Below those that systems give to outgoing connections: one of these would take it before anybody listens there."""
_TRIES = 100


def free_port() -> int:
    """A TCP port that is free on the loopback interface right now."""
    for _ in range(_TRIES):
        with socket.socket() as probe, contextlib.suppress(OSError):
            chosen = _FIRST_PORT + secrets.randbelow(_PORTS)
            probe.bind(("127.0.0.1", chosen))
            return chosen
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
    *,
    database: Path | None = None,
    ui: bool = False,
    port: int | None = None,
    ui_port: int | None = None,
    keys: KeyRing | None = None,
    limits: Mapping[str, str] = SERVER_LIMITS,
) -> AsyncIterator[Client]:
    """The Temporal dev server, with a client on it; it is ended with the block, at once where it keeps nothing.

    Args:
        database: File that keeps its state; None keeps it in memory.
        ui: Whether to serve the web UI.
        port: Port of the engine; a free one by default.
        ui_port: Port of the web UI; a free one by default.
        keys: The client encrypts under these.
        limits: Dynamic configuration of what the server refuses.
    """
    arguments = dev_server_arguments(database, port or free_port(), (ui_port or free_port()) if ui else None, limits)
    address = f"127.0.0.1:{arguments[arguments.index('--port') + 1]}"
    process = await asyncio.create_subprocess_exec(
        *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, umask=UMASK
    )
    try:
        yield await _connected(address, process, keys=keys)
    finally:
        if database is None and process.returncode is None:
            process.kill()  # It has nothing to save, and would take two seconds to say good-bye to everybody.
        await _ended(process)


@dataclass(frozen=True, slots=True)
class Engine:
    """A dev server that is tied to this process.

    Attributes:
        client: A client on it.
        process: Its process.
    """

    client: Client
    process: asyncio.subprocess.Process


@contextlib.asynccontextmanager
async def tied_dev_server(
    *,
    database: Path,
    port: int,
    ui_port: int,
    log: Path,
    held: Sequence[int] = (),
    metrics: str | None = None,
    keys: KeyRing | None = None,
    codec: str | None = None,
) -> AsyncIterator[Engine]:
    """The Temporal dev server with its web UI, for a process that stands alone; it is ended with the block.

    Ctrl-C in a terminal does not reach it, so that the worker can finish first. On Linux it ends with this process
    however that ends, also by `kill -9`.

    Args:
        database: File that keeps its state; a new one is its owner's alone.
        port: Port of the engine.
        ui_port: Port of the web UI.
        log: File for what it says.
        held: File descriptors that it inherits: a lock on them lasts until both processes are gone.
        metrics: `host:port` on which the SDK shows its own metrics.
        keys: The client encrypts under these.
        codec: URL of the endpoint that decrypts for the web UI.

    Raises:
        EngineMissing: it did not start.
    """
    with open(log, "ab", opener=private_opener) as out:
        process = await asyncio.create_subprocess_exec(
            *dev_server_arguments(database, port, ui_port, codec=codec),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            pass_fds=held,
            start_new_session=True,
            preexec_fn=ends_with(os.getpid()),
            umask=UMASK,
        )
    try:
        yield Engine(await _connected(f"127.0.0.1:{port}", process, metrics, keys), process)
    finally:
        await _ended(process)


def dev_server_arguments(
    database: Path | None,
    port: int,
    ui_port: int | None,
    limits: Mapping[str, str] = SERVER_LIMITS,
    *,
    codec: str | None = None,
) -> list[str]:
    """The command line of a dev server.

    Args:
        database: File that keeps its state; None keeps it in memory.
        port: Port of the engine.
        ui_port: Port of the web UI; None serves none.
        limits: Dynamic configuration of what the server refuses.
        codec: URL of the endpoint that decrypts for the web UI.
    """
    arguments = [
        str(binary("temporal")),
        "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "error",
        "--dynamic-config-value", "frontend.WorkflowPauseEnabled=true",
    ]  # fmt: skip
    arguments += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    if codec is not None:
        arguments += ["--ui-codec-endpoint", codec]
    if database is not None:
        arguments += ["--db-filename", str(database)]
    for name, value in limits.items():
        arguments += ["--dynamic-config-value", f"{name}={value}"]
    for key in search_attributes.ALL:
        arguments += ["--search-attribute", f"{key.name}={key.indexed_value_type.name.title()}"]
    return arguments


async def keep_closed_for(client: Client, retention: timedelta) -> None:
    """Make the server keep closed workflows for so long."""
    config = NamespaceConfig()
    config.workflow_execution_retention_ttl.FromTimedelta(retention)
    await client.workflow_service.update_namespace(UpdateNamespaceRequest(namespace=client.namespace, config=config))


async def register_search_attributes(client: Client) -> None:
    """Make the server know our search attributes; harmless when it does."""
    attributes = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in search_attributes.ALL}
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=attributes)
    )


async def _connected(
    address: str, process: asyncio.subprocess.Process, metrics: str | None = None, keys: KeyRing | None = None
) -> Client:
    """A client, as soon as the server answers."""
    error: Exception | None = None
    for _ in range(600):
        if process.returncode is not None:
            raise EngineMissing(f"the embedded engine ended at once with exit code {process.returncode}")
        try:
            client = await Client.connect(address, plugins=[maanwerk_plugin(keys)], runtime=sdk_runtime(metrics))
            await client.service_client.check_health()
            return client
        except (RPCError, RuntimeError) as caught:
            error = caught
            await asyncio.sleep(0.1)
    raise EngineMissing(f"the embedded engine did not answer within a minute: {error}")


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
