"""What a history says its run was told: read whole, decoded by the client, each under its own id."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest
from temporalio.client import Client, WorkflowHistory, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.converter import PayloadCodec
from temporalio.service import RPCError

from engine.embedded import SERVER_LIMITS
from engine.plugin import data_converter
from engine.runs.repairing import Finding
from engine.runs.rescuing import Told, told_in
from tests.conftest import DATABASES
from tests.engine.runs.office import Office, office, payment
from tests.engine.secret_office import ring
from tests.engine.server import another, impatient, quick_server

HISTORIES = Path(__file__).parent / "jammed_histories"


async def told_by(history: WorkflowHistory) -> Told:
    async def events() -> AsyncIterator[HistoryEvent]:
        for event in history.events:
            yield event

    return await told_in(events(), data_converter())


@pytest.mark.parametrize(
    ("name", "payments"),
    [("84_failed_tasks", ["p92", "p116", "p134", "p223"]), ("step_failed_during_a_stall", ["p-F-3"])],
)
async def test_what_runs_were_told_that_jammed_in_earnest_is_found(name: str, payments: list[str]) -> None:
    """Cut from histories of cases that a stalled case file jammed: the signals after it were acknowledged."""
    text = (HISTORIES / f"{name}.json").read_text("utf-8")
    told = await told_by(WorkflowHistory.from_json("case:devaart:2026-F-19", text))
    assert [json.loads(message.raw or b"")["id"] for message in told.messages] == payments
    assert told.undecodable == 0


class Reversing(PayloadCodec):
    """Encodes in a way of its own; without the key nothing can be decoded."""

    def __init__(self, *, has_key: bool = True) -> None:
        self.has_key = has_key

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(metadata={"encoding": b"reversed"}, data=each.SerializeToString()[::-1]) for each in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._decoded(each) for each in payloads]

    def _decoded(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != b"reversed":
            return payload
        if not self.has_key:
            raise KeyError("key 7")
        return Payload.FromString(payload.data[::-1])


def speaking(client: Client, codec: PayloadCodec) -> Client:
    """A client like this one, with this codec."""
    config = client.config()
    config["data_converter"] = dataclasses.replace(client.data_converter, payload_codec=codec)
    config["plugins"] = []
    return Client(**config)


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


async def test_an_encrypted_history_is_decoded_and_without_the_key_tried_again(client: Client, tmp_path: Path) -> None:
    encrypted = speaking(client, Reversing())
    desk = office(encrypted, tmp_path)
    await desk.dispatcher.sweep()
    await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    keyless = office_on(speaking(client, Reversing(has_key=False)), desk)
    repair = await keyless.repairer.repair(desk.case_id)
    assert (repair.undecodable, repair.rescued, repair.mended) == (2, 0, False)
    assert "set the keys" in repair.says
    # Another run was begun meanwhile: the one that ended is found by the list, which comes later.
    await desk.listed("ExecutionStatus = 'Terminated'")
    repair = await desk.repairer.repair(desk.case_id)
    assert (repair.undecodable, repair.rescued, repair.mended) == (0, 1, True)
    assert desk.inbox("payment_received") and not desk.inbox("something else")
    desk.file.database.close()


async def test_with_the_keys_of_the_deployment_a_history_is_read_and_what_nobody_could_open_counts_as_kept(
    tmp_path: Path,
) -> None:
    async with quick_server(keys=ring("k2", "k1")) as client:
        desk = office(client, tmp_path)
        await desk.dispatcher.sweep()
        stranger, older = await another(client, ring("x9")), await another(client, ring("k1"))
        await stranger.get_workflow_handle(desk.case_id).signal("payment_received", payment("5.00"))
        async with desk.worker():
            await desk.until(lambda: desk.case().quarantined, "what the worker can't open in its quarantine")
        await older.get_workflow_handle(desk.case_id).signal("payment_received", payment("6.00"))
        await desk.signal("payment_received", payment("7.00"))
        await desk.handle.terminate()
        keyless = office_on(await another(client), desk)
        repair = await keyless.repairer.repair(desk.case_id)
        # The input, too, is encrypted. Nothing is taken for what it is not.
        assert (repair.undecodable, repair.rescued, repair.mended) == (3, 0, False)
        # As above: by the list, which comes later.
        await desk.listed("ExecutionStatus = 'Terminated'")
        repair = await desk.repairer.repair(desk.case_id)
        assert (repair.undecodable, repair.rescued, repair.mended) == (0, 2, True)
        async with desk.worker():
            await desk.until_booked("6.00", "7.00")
        assert len(desk.case().quarantined) == 1
        desk.file.database.close()


def office_on(client: Client, desk: Office) -> Office:
    dispatcher = dataclasses.replace(desk.dispatcher, client=client)
    return dataclasses.replace(desk, client=client, dispatcher=dispatcher)


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_a_run_that_the_server_ends_for_its_size_loses_nothing(tmp_path: Path, kept_in: str) -> None:
    """As in production at 50 MB; here the server's patience is shorter."""
    limits = {**SERVER_LIMITS, "limit.historySize.error": "4000000", "limit.historySize.warn": "3000000"}
    async with quick_server(limits=limits) as client:
        desk = office(client, tmp_path)
        await desk.dispatcher.sweep()
        acknowledged: list[str] = []
        for number in range(40):
            note = "x" * 200_000
            content = payment("1.00", f"p{number}") if number % 2 else payment("1.00")
            try:
                await desk.signal("payment_received", {**content, "note": note})
            except RPCError:
                break
            acknowledged.append(f"{number}")
        described = await desk.handle.describe()
        assert described.status is not None and described.status.name == "TERMINATED"
        assert 10 < len(acknowledged) < 40
        repair = await desk.repairer.repair(desk.case_id)
        assert (repair.finding, repair.how) == (Finding.ENDED, "terminated")
        assert repair.rescued == len(acknowledged)
        async with desk.worker():
            await desk.until_booked(*["1.00"] * len(acknowledged))


async def test_signals_that_came_while_a_task_was_under_way_are_in_the_history_too(
    client: Client, tmp_path: Path
) -> None:
    """The server holds them back while a worker has a task, and writes them down when the run is ended."""
    desk = office(client, tmp_path)
    await desk.dispatcher.sweep()
    # A worker that takes a task and never answers: nothing but a poll.
    answer = await client.workflow_service.poll_workflow_task_queue(
        PollWorkflowTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=desk.dispatcher.task_queue), identity="stuck"
        )
    )
    assert answer.task_token
    for number in range(3):
        await desk.signal("payment_received", payment("1.00", f"p{number}"))
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 3
    async with desk.worker():
        await desk.until_booked("1.00", "1.00", "1.00")
    desk.file.database.close()


async def test_a_message_larger_than_a_case_keeps_is_refused_where_it_is_sent(client: Client, tmp_path: Path) -> None:
    desk = office(client, tmp_path)
    await desk.dispatcher.sweep()
    with pytest.raises(RPCError, match="Blob data size exceeds limit"):
        await desk.signal("payment_received", {**payment("1.00", "large"), "note": "x" * 300_000})
    await desk.signal("payment_received", {**payment("1.00", "small"), "note": "x" * 200_000})
    async with desk.worker():
        await desk.until_booked("1.00")
    desk.file.database.close()


async def test_an_update_larger_than_a_case_keeps_is_refused_and_jams_nothing(client: Client, tmp_path: Path) -> None:
    """Temporal looks at the size of an update only when the worker repeats it: a whole run would fail over it."""
    desk = office(client, tmp_path)
    await desk.dispatcher.sweep()
    handle = (await impatient(client)).get_workflow_handle(desk.case_id)
    async with desk.worker():
        for name, size in (("pause_case", 246_000), ("log_call", 300_000), ("pause_case", 1_900_000)):
            # The SDK would try again for a while, and then say that the limit has been reached.
            with pytest.raises((WorkflowUpdateRPCTimeoutOrCancelledError, RPCError)):
                await handle.execute_update(
                    name, {"note": "x" * size}, result_type=str, rpc_timeout=timedelta(seconds=1)
                )
        answer = await desk.handle.execute_update("pause_case", {"note": "x" * 240_000}, result_type=str)
        assert answer.startswith("accepted")
        assert (await desk.repairer.diagnose(desk.case_id)).finding is Finding.WELL
    desk.file.database.close()


async def test_what_still_passes_a_server_without_that_limit_is_rescued_as_its_hash(tmp_path: Path) -> None:
    async with quick_server(limits={}) as client:
        desk = office(client, tmp_path)
        await desk.dispatcher.sweep()
        await desk.signal("payment_received", {**payment("1.00", "large"), "note": "x" * 1_900_000})
        await desk.handle.terminate()
        assert (await desk.repairer.repair(desk.case_id)).rescued == 1
        async with desk.worker():
            await desk.until(lambda: desk.case().quarantined, "the quarantine")
        desk.file.database.close()


def test_the_server_of_compose_refuses_what_that_of_up_refuses() -> None:
    text = (Path(__file__).parents[3] / "deploy" / "temporal.yaml").read_text("utf-8")
    for name, value in SERVER_LIMITS.items():
        assert f"{name}:\n  - value: {value}\n" in text


def test_the_copies_of_histories_name_no_machine() -> None:
    for path in HISTORIES.glob("*.json"):
        events = json.loads(path.read_text("utf-8"))["events"]
        assert "@" not in json.dumps(events)
        kinds = Counter(event["eventType"] for event in events)
        assert kinds["EVENT_TYPE_WORKFLOW_TASK_FAILED"] >= 1
        started = events[0]["workflowExecutionStartedEventAttributes"]
        assert "case_id" in base64.b64decode(started["input"]["payloads"][0]["data"]).decode()
