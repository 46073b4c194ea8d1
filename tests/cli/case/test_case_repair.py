"""`maanwerk case repair`, and how `case list` and `case show` tell of cases that need it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from engine.runs.repairing import Finding
from tests.casefile.builders import furnish
from tests.cli.running import Ran, runner
from tests.engine.runs.broken_workflows import Raises
from tests.engine.runs.office import Office, office, payment
from tests.engine.server import as_environment, quick_server
from tests.forked_children import fork_asking
from workflows.overdue_invoice import OverdueInvoice

Maanwerk = Callable[..., Awaitable[Ran]]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


@pytest_asyncio.fixture
async def desk(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    made = office(client, tmp_path, cases=3)
    monkeypatch.setenv("MAANWERK_TASK_QUEUE", made.dispatcher.task_queue)
    await made.dispatcher.sweep()
    await made.listed("ExecutionStatus = 'Running'", 3)
    yield made
    made.file.database.close()


@pytest.fixture
def maanwerk(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Maanwerk:
    """The command line on the same case file and the same Temporal."""
    for name, value in as_environment(client).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    # How long a person waits is no matter of these tests.
    monkeypatch.setattr("cli.case.asking_beside._PATIENT_SECONDS", 60.0)
    monkeypatch.setattr("cli.case.asking_beside._AT_MOST_SECONDS", 120.0)
    run = runner(monkeypatch, capsys)
    return lambda *arguments: asyncio.to_thread(run, *arguments)


async def attention(maanwerk: Maanwerk) -> dict[str, str | None]:
    rows = json.loads((await maanwerk("case", "list", "--attention", "--json")).out)
    return {row["case_id"]: row["trouble"] for row in rows}


async def test_a_terminated_case_is_shown_mended_and_well_again(
    desk: Office, maanwerk: Maanwerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once is enough for what Python starts, below.
    monkeypatch.setattr("cli.case.asking_beside.Beside._begun", fork_asking)
    number = desk.case_id.rpartition(":")[2]
    assert await attention(maanwerk) == {}
    await desk.signal("payment_received", payment("7.00"))
    await desk.handle.terminate()
    await desk.listed("ExecutionStatus = 'Running'", 2)
    assert await attention(maanwerk) == {desk.case_id: "no living run in Temporal"}
    assert "no living run in Temporal" in " ".join((await maanwerk("case", "list", "--attention")).out.split())
    shown = json.loads((await maanwerk("case", "show", number, "--json")).out)
    assert (shown["engine"]["state"], shown["engine"]["reason"]) == ("closed", "terminated")
    assert shown["why"][0] == "it has no living run in Temporal"
    assert f"maanwerk case repair {number}" in shown["engine"]["says"]
    mended = await maanwerk("case", "repair", number)
    assert mended.code == 0, mended.err
    assert mended.out.strip() == (
        f"{desk.case_id}: its run had ended (terminated), though the case is open; "
        "1 history read, 1 message rescued; another run was begun"
    )
    again = await maanwerk("case", "repair", number)
    assert (again.code, again.out.strip()) == (0, f"{desk.case_id}: nothing is wrong")
    await desk.listed("ExecutionStatus = 'Running'", 3)
    assert await attention(maanwerk) == {}
    async with desk.worker():
        await desk.until_booked("7.00")


async def test_all_looks_at_every_case_and_tells_of_those_that_needed_it(desk: Office, maanwerk: Maanwerk) -> None:
    first, second, _ = desk.case_ids
    await desk.signal("payment_received", payment("7.00"))
    for case_id in (first, second):
        await desk.client.get_workflow_handle(case_id).terminate()
    ran = await maanwerk("case", "repair", "--all", "--json")
    assert ran.code == 0
    repairs = json.loads(ran.out)
    assert [(each["case_id"], each["finding"], each["rescued"]) for each in repairs] == [
        (first, "ended", 1),
        (second, "ended", 0),
    ]
    await desk.listed("ExecutionStatus = 'Running'", 3)
    assert (await maanwerk("case", "repair", "--all")).out.strip() == "nothing is wrong"


async def test_a_jammed_case_is_shown_with_its_cause_and_ended_at_once_for_a_person(
    desk: Office, maanwerk: Maanwerk
) -> None:
    async with desk.broken_worker(Raises):

        async def jammed() -> bool:
            return (await desk.repairer.diagnose(desk.case_id)).finding is Finding.JAMMED

        await desk.until(jammed, "the failing task")
        shown = json.loads((await maanwerk("case", "show", desk.case_id, "--json")).out)
        assert (shown["engine"]["state"], shown["why"][0]) == ("jammed", "its workflow task fails")
        text = " ".join((await maanwerk("case", "show", desk.case_id)).out.split())
        assert "WORKFLOW_WORKER_UNHANDLED_FAILURE" in text
        assert "Ochtend is for nobody" not in text
        run = await desk.run_id()
        ran = await maanwerk("case", "repair", desk.case_id)
    assert ran.code == 0
    assert "its task fails again and again (WORKFLOW_WORKER_UNHANDLED_FAILURE" in ran.out
    assert await desk.run_id() != run


async def test_a_workflow_without_a_case_is_left_alone_and_ends_the_command_with_1(
    desk: Office, maanwerk: Maanwerk
) -> None:
    stranger = "case:devaart:of-another-file"
    await desk.client.start_workflow(
        OverdueInvoice.run, desk.dispatcher.case_input(stranger), id=stranger, task_queue="nobody's"
    )
    ran = await maanwerk("case", "repair", stranger)
    assert ran.code == 1
    assert "the case file has no such case" in ran.out
    assert ran.err.strip() == "maanwerk: not mended: 1"
    described = await desk.client.get_workflow_handle(stranger).describe()
    assert described.status is not None and described.status.name == "RUNNING"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name cases, or say --all"),
        (("F-nobody",), "there is no case 'F-nobody'"),
        (("case:devaart:nobody",), "there is no case 'case:devaart:nobody' in the case file, nor does Temporal know"),
    ],
)
async def test_a_case_that_nobody_knows_is_bad_input(
    desk: Office, maanwerk: Maanwerk, arguments: tuple[str, ...], says: str
) -> None:
    ran = await maanwerk("case", "repair", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert len(ran.err.strip().splitlines()) == 1


async def test_without_temporal_it_fails_with_one_clear_line_and_lists_still_work(
    desk: Office, maanwerk: Maanwerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    ran = await maanwerk("case", "repair", "--all")
    assert ran.code == 1
    assert "Temporal can't be reached at 127.0.0.1:1" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert len(json.loads((await maanwerk("case", "list", "--json")).out)) == 3
    assert "Not known whether every open case has a run" in (await maanwerk("case", "list", "--attention")).out


async def test_a_case_that_was_never_started_is_no_trouble_and_is_started(desk: Office, maanwerk: Maanwerk) -> None:
    new = "case:devaart:never-started"
    with desk.file.write() as transaction:
        furnish(transaction, case_id=new, number="F-new")
    assert await attention(maanwerk) == {}
    ran = await maanwerk("case", "repair", "F-new")
    assert (ran.code, ran.out.strip()) == (0, f"{new}: nothing is wrong")
    described = await desk.client.get_workflow_handle(new).describe()
    assert described.status is not None and described.status.name == "RUNNING"
