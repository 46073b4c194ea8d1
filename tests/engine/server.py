"""The Temporal dev server as tests use it: one for each process that tests, and a namespace for whoever asks.

A server needs most of a second of a processor before it answers, and a namespace a thirtieth of that. What one test
leaves in its namespace (runs, timers, search attributes, what it keeps of a case file) no other one sees; queues and
ids of workflows are each namespace's own, too. A test that kills its server, reads its file or opens its page asks for
a server of its own.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RetryConfig, RPCError

from config.keys import KeyRing
from engine.embedded import SERVER_LIMITS, dev_server, dev_server_arguments, free_port, register_search_attributes
from engine.plugin import maanwerk_plugin
from engine.runtime import sdk_runtime
from machine.tied_process import ends_with
from tests.engine.light_program import start_lightly

start_lightly()

QUICK_TIMERS: Mapping[str, str] = {
    # Else a timer fires up to a second late, to save looking: a test waits for dozens of them.
    "history.timerProcessorMaxTimeShift": '"10ms"',
}

BUILDS: Mapping[str, str] = {"worker.perNamespaceWorkerCount": "1"}
QUIET: Mapping[str, str] = {
    # Temporal works in each namespace itself, for schedules, batches and the builds of workers. No test has the first
    # two; who has builds says so.
    "worker.perNamespaceWorkerCount": "0",
    # Nothing grows old enough to be swept up.
    "worker.historyScannerEnabled": "false",
    "worker.taskQueueScannerEnabled": "false",
    # A queue in four parts, of which three hand on to the first what nobody asks for: a hundred times a second for the
    # cases that a test left behind, as long as the server runs.
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}
"""What a server would do in vain while others test, as long as the run lasts (decision 60)."""

TASK_TIMEOUT = timedelta(seconds=2)
"""A workflow task that failed comes again only when its time is over: ten seconds where nobody says otherwise."""


_namespaces = itertools.count(1)


@dataclass
class _Server:
    """A server of this process.

    Attributes:
        address: Where it listens.
        process: Its process.
        users: How many use it now, of those that say when they are done.
        asked: Whether anybody asked for it since it was last looked at.
    """

    address: str
    process: subprocess.Popen[bytes]
    users: int = 0
    asked: bool = True

    def end(self) -> None:
        """It has nothing to save."""
        self.process.kill()
        self.process.wait()


_servers: dict[frozenset[tuple[str, str]], _Server] = {}
"""Those of this process, by their limits."""


def end_unused() -> None:
    """End the servers that nobody has asked for since this was last called.

    Most of what needs Temporal is tested first, and cases that tests left behind go on: a hundredth of a processor.
    """
    for limits, server in [*_servers.items()]:
        if not server.users and not server.asked:
            _servers.pop(limits).end()
        server.asked = False


@atexit.register
def _end_all() -> None:
    for server in _servers.values():
        server.end()


@asynccontextmanager
async def quick_server(
    *,
    database: Path | None = None,
    ui: bool = False,
    port: int | None = None,
    ui_port: int | None = None,
    keys: KeyRing | None = None,
    limits: Mapping[str, str] = SERVER_LIMITS,
    builds: bool = False,
) -> AsyncIterator[Client]:
    """The dev server of the product, whose timers fire when they are due.

    With nothing but keys and limits asked for it is the one of this process, and the client has a new namespace there.
    Where workers have `builds`, Temporal has a worker of its own beside them.
    """
    whole = {**limits, **QUICK_TIMERS, **QUIET, **(BUILDS if builds else {})}
    if database is None and port is None and not ui:
        server = _shared(whole)
        server.users += 1
        try:
            yield await in_a_new_namespace(server.address, keys)
        finally:
            server.users -= 1
        return
    async with dev_server(database=database, ui=ui, port=port, ui_port=ui_port, keys=keys, limits=whole) as client:
        yield client


def _shared(limits: Mapping[str, str]) -> _Server:
    """The server of this process that has these limits, started when it is first asked for."""
    known = frozenset(limits.items())
    if known not in _servers:
        port = free_port()
        process = subprocess.Popen(
            dev_server_arguments(None, port, None, limits),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=ends_with(os.getpid()),
        )
        _servers[known] = _Server(f"127.0.0.1:{port}", process)
    _servers[known].asked = True
    return _servers[known]


async def in_a_new_namespace(address: str, keys: KeyRing | None = None) -> Client:
    """A client with a namespace of its own, which knows our search attributes, as soon as the server answers."""
    namespace = f"test-{next(_namespaces)}"
    request = RegisterNamespaceRequest(namespace=namespace)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    async with asyncio.timeout(60):
        while True:
            try:
                client = await Client.connect(
                    address, namespace=namespace, plugins=[maanwerk_plugin(keys)], runtime=sdk_runtime(None)
                )
                await client.service_client.check_health()
                break
            except (RPCError, RuntimeError):
                await asyncio.sleep(0.1)
        await client.workflow_service.register_namespace(request)
        await register_search_attributes(client)
    return client


def environment_of_a_new_namespace() -> dict[str, str]:
    """The same for processes: what they need in their environment to find it."""
    return as_environment(asyncio.run(in_a_new_namespace(_shared({**SERVER_LIMITS, **QUICK_TIMERS, **QUIET}).address)))


async def another(
    client: Client, keys: KeyRing | None = None, *, bare: bool = False, retry_config: RetryConfig | None = None
) -> Client:
    """One more client in the same namespace of the same server; a bare one speaks as any program does.

    Args:
        client: On the server.
        keys: The new one encrypts under these.
        bare: Without our plugin.
        retry_config: How long it goes on asking.
    """
    return await Client.connect(
        client.service_client.config.target_host,
        namespace=client.namespace,
        plugins=[] if bare else [maanwerk_plugin(keys)],
        retry_config=retry_config,
    )


async def impatient(client: Client) -> Client:
    """A client on the same server that does not go on asking for a quarter of a minute after it was refused."""
    return await another(client, retry_config=RetryConfig(max_retries=1))


def named(client: Client) -> list[str]:
    """What Temporal's own command line needs to find the same server and namespace."""
    return ["--address", client.service_client.config.target_host, "--namespace", client.namespace]


def as_environment(client: Client) -> dict[str, str]:
    """What a command of ours needs in its environment to find the same server and namespace."""
    return {"TEMPORAL_ADDRESS": client.service_client.config.target_host, "TEMPORAL_NAMESPACE": client.namespace}
