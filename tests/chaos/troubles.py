"""What can go wrong around a case file and its Temporal, made to happen: stalls, floods, runs ended or reset."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.service import RPCError

from casefile.database import Database
from tests.chaos.temporal_server import TemporalServer

FLOOD_BYTES = 1_900_000
"""The server of these tests takes up to 2 MB a signal; that of `up` and of compose 256 KiB."""


@contextmanager
def _locked(url: str) -> Iterator[None]:
    """Keep every writer of the case file out: SQLite's write lock, or PostgreSQL's lock on the tables themselves."""
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            if database.locks_all:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("LOCK TABLE facts, inbox, cases IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()
    finally:
        database.close()


@asynccontextmanager
async def stalled(url: str) -> AsyncIterator[None]:
    """The case file takes nothing as long as the block runs."""
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with _locked(url):
            held.set()
            enough.wait()

    holding = asyncio.create_task(asyncio.to_thread(hold))
    try:
        await asyncio.to_thread(held.wait)
        yield
    finally:
        enough.set()
        await holding


@contextmanager
def stopped_database(url: str) -> Iterator[None]:
    """PostgreSQL stands still as long as the block runs, with all its processes: nobody else may be using it."""
    database = Database(url)
    with database.engine.connect() as connection:
        folder = str(connection.exec_driver_sql("SHOW data_directory").scalar())
    database.close()
    main = int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
    # The first to stop is the one that makes the others.
    os.kill(main, signal.SIGSTOP)
    others = [int(each) for each in Path(f"/proc/{main}/task/{main}/children").read_text().split()]
    try:
        for each in others:
            os.kill(each, signal.SIGSTOP)
        yield
    finally:
        for each in (*others, main):
            os.kill(each, signal.SIGCONT)


@asynccontextmanager
async def frozen(server: TemporalServer) -> AsyncIterator[None]:
    """Temporal stands still as long as the block runs: it takes connections and answers nothing."""
    server.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.send_signal(signal.SIGCONT)


async def flood(client: Client, case_id: str, signals: int) -> int:
    """Signals as large as the server takes; returns how many it took before it had enough of them."""
    taken = 0
    for number in range(signals):
        data = b'{"n": "%d", "note": "%s"}' % (number, b"x" * FLOOD_BYTES)
        payload = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=data))
        try:
            await client.get_workflow_handle(case_id).signal("payment_received", payload)
        except RPCError:
            break  # The run is over: the server ended it, or it ended by itself.
        taken += 1
    return taken


async def terminate(client: Client, case_id: str) -> bool:
    """End the run of a case; whether there was one."""
    try:
        await client.get_workflow_handle(case_id).terminate(reason="chaos")
    except RPCError:
        return False
    return True


async def reset(client: Client, case_id: str, share: float) -> bool:
    """Put the run of a case back to an earlier task; whether that was possible."""
    try:
        events = (await client.get_workflow_handle(case_id).fetch_history()).events
        done = [e.event_id for e in events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
        if not done:
            return False
        await client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=case_id),
                reason="chaos",
                request_id=str(uuid4()),
                workflow_task_finish_event_id=done[int(share * len(done))],
            )
        )
    except RPCError:
        return False
    return True
