"""Whatever case file is put beside running cases: none ends, nothing is sent, and with the right one all go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from activities import advancing, file_identity, sending
from activities.contracts import AdvanceRequest, CaseInput, StepRequest
from casefile.case_file import Transaction
from casefile.identity import accept_in_place
from domain.facts import CloseReason
from tests.casefile.putting_back import Content, content_of, emptied, of_another_file, put_back, without_case
from tests.conftest import DATABASES
from tests.domain.builders import local
from tests.engine.bench import PATIENCE
from tests.engine.server import quick_server
from tests.workflows.office import Office, office
from workflows import options

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = "0123456789abcdef0123456789abcdef"
CASES = 10


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


@pytest.fixture(autouse=True)
def asks_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it waits twice as long each time, and on a machine that is slow by then longer than anybody has patience."""
    monkeypatch.setattr(options, "ADVANCE_RETRY", replace(options.ADVANCE_RETRY, maximum_interval=timedelta(seconds=1)))
    monkeypatch.setattr(options, "wait_after", lambda failures: timedelta(seconds=0.25))


class Refusals:
    """Which cases have refused the case file at hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cases: set[str] = set()
        for module in (advancing, sending):
            monkeypatch.setattr(module, "check_file", self._check)

    def _check(self, transaction: Transaction, request: AdvanceRequest | StepRequest) -> None:
        try:
            file_identity.check_file(transaction, request)
        except ApplicationError:
            self.cases.add(request.case_id)
            raise


async def running(at: Office) -> int:
    found = [
        each.id async for each in at.client.list_workflows("ExecutionStatus = 'Running'") if each.id in at.case_ids
    ]
    return len(found)


async def seen(at: Office, amount: str) -> bool:
    """Whether the run of every case knows its last turn: one whose task ran out of time lives on no file yet."""
    try:
        views = [await at.client.get_workflow_handle(each).query("case") for each in at.case_ids]
    except RPCError:  # Its task is tried again.
        return False
    return all(view.get("open", {}).get("amount") == amount for view in views)


def recorded(at: Office) -> int:
    with at.file.read() as transaction:
        return sum(len(transaction.cases.facts(case_id)) for case_id in at.case_ids)


def without(content: Content, case_ids: tuple[str, ...]) -> Content:
    for case_id in case_ids:
        content = without_case(content, case_id)
    return content


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_on_any_other_file_no_case_ends_and_nothing_is_sent_and_on_the_right_one_all_go_on(
    kept_in: str, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = Refusals(monkeypatch)
    async with office(client, tmp_path, cases=CASES) as at:
        backup = content_of(at.file)
        await asyncio.gather(*(at.dispatcher.tell(each, "payment_received", {"id": "p1", "amount": "9.00"}, "p1")
                               for each in at.case_ids))  # fmt: skip
        await at.until_recorded(CASES)
        await at.until(lambda: seen(at, "991.00"), "that the run of every case has seen the file")
        right = content_of(at.file)
        for wrong in (
            of_another_file(emptied(right), OTHER),
            of_another_file(right, OTHER),
            emptied(right),
            backup,
            without(right, at.case_ids),
        ):
            put_back(at.file, wrong)
            refusals.cases.clear()
            for case_id in at.case_ids:
                await at.client.get_workflow_handle(case_id).signal("payment_received", {"id": "p2", "amount": "1.00"})
            await at.until(lambda: len(refusals.cases) == CASES, "the refusal of every case")
            assert (await running(at), at.shelf.taken, recorded(at)) == (CASES, [], len(wrong["facts"]))
        put_back(at.file, right)

        def open_now() -> list[str]:
            with at.file.read() as transaction:
                return [transaction.cases.load(case_id).case.open.text for case_id in at.case_ids]

        await at.until(lambda: open_now() == ["990.00"] * CASES, "the payments that came meanwhile, each once")
        assert await running(at) == CASES


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_a_step_that_comes_due_on_another_file_is_taken_on_the_right_one(
    kept_in: str, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = Refusals(monkeypatch)
    async with office(client, tmp_path, begin=local("2026-03-06", "11:59:56")) as at:
        await at.until(lambda: seen(at, "1000.00"), "that its run has seen the file")
        right = content_of(at.file)
        assert at.shelf.taken == []
        put_back(at.file, of_another_file(right, OTHER))
        await at.until(lambda: refusals.cases, "the step that comes due")
        assert (await running(at), at.shelf.taken) == (1, [])
        put_back(at.file, right)
        await at.until(lambda: at.shelf.taken, "the reminder")
        await at.pay_all()


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_what_a_case_has_seen_goes_along_into_its_next_run(kept_in: str, client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, events_per_run=8) as at:
        first = (await at.handle.describe()).run_id
        for number in range(4):
            assert await at.dispatcher.tell(at.case_id, "payment_received", {"id": f"p{number}", "amount": "1.00"}, "d")
            await at.until_recorded(number + 1)
        async with asyncio.timeout(PATIENCE):
            while (await at.handle.describe()).run_id == first:
                await asyncio.sleep(0.05)
        begun = (await at.handle.fetch_history()).events[0].workflow_execution_started_event_attributes
        (given,) = await client.data_converter.decode(begun.input.payloads, [CaseInput])
        assert given.seen is not None
        assert given.seen.file == content_of(at.file)["identity"][0]["id"]
        assert given.seen.last > 1


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_with_an_accepted_file_running_cases_go_on(kept_in: str, client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        backup = content_of(at.file)
        assert await at.dispatcher.tell(at.case_id, "payment_received", {"id": "p1", "amount": "9.00"}, "p1")
        await at.until_recorded(1)
        put_back(at.file, of_another_file(backup, OTHER))
        with at.file.write() as transaction:
            accept_in_place(transaction, 1_800_000_000)
        await at.pay_all()
        assert at.case().closed is CloseReason.PAID
