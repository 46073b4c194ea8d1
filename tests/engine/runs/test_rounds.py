"""The worker's rounds find every case that has no run, or one that can't go on, and mend it at a bounded cost."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from temporalio.api.workflowservice.v1 import PauseWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from casefile.metrics import CaseMetrics
from config.logs import configure_logs
from config.settings import Settings
from engine.dispatcher import Dispatcher
from engine.embedded import free_port
from engine.runs import listing, rounds
from engine.runs.repairing import Finding
from engine.runs.rounds import Troubles
from tests.engine.runs.broken_workflows import EndsAtOnce, Raises
from tests.engine.runs.office import Office, line_of, office, payment
from tests.engine.server import quick_server
from worker.health import metrics_text
from worker.process import serve
from workflows.overdue_invoice import OverdueInvoice

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """Three cases on a Temporal of their own, for rounds look at all there is."""
    async with quick_server() as client:
        made = office(client, tmp_path, cases=3)
        await made.dispatcher.sweep()
        await made.listed("ExecutionStatus = 'Running'", 3)
        yield made
        made.file.database.close()


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logs(stream=stream)
    return stream


async def test_a_list_that_is_behind_what_was_mended_hides_no_other_case(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = desk.case_ids
    looking = desk.rounds()
    assert await looking.look() == ()
    await desk.handle.terminate()
    await desk.listed("ExecutionStatus = 'Terminated'")

    async def as_before(_: Client) -> int:
        return 2

    with monkeypatch.context() as behind:
        behind.setattr(rounds, "count_living", as_before)
        assert [each.case_id for each in await looking.look()] == [first]
    await desk.listed("ExecutionStatus = 'Running'", 3)
    await Office(desk.client, desk.file, desk.dispatcher, (second,)).delete()
    await desk.listed("ExecutionStatus = 'Running'", 2)
    assert [each.case_id for each in await looking.look()] == [second]


async def test_a_round_mends_what_was_terminated_and_deleted_and_says_so_at_warning(
    desk: Office, log: io.StringIO
) -> None:
    first, second, _ = desk.case_ids
    looking = desk.rounds()
    assert await looking.look() == ()
    assert looking.troubles == Troubles()
    await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    await desk.listed("ExecutionStatus = 'Terminated'")
    repairs = await looking.look()
    assert [(each.case_id, each.finding, each.rescued) for each in repairs] == [(first, Finding.ENDED, 1)]
    line = line_of(log.getvalue(), "case_repaired")
    assert (line["level"], line["case_id"], line["found"]) == ("warning", first, "ended")
    assert (line["messages_rescued"], line["run_begun"]) == (1, True)
    # The run that was begun is listed before another goes: two of three would be listed before the deletion is, too.
    await desk.listed("ExecutionStatus = 'Running'", 3)
    await Office(desk.client, desk.file, desk.dispatcher, (second,)).delete()
    await desk.listed("ExecutionStatus = 'Running'", 2)
    (repair,) = await looking.look()
    assert (repair.case_id, repair.finding, repair.begun) == (second, Finding.GONE, True)
    await desk.listed("ExecutionStatus = 'Running'", 3)
    assert await looking.look() == ()
    assert looking.troubles == Troubles()
    async with desk.worker():
        await desk.until_booked("7.00")


async def test_a_round_rescues_what_a_run_was_told_that_ended_before_the_next_was_begun(desk: Office) -> None:
    looking = desk.rounds()
    await looking.look()
    await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    await desk.dispatcher.nudge(desk.case_id)
    await desk.listed("ExecutionStatus = 'Terminated'")
    (repair,) = await looking.look()
    assert (repair.finding, repair.rescued) == (Finding.LEFT_BEHIND, 1)
    async with desk.worker():
        await desk.until_booked("7.00")


async def test_a_case_that_is_jammed_besides_is_searched_again_in_the_next_round(desk: Office) -> None:
    """As it was found: the second run that ended was left unread, for the case was not mended by the round before."""
    looking = desk.rounds()

    async def jammed() -> bool:
        return (await desk.repairer.diagnose(desk.case_id)).finding is Finding.JAMMED

    for ended, amount in enumerate(("7.00", "9.00"), 1):
        await desk.signal("payment_received", payment(amount))
        await desk.handle.terminate()
        await desk.dispatcher.nudge(desk.case_id)
        await desk.listed("ExecutionStatus = 'Terminated'", ended)
        async with desk.broken_worker(Raises):
            await desk.until(jammed, "the failing task")
            (repair,) = await looking.look()
        assert (repair.finding, repair.rescued) == (Finding.JAMMED, 1)
    async with desk.worker():
        await desk.until_booked("7.00", "9.00")


async def test_a_jammed_run_is_told_at_once_and_ended_only_after_a_while(desk: Office, log: io.StringIO) -> None:
    looking = desk.rounds()
    await desk.signal("payment_received", payment("7.00"))
    run = await desk.run_id()

    async def jammed() -> bool:
        return (await desk.repairer.diagnose(desk.case_id)).finding is Finding.JAMMED

    async with desk.broken_worker(Raises):
        await desk.until(jammed, "the failing task")
        # Told of nothing by Temporal yet, it is found because it should have recorded its message long ago.
        with desk.file.write(desk.case_id) as transaction:
            past = desk.dispatcher.real_now() - timedelta(hours=1)
            transaction.inbox.accept(
                desk.case_id, "late", "payment_received", b'{"id": "late", "amount": "8.00"}', past
            )
        assert await looking.look() == ()
        assert looking.troubles == Troubles(jammed=1)
        line = line_of(log.getvalue(), "case_jammed")
        assert (line["level"], line["case_id"]) == ("warning", desk.case_id)
        assert line["cause"] == "WORKFLOW_WORKER_UNHANDLED_FAILURE"
        assert await desk.run_id() == run
        looking.patience, looking.least_failures = timedelta(0), 1
        (repair,) = await looking.look()
    assert (repair.finding, repair.rescued, repair.mended) == (Finding.JAMMED, 1, True)
    assert looking.troubles == Troubles()
    assert await desk.run_id() != run
    async with desk.broken_worker(Raises):
        await desk.until(jammed, "the failing task of the new run")
        assert await looking.look() == (), "another run does not help it: it is not ended again for a day"
        assert looking.troubles == Troubles(jammed=1)
    async with desk.worker():
        await desk.until_booked("7.00", "8.00")


async def test_an_open_case_whose_runs_end_by_themselves_is_told_and_not_begun_for_ever(
    desk: Office, log: io.StringIO
) -> None:
    looking = desk.rounds()
    async with desk.broken_worker(EndsAtOnce):
        for number in range(1, 4):
            await desk.listed("ExecutionStatus = 'Completed'", 3 * number)
            await desk.listed("ExecutionStatus = 'Running'", 0)
            assert [each.begun for each in await looking.look()] == [True, True, True]
        await desk.listed("ExecutionStatus = 'Completed'", 12)
        await desk.listed("ExecutionStatus = 'Running'", 0)
        assert [each.begun for each in await looking.look()] == [False, False, False]
    assert looking.troubles == Troubles(without_run=3)
    assert line_of(log.getvalue(), "case_ends_by_itself")["case_id"] in desk.case_ids


async def test_a_native_pause_is_a_living_run(desk: Office) -> None:
    await desk.client.workflow_service.pause_workflow_execution(
        PauseWorkflowExecutionRequest(
            namespace=desk.client.namespace, workflow_id=desk.case_id, reason="looking", request_id="1"
        )
    )
    await desk.listed("ExecutionStatus = 'Paused'")
    looking = desk.rounds()
    assert await looking.look() == ()
    assert looking.troubles == Troubles()


async def test_a_workflow_without_a_case_is_counted_and_told(desk: Office, log: io.StringIO) -> None:
    stranger = "case:devaart:of-another-file"
    await desk.client.start_workflow(
        OverdueInvoice.run, desk.dispatcher.case_input(stranger), id=stranger, task_queue="nobody's"
    )
    await desk.until(lambda: _lives(desk, stranger), "the stranger in the list")
    looking = desk.rounds()
    assert await looking.look() == ()
    assert looking.troubles == Troubles(without_case=1)
    assert line_of(log.getvalue(), "run_without_case")["case_id"] == stranger
    assert await _lives(desk, stranger)


async def _lives(desk: Office, case_id: str) -> bool:
    return (await desk.client.count_workflows(f"WorkflowId = '{case_id}' AND ExecutionStatus = 'Running'")).count == 1


async def test_so_many_cases_without_a_run_that_it_must_be_the_wrong_place_are_told_and_not_begun(
    desk: Office, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "_MANY", 1)
    for case_id in desk.case_ids[:2]:
        await desk.client.get_workflow_handle(case_id).terminate()
    await desk.listed("ExecutionStatus = 'Running'", 1)
    async with quick_server() as elsewhere:
        lost = Office(elsewhere, desk.file, _dispatcher_on(elsewhere, desk), desk.case_ids)
        looking = lost.rounds()
        assert await looking.look() == ()
        assert looking.troubles == Troubles(without_run=3)
        assert line_of(log.getvalue(), "many_cases_without_run")["cases"] == 3
        assert (await elsewhere.count_workflows("")).count == 0


def _dispatcher_on(client: Client, desk: Office) -> Dispatcher:
    return Dispatcher(client, desk.file, desk.dispatcher.task_queue)


async def test_as_long_as_all_is_well_a_round_lists_no_runs(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    listings: list[Client] = []
    living = listing.living

    async def counted(client: Client) -> frozenset[str]:
        listings.append(client)
        return await living(client)

    monkeypatch.setattr(rounds, "living", counted)
    looking = desk.rounds()
    for _ in range(9):
        await looking.look()
    assert len(listings) == 1
    await looking.look()
    assert len(listings) == 2, "now and then in any case"


async def test_a_worker_mends_by_itself_and_shows_it_in_its_metrics(desk: Office, tmp_path: Path) -> None:
    await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    await desk.listed("ExecutionStatus = 'Running'", 2)
    http = f"127.0.0.1:{free_port()}"
    settings = Settings(http=http, task_queue=desk.dispatcher.task_queue, step_seconds=5, outbox=tmp_path / "outbox")
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(desk.client, desk.file, settings, stop, sweep_seconds=0.1))
    try:
        await desk.until_booked("7.00")
        async with httpx.AsyncClient() as browser:

            async def shown() -> bool:
                text = (await browser.get(f"http://{http}/metrics")).text
                numbers = ("messages_rescued_total 1.0", "cases_without_run 0.0", "cases_jammed 0.0")
                return all(f"maanwerk_{number}" in text for number in numbers)

            await desk.until(shown, "the numbers")
    finally:
        stop.set()
        await serving


async def test_one_case_that_can_not_be_mended_does_not_stop_the_others(
    desk: Office, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    first, second, _ = desk.case_ids
    nudge = Dispatcher.nudge

    async def fails_for_the_first(self: Dispatcher, case_id: str) -> None:
        if case_id == first:
            raise RPCError("no", RPCStatusCode.UNAVAILABLE, b"")
        await nudge(self, case_id)

    for case_id in (first, second):
        await desk.client.get_workflow_handle(case_id).terminate()
    await desk.listed("ExecutionStatus = 'Terminated'", 2)
    looking = desk.rounds()
    with monkeypatch.context() as patched:
        patched.setattr(Dispatcher, "nudge", fails_for_the_first)
        assert [each.case_id for each in await looking.look()] == [second]
    assert line_of(log.getvalue(), "case_not_repaired")["case_id"] == first
    (repair,) = await looking.look()
    assert (repair.case_id, repair.begun) == (first, True)


async def test_metrics_tell_of_runs_only_once_somebody_has_looked() -> None:
    numbers = CaseMetrics({}, 0, 0, 0, 0, 0, rescued=4)
    before = metrics_text(numbers, "").decode()
    assert "maanwerk_messages_rescued_total 4.0" in before
    assert "maanwerk_cases_jammed" not in before
    after = metrics_text(numbers, "", Troubles(without_run=1, jammed=2, without_case=3)).decode()
    for line in ("cases_without_run 1.0", "cases_jammed 2.0", "runs_without_case 3.0"):
        assert f"maanwerk_{line}" in after
