"""Temporal's own pause is seen everywhere, loses nothing, and sends nothing."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.workflowservice.v1 import PauseWorkflowExecutionRequest, UnpauseWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from domain.clock import Clock
from domain.facts import CloseReason
from engine.dispatcher import Dispatcher
from engine.runs.status import EngineState, engine_status, paused_cases
from tests.casefile.builders import reminders
from tests.cli.running import Ran, runner
from tests.domain.builders import invoice, local
from tests.engine.bench import Bench, stocked, until
from tests.engine.server import as_environment, quick_server
from tests.forked_children import fork_asking

pytestmark = pytest.mark.asyncio(loop_scope="module")

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


class Desk(Bench):
    """A case in a case file that the command line finds, started in Temporal."""

    def worker(self, client: Client | None = None, **settings: Any) -> Worker:
        return super().worker(client, simulation=True, **settings)

    async def pause(self) -> None:
        """As the button of the web page does it, by somebody whom Temporal knows."""
        request = PauseWorkflowExecutionRequest(
            namespace=self.client.namespace,
            workflow_id=self.case_id,
            identity="j.devries",
            reason="wrong letters",
            request_id=str(uuid4()),
        )
        await self.client.workflow_service.pause_workflow_execution(request)

    async def unpause(self) -> None:
        request = UnpauseWorkflowExecutionRequest(
            namespace=self.client.namespace, workflow_id=self.case_id, request_id=str(uuid4())
        )
        await self.client.workflow_service.unpause_workflow_execution(request)

    async def pay_all(self) -> None:
        await self.dispatcher.tell(self.case_id, "payment_received", {"id": "p1", "amount": "1000.00"}, "p1")

    def waiting(self) -> list[str]:
        with self.file.read() as transaction:
            return [row.name for row in transaction.inbox.waiting(self.case_id)]


@pytest.fixture
def maanwerk(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Awaitable[Ran]]:
    """The command line on the same case file and the same Temporal, beside the worker."""
    for name, value in as_environment(client).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    # How long a list waits for Temporal is no matter of these tests.
    monkeypatch.setattr("cli.case.asking_beside._PATIENT_SECONDS", 60.0)
    monkeypatch.setattr("cli.case.asking_beside._AT_MOST_SECONDS", 120.0)
    monkeypatch.setattr("cli.case.asking_beside.Beside._begun", fork_asking)
    run = runner(monkeypatch, capsys)
    return lambda *arguments: asyncio.to_thread(run, *arguments)


@pytest_asyncio.fixture(loop_scope="module")
async def desk(client: Client, tmp_path: Path) -> AsyncIterator[Desk]:
    """A case whose reminder is due since half an hour: any worker sends it at once."""
    begin = local("2026-03-06", "12:30")
    number = next(_numbers)
    case_id = f"case:devaart:2026-{number}"
    owed = invoice(number=f"F-{number}")
    file = stocked(tmp_path, reminders(), {case_id: owed}, local("2026-03-01"), begin)
    clock = Clock(offset=(begin - datetime.now(UTC)).total_seconds())
    dispatcher = Dispatcher(client, file, f"paused-{number}", clock=clock, step_seconds=5.0)
    await dispatcher.sweep()
    yield Desk(client, file, dispatcher, (case_id,))
    with contextlib.suppress(RPCError):
        await client.get_workflow_handle(case_id).terminate()
    file.database.close()


async def test_a_case_paused_in_temporal_is_shown_as_such_and_nothing_is_done(
    client: Client, desk: Desk, maanwerk: Callable[..., Awaitable[Ran]]
) -> None:
    await desk.pause()
    status = await engine_status(client, desk.case_id)
    assert (status.state, status.by, status.reason) == (EngineState.PAUSED, "j.devries", "wrong letters")
    assert status.since is not None
    await until(lambda: _is_listed(client, desk.case_id), "the case in Temporal's list of paused ones")
    shown = json.loads((await maanwerk("case", "show", desk.case_id, "--json")).out)
    assert (shown["engine"]["state"], shown["engine"]["by"]) == ("paused", "j.devries")
    assert shown["why"][0] == "Temporal itself holds the case"
    text = " ".join((await maanwerk("case", "show", desk.case_id)).out.split())
    assert "paused in Temporal by j.devries since" in text
    assert '"wrong letters": signals are kept, timers run, nothing is done until it is unpaused' in text
    assert "paused in Temporal" in (await maanwerk("case", "list")).out
    listed = json.loads((await maanwerk("case", "list", "--json")).out)
    assert [row["paused_in_temporal"] for row in listed] == [True]


async def test_a_payment_during_a_pause_in_temporal_is_kept_and_closes_the_case_before_anything_is_sent(
    desk: Desk,
) -> None:
    """The reminder is due all the while."""
    await desk.pause()
    async with desk.worker():
        await desk.pay_all()
        assert desk.waiting() == ["payment_received"]
        assert desk.case().closed is None
        await desk.unpause()
        await until(lambda: desk.case().closed is CloseReason.PAID, "the closing")
    assert desk.shelf.taken == []
    assert desk.waiting() == []


async def test_a_signal_during_a_pause_in_temporal_is_kept_too(client: Client, desk: Desk) -> None:
    """Also one that does not come through the inbox, as from the form of the web page."""
    await desk.pause()
    async with desk.worker():
        await client.get_workflow_handle(desk.case_id).signal("pause", "on holiday")
        await desk.unpause()
        await until(lambda: desk.case().holds, "our own pause")
    assert desk.shelf.taken == []


async def test_what_a_person_decides_meanwhile_is_written_down_and_the_answer_says_why(
    desk: Desk, maanwerk: Callable[..., Awaitable[Ran]]
) -> None:
    await desk.pause()
    async with desk.worker():
        ran = await maanwerk("case", "pause", desk.case_id, "--reason", "on holiday")
        assert ran.code == 0
        assert "paused in Temporal: it is taken up when it is unpaused there" in " ".join(ran.out.split())
        assert desk.waiting() == ["pause_case"]
        await desk.unpause()
        await until(lambda: desk.case().holds and not desk.waiting(), "our own pause")
    assert desk.shelf.taken == []


async def test_a_sweep_passes_over_no_case_that_is_paused_in_temporal(client: Client, desk: Desk) -> None:
    """Starting and telling a case that Temporal holds neither fails nor starts a second run."""
    await desk.pause()
    await desk.dispatcher.start(desk.case_id)
    await desk.pay_all()
    assert await desk.dispatcher.sweep() == (0, 1)
    assert (await engine_status(client, desk.case_id)).paused


async def test_a_case_that_runs_or_has_ended_or_never_was_is_told_apart(
    client: Client, desk: Desk, maanwerk: Callable[..., Awaitable[Ran]]
) -> None:
    assert (await engine_status(client, desk.case_id)).state is EngineState.RUNNING
    assert (await engine_status(client, "case:nobody:2026-1")).state is EngineState.GONE
    await client.get_workflow_handle(desk.case_id).terminate()
    assert (await engine_status(client, desk.case_id)).state is EngineState.CLOSED
    text = " ".join((await maanwerk("case", "show", desk.case_id)).out.split())
    assert "ended (terminated), though the case is open" in text


async def test_a_namespace_that_is_not_there_is_no_case_that_is_gone(client: Client) -> None:
    config = client.config()
    config["namespace"] = "elsewhere"
    with pytest.raises(RPCError, match="elsewhere") as caught:
        await engine_status(Client(**config), "case:nobody:2026-1")
    assert caught.value.status is RPCStatusCode.NOT_FOUND


async def _is_listed(client: Client, case_id: str) -> bool:
    return case_id in await paused_cases(client)
