"""Whatever ends the run of a case: what was acknowledged is booked exactly once, and the case goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowUpdateStage

from activities.contracts import Delivered
from casefile.searched_runs import searched_runs_of
from domain.facts import HoldPlaced
from engine.runs.repairing import Finding
from tests.conftest import DATABASES
from tests.engine.runs.broken_workflows import EndsAtOnce, ListensOnly, Raises
from tests.engine.runs.office import Office, office, payment
from tests.engine.server import quick_server
from workflows.overdue_invoice import OverdueInvoice

pytestmark = pytest.mark.asyncio(loop_scope="module")

both_databases = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


@pytest_asyncio.fixture(loop_scope="module")
async def desk(client: Client, tmp_path: Path, kept_in: str) -> AsyncIterator[Office]:
    """A case that Temporal was told of, and that no worker has seen."""
    made = office(client, tmp_path)
    await made.dispatcher.sweep()
    yield made
    await made.clean_up()
    made.file.database.close()


@pytest.fixture
def told() -> Iterator[list[tuple[str, object]]]:
    """Signals of every kind: with an id, without, the same twice, and what nobody can read."""
    yield [
        ("payment_received", payment("10.00", "p1")),
        ("payment_received", payment("20.00")),
        ("payment_received", payment("20.00")),
        ("payment_received", payment("10.00", "p1")),
        ("payment_received", "thanks"),
        ("pause", {"reason": "on holiday"}),
    ]


async def tell(desk: Office, told: list[tuple[str, object]]) -> None:
    for name, content in told:
        await desk.signal(name, content)


@both_databases
async def test_what_a_terminated_run_was_told_is_booked_once(desk: Office, told: list[tuple[str, object]]) -> None:
    await tell(desk, told)
    first = await desk.run_id()
    await desk.handle.terminate(reason="by a person")
    repair = await desk.repairer.repair(desk.case_id)
    assert (repair.finding, repair.how, repair.rescued, repair.begun) == (Finding.ENDED, "terminated", 5, True)
    assert repair.mended
    assert await desk.run_id() != first
    async with desk.worker():
        await desk.until_booked("10.00", "20.00", "20.00")
    assert desk.case().holds, "the pause is in force"
    assert len(desk.case().quarantined) == 1
    assert len(desk.inbox()) == 5


@both_databases
async def test_what_was_recorded_before_the_end_is_not_booked_again(
    desk: Office, told: list[tuple[str, object]]
) -> None:
    async with desk.worker():
        await tell(desk, told)
        await desk.until(lambda: len(desk.inbox()) == 5, "all messages")
        await desk.until_booked("10.00", "20.00", "20.00")
    await desk.handle.terminate()
    repair = await desk.repairer.repair(desk.case_id)
    assert (repair.searched, repair.rescued) == (1, 0)
    async with desk.worker():
        await desk.until_booked("10.00", "20.00", "20.00")
    assert len(desk.inbox()) == 5


async def test_of_equal_payments_those_are_rescued_that_were_not_recorded(desk: Office) -> None:
    async with desk.worker():
        for _ in range(2):
            await desk.signal("payment_received", payment("7.00"))
        await desk.until_booked("7.00", "7.00")
    for _ in range(3):
        await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 3
    async with desk.worker():
        await desk.until_booked(*["7.00"] * 5)


async def test_a_second_repair_finds_nothing_to_do(desk: Office) -> None:
    await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 1
    run = await desk.run_id()
    again = await desk.repairer.repair(desk.case_id)
    assert (again.finding, again.searched, again.mended, again.says) == (Finding.WELL, 0, True, "nothing is wrong")
    assert await desk.run_id() == run
    with desk.file.read() as transaction:
        (kept,) = searched_runs_of(transaction.session, desk.case_id)
    assert (kept.ended, kept.found, kept.rescued) == ("terminated", 1, 1)


async def test_a_run_that_ended_before_another_was_begun_is_searched_too(desk: Office) -> None:
    """A message, or somebody else, may have begun the next run before anybody looked."""
    await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    await desk.dispatcher.tell(desk.case_id, "payment_received", payment("8.00", "p8"), "p8")
    await desk.listed("ExecutionStatus = 'Terminated'")
    async with desk.worker():
        repair = await desk.repairer.repair(desk.case_id)
        assert (repair.finding, repair.rescued, repair.begun) == (Finding.LEFT_BEHIND, 1, False)
        await desk.until_booked("7.00", "8.00")


async def test_two_who_repair_at_once_do_it_once(desk: Office, told: list[tuple[str, object]]) -> None:
    await tell(desk, told)
    await desk.handle.terminate()
    await asyncio.gather(*(desk.repairer.repair(desk.case_id) for _ in range(4)))
    async with desk.worker():
        await desk.until_booked("10.00", "20.00", "20.00")
    await desk.listed("ExecutionStatus = 'Running'")
    assert len(desk.inbox()) == 5


@pytest.mark.parametrize("without_signals", [False, True])
@pytest.mark.parametrize("recorded", [False, True])
async def test_what_a_run_was_told_after_the_point_it_is_reset_to_is_booked_once(
    desk: Office, told: list[tuple[str, object]], *, without_signals: bool, recorded: bool
) -> None:
    async with desk.worker():
        await desk.until(desk.all_recorded, "the first decision")
        if recorded:
            await tell(desk, told)
            await desk.until_booked("10.00", "20.00", "20.00")
        await desk.until_heard(0)
    if not recorded:
        await tell(desk, told)
    await desk.reset(without_signals=without_signals)
    await desk.listed("ExecutionStatus = 'Terminated'")
    repair = await desk.repairer.repair(desk.case_id)
    assert repair.searched == 1
    assert repair.rescued == (0 if recorded else 5)
    async with desk.worker():
        await desk.until_booked("10.00", "20.00", "20.00")
    assert len(desk.inbox()) == 5


async def test_a_deleted_case_begins_another_run_and_it_is_said_what_that_means(desk: Office) -> None:
    await desk.dispatcher.tell(desk.case_id, "payment_received", payment("8.00", "p8"), "p8")
    await desk.delete()
    repair = await desk.repairer.repair(desk.case_id)
    assert (repair.finding, repair.begun, repair.mended) == (Finding.GONE, True, True)
    assert "not to be found any more" in repair.says
    async with desk.worker():
        await desk.until_booked("8.00")


async def test_a_jammed_case_begins_another_run_with_all_it_was_told(desk: Office) -> None:
    await desk.signal("payment_received", payment("7.00"))
    async with desk.broken_worker(Raises):
        await desk.until(lambda: _is(desk, Finding.JAMMED), "the failing task")
        await desk.signal("payment_received", payment("7.00"))
        repair = await desk.repairer.repair(desk.case_id)
    assert (repair.finding, repair.rescued, repair.begun) == (Finding.JAMMED, 2, True)
    assert "WORKFLOW_WORKER_UNHANDLED_FAILURE" in repair.how
    async with desk.worker():
        await desk.until_booked("7.00", "7.00")


async def _is(desk: Office, finding: Finding) -> bool:
    return (await desk.repairer.diagnose(desk.case_id)).finding is finding


async def test_a_jammed_case_that_is_not_to_be_ended_yet_keeps_its_run_and_what_it_was_told_is_durable(
    desk: Office,
) -> None:
    await desk.signal("payment_received", payment("7.00"))
    run = await desk.run_id()
    async with desk.broken_worker(Raises):
        await desk.until(lambda: _is(desk, Finding.JAMMED), "the failing task")
        repair = await desk.repairer.repair(desk.case_id, end_jammed=False)
    assert (repair.rescued, repair.begun, repair.mended) == (1, False, False)
    assert await desk.run_id() == run
    async with desk.worker():  # A roll back.
        await desk.until_booked("7.00")
        await desk.until(lambda: _is(desk, Finding.WELL), "a run in which nothing is found wrong")


async def test_a_case_whose_worker_is_away_is_not_jammed(desk: Office) -> None:
    await desk.signal("payment_received", payment("7.00"))
    async with desk.worker():
        await desk.until_booked("7.00")
    await desk.signal("payment_received", payment("8.00"))
    assert await _is(desk, Finding.WELL)


async def test_a_run_that_ended_by_itself_though_its_case_is_open_is_begun_again(desk: Office) -> None:
    await desk.signal("payment_received", payment("7.00"))
    async with desk.broken_worker(EndsAtOnce):
        await desk.handle.result()
    repair = await desk.repairer.repair(desk.case_id)
    assert (repair.finding, repair.how, repair.rescued) == (Finding.ENDED, "completed", 1)
    async with desk.worker():
        await desk.until_booked("7.00")


async def test_an_accepted_request_that_was_not_judged_is_rescued_as_one_that_nobody_waits_for(desk: Office) -> None:
    async with desk.broken_worker(ListensOnly):
        for name, content in (("pause_case", {"reason": "x"}), ("write_off", {"amount": "5.00", "reason": "y"})):
            await desk.handle.start_update(name, content, wait_for_stage=WorkflowUpdateStage.ACCEPTED, result_type=str)
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 2
    async with desk.worker():
        await desk.until(lambda: desk.all_recorded() and desk.case().holds, "the pause")
    assert desk.case().open.text == "995.00"


async def test_a_request_that_was_judged_is_not_judged_again(desk: Office) -> None:
    async with desk.worker():
        await desk.handle.execute_update("write_off", {"amount": "5.00", "reason": "y"}, result_type=str)
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 0
    async with desk.worker():
        await desk.until(desk.all_recorded, "the new run")
    assert desk.case().open.text == "995.00"


@pytest.mark.parametrize("recorded", [False, True])
async def test_a_cancelled_case_is_paused_once(desk: Office, *, recorded: bool) -> None:
    await desk.handle.cancel()
    if recorded:
        async with desk.worker():
            await desk.until(lambda: desk.case().holds, "the pause")
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == (0 if recorded else 1)
    async with desk.worker():
        await desk.until(lambda: desk.all_recorded() and desk.case().holds, "the pause")
    with desk.file.read() as transaction:
        assert sum(isinstance(fact, HoldPlaced) for fact in transaction.cases.facts(desk.case_id)) == 1


async def test_what_a_run_was_handed_by_the_one_before_is_rescued_too(desk: Office) -> None:
    await desk.handle.terminate()
    carried = (
        Delivered(id="once-1", once="once-1", name="payment_received", raw=b'{"amount": "3.00"}'),
        Delivered(id="0" * 32, name="payment_received", raw=b'{"amount": "4.00"}'),
    )
    case = desk.dispatcher.case_input(desk.case_id).model_copy(update={"carried": carried})
    await desk.client.start_workflow(OverdueInvoice.run, case, id=desk.case_id, task_queue=desk.dispatcher.task_queue)
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 2
    async with desk.worker():
        await desk.until_booked("3.00", "4.00")


async def test_what_was_recorded_before_messages_had_ids_that_a_history_tells_counts_once(desk: Office) -> None:
    """A run that began with an older worker recorded messages without an id of their own under random ids."""
    for _ in range(3):
        await desk.signal("payment_received", payment("7.00"))
    now = desk.dispatcher.real_now()
    with desk.file.write(desk.case_id) as transaction:
        for number in range(2):
            transaction.inbox.accept(desk.case_id, f"{number:032x}", "payment_received", b'{"amount":"7.00"}', now)
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 1
    async with desk.worker():
        await desk.until_booked("7.00", "7.00", "7.00")


async def test_a_workflow_without_a_case_is_told_and_never_ended(client: Client, desk: Office) -> None:
    stranger = f"{desk.case_id}-of-another-file"
    case = desk.dispatcher.case_input(stranger)
    await client.start_workflow(OverdueInvoice.run, case, id=stranger, task_queue="nobody's")
    await desk.signal("payment_received", payment("7.00"), stranger)
    repair = await desk.repairer.repair(stranger)
    assert (repair.finding, repair.mended, repair.begun) == (Finding.NO_CASE, False, False)
    handle = client.get_workflow_handle(stranger)
    first = (await handle.describe()).run_id
    await handle.terminate()
    assert (await desk.repairer.repair(stranger)).rescued == 1
    assert desk.quarantined(stranger) == {"payment_received": 1}
    assert (await handle.describe()).run_id == first, "no run is begun for a case that does not exist"


async def test_two_payloads_and_a_name_nobody_knows_are_rescued_as_they_came(desk: Office) -> None:
    await desk.client.get_workflow_handle(desk.case_id).signal("payment_received", args=[payment("7.00"), "extra"])
    await desk.signal("paid", payment("8.00"))
    await desk.handle.terminate()
    assert (await desk.repairer.repair(desk.case_id)).rescued == 3
    async with desk.worker():
        await desk.until_booked("7.00")
    assert len(desk.case().quarantined) == 2


async def test_a_run_in_which_nothing_is_wrong_is_ended_when_a_person_asks_for_it(desk: Office) -> None:
    await desk.signal("payment_received", payment("7.00"))
    run = await desk.run_id()
    repair = await desk.repairer.repair(desk.case_id, anew=True)
    assert (repair.finding, repair.rescued, repair.begun, repair.mended) == (Finding.WELL, 1, True, True)
    assert await desk.run_id() != run
    async with desk.worker():
        await desk.until_booked("7.00")


async def test_a_reset_plays_an_accepted_request_again_and_it_is_judged_once(desk: Office) -> None:
    async with desk.worker():
        await desk.until(desk.all_recorded, "the first decision")
        await desk.handle.execute_update("write_off", {"amount": "5.00", "reason": "y"}, result_type=str)
        await desk.until_heard(0)
    await desk.reset(without_signals=False)
    async with desk.worker():
        await desk.until(desk.all_recorded, "the run that was reset")
        await desk.until_heard(0)
    await desk.handle.terminate()
    await desk.listed("ExecutionStatus = 'Terminated'", 2)
    repair = await desk.repairer.repair(desk.case_id)
    assert (repair.searched, repair.rescued) == (2, 0)
    assert desk.case().open.text == "995.00"
