"""A case file and a namespace are a pair; a worker on another, an empty or an older file refuses, and names both."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from temporalio.api.namespace.v1 import UpdateNamespaceInfo
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import CaseInput
from casefile.case_file import CaseFile
from casefile.database import Database
from engine.client import TemporalUnreachable
from engine.pairing import Pairing, WrongCaseFile
from tests.casefile.builders import CASE, NOW, furnish, opened
from tests.casefile.putting_back import content_of, emptied, of_another_file, put_back, without_case
from tests.conftest import DATABASES
from tests.engine.server import quick_server
from workflows.overdue_invoice import OverdueInvoice
from workflows.search_attributes import CASE_STAGE

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("kept_in", DATABASES, indirect=True),
    pytest.mark.usefixtures("kept_in"),
]

OTHER = "0123456789abcdef0123456789abcdef"
PATIENCE = 30.0
_queues = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


@dataclass
class Bench:
    """A case file with one case, and a deployment of its own in the namespace."""

    client: Client
    file: CaseFile
    queue: str

    @property
    def id(self) -> str:
        found: str = content_of(self.file)["identity"][0]["id"]
        return found

    def pairing(self, client: Client | None = None) -> Pairing:
        return Pairing(client or self.client, self.file, self.queue)

    async def kept(self) -> dict[str, Any]:
        answer = await self.client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=self.client.namespace)
        )
        found: dict[str, Any] = json.loads(answer.namespace_info.data[self.pairing().memory.key])
        return found

    async def write(self, text: str) -> None:
        info = UpdateNamespaceInfo()
        info.data[self.pairing().memory.key] = text
        await self.client.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=self.client.namespace, update_info=info)
        )

    async def running(self, case_id: str, *, decided: bool) -> None:
        """A run of a case, as visibility shows it."""
        stage = TypedSearchAttributes([SearchAttributePair(CASE_STAGE, "reminder")])
        await self.client.start_workflow(
            OverdueInvoice.run,
            CaseInput(case_id=case_id),
            id=case_id,
            task_queue=self.queue,
            search_attributes=stage if decided else TypedSearchAttributes([]),
        )
        shown = f"WorkflowId = '{case_id}' AND ExecutionStatus = 'Running'"
        async with asyncio.timeout(PATIENCE):  # The list of workflows follows what happens by a moment.
            while (await self.client.count_workflows(shown)).count == 0:
                await asyncio.sleep(0.02)

    async def ended(self, *case_ids: str) -> None:
        for case_id in case_ids:
            await self.client.get_workflow_handle(case_id).terminate()

    def tell(self, message: str) -> None:
        with self.file.write(CASE) as transaction:
            transaction.inbox.accept(CASE, message, "payment_received", b"{}", NOW)


@pytest.fixture
def bench(client: Client, tmp_path: Path) -> Bench:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
    return Bench(client, file, f"pairing-{next(_queues)}")


async def refused(pairing: Pairing) -> str:
    with pytest.raises(WrongCaseFile) as caught:
        await pairing.check()
    said = str(caught.value)
    assert len(said.splitlines()) == 1
    assert "MAANWERK_DATABASE" in said
    assert "--accept-case-file" in said
    return said


# What goes together ------------------------------------------------------------------------------------------


async def test_two_that_are_new_become_a_pair_and_go_on_as_one(bench: Bench) -> None:
    await bench.pairing().check()
    kept = await bench.kept()
    assert (kept["id"], kept["epoch"], kept["sequence"]) == (bench.id, 0, 1)
    bench.tell("m1")
    await bench.pairing().check()
    assert (await bench.kept())["sequence"] == 2


async def test_what_the_namespace_keeps_is_never_lowered(bench: Bench) -> None:
    late = bench.pairing()
    await late.check()
    bench.tell("m1")
    await bench.pairing().keep()
    await late.keep()
    assert (await bench.kept())["sequence"] == 2


async def test_a_new_temporal_beside_a_known_file_becomes_its_pair(bench: Bench) -> None:
    bench.tell("m1")
    await bench.pairing().check()
    bench.queue += "-anew"
    await bench.pairing().check()
    assert (await bench.kept())["id"] == bench.id


async def test_two_deployments_may_share_a_namespace(bench: Bench, tmp_path: Path) -> None:
    await bench.pairing().check()
    database = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    database.migrate()
    beside = Bench(bench.client, CaseFile(database), f"{bench.queue}-beside")
    await beside.pairing().check()
    assert (await bench.kept())["id"] == bench.id != beside.id == (await beside.kept())["id"]
    database.close()


async def test_cases_that_are_in_the_file_may_run(bench: Bench) -> None:
    await bench.running(CASE, decided=True)
    await bench.pairing().check()
    await bench.ended(CASE)


async def test_a_run_of_a_mistyped_id_stops_nobody(bench: Bench) -> None:
    """A message was sent to a case that never was: its run waits, and no case file ever decided on it."""
    typo = f"case:typo:{bench.queue}"
    await bench.running(typo, decided=False)
    await bench.pairing().check()
    empty = emptied(content_of(bench.file))
    put_back(bench.file, empty)
    with bench.file.write(typo) as transaction:
        transaction.inbox.accept(typo, "m1", "payment_received", b"{}", NOW)
    await bench.write(json.dumps({"id": bench.id, "epoch": 0, "sequence": 0}))
    await bench.pairing().check()
    await bench.ended(typo)


# What does not -----------------------------------------------------------------------------------------------


async def test_another_file_is_refused_and_both_are_named(bench: Bench) -> None:
    await bench.pairing().check()
    own = bench.id
    put_back(bench.file, of_another_file(content_of(bench.file), OTHER))
    said = await refused(bench.pairing())
    address = bench.client.service_client.config.target_host
    where = bench.file.database.engine.url.render_as_string(hide_password=True)
    assert said.startswith(
        f"the case file {where} is {OTHER}, and the namespace {bench.client.namespace} of Temporal at {address} "
        f"belongs to the case file {own}: put the right file back"
    )
    kept = await bench.kept()
    assert (kept["id"], kept["epoch"], kept["sequence"]) == (own, 0, 1), "nothing was changed"


async def test_a_password_is_not_shown(bench: Bench) -> None:
    pairing = bench.pairing()
    pairing.file = CaseFile(Database("postgresql://maanwerk:s3cret@db.example/maanwerk"))
    assert "s3cret" not in pairing._file
    assert "maanwerk:***@db.example/maanwerk" in pairing._file


async def test_an_empty_file_is_refused_beside_its_namespace(bench: Bench) -> None:
    await bench.pairing().check()
    put_back(bench.file, of_another_file(emptied(content_of(bench.file)), OTHER))
    assert f"is {OTHER}, with no case in it, and" in await refused(bench.pairing())


@pytest.mark.parametrize("decided", [True, False])
async def test_an_empty_file_is_refused_beside_running_cases_also_where_nothing_is_kept(
    bench: Bench, decided: bool
) -> None:
    cases = tuple(f"case:maan:{bench.queue}-{number}" for number in range(5))
    for each in cases:
        await bench.running(each, decided=decided)
    put_back(bench.file, emptied(content_of(bench.file)))
    assert re.search(r"has no case in it, and .* has 5 running cases: ", await refused(bench.pairing()))
    await bench.ended(*cases)


async def test_an_older_copy_is_refused_with_both_numbers(bench: Bench) -> None:
    backup = content_of(bench.file)
    bench.tell("m1")
    await bench.pairing().check()
    put_back(bench.file, backup)
    assert re.search(r"is an older copy: its sequence is 1, and .* has seen 2: ", await refused(bench.pairing()))


async def test_a_file_that_lacks_a_running_case_is_refused(bench: Bench) -> None:
    await bench.running(CASE, decided=True)
    others = content_of(bench.file)
    with bench.file.write() as transaction:
        furnish(transaction, case_id=f"{CASE}-2", number="F-2")
    put_back(bench.file, without_case(content_of(bench.file), CASE))
    assert f"lacks 1 of the running cases ({CASE}), and" in await refused(bench.pairing())
    put_back(bench.file, others)
    await bench.pairing().check()
    await bench.ended(CASE)


async def test_a_case_that_temporal_itself_holds_runs_too(bench: Bench) -> None:
    assert "'Paused'" in (await _query(bench)), "a case under Temporal's own pause is not Running"


async def _query(bench: Bench) -> str:
    heard: list[str] = []
    service = bench.client.workflow_service

    class Listening:
        async def list_workflow_executions(self, request: Any, **more: Any) -> Any:
            heard.append(request.query)
            return await service.list_workflow_executions(request, **more)

        def __getattr__(self, name: str) -> Any:
            return getattr(service, name)

    await bench.pairing(_with(bench.client, Listening())).check()
    return heard[0]


async def test_what_nobody_can_read_is_no_pair(bench: Bench) -> None:
    for text in ("", "{}", "[]", '{"id": 5}', '{"id": "a", "epoch": "x", "sequence": 1}'):
        await bench.write(text)
        assert "what is no id of a case file" in await refused(bench.pairing())
    await bench.pairing().accept()
    await bench.pairing().check()


# Accepting ---------------------------------------------------------------------------------------------------


async def test_an_older_copy_that_was_accepted_is_the_file_from_then_on_and_the_newer_one_is_not(
    bench: Bench,
) -> None:
    backup = content_of(bench.file)
    bench.tell("m1")
    newer = content_of(bench.file)
    await bench.pairing().check()
    put_back(bench.file, backup)
    await bench.pairing().accept()
    kept = await bench.kept()
    assert (kept["id"], kept["sequence"]) == (bench.id, 1)
    await bench.pairing().check()
    put_back(bench.file, newer)
    assert "is a copy from before the case file was last accepted" in await refused(bench.pairing())


async def test_another_file_that_was_accepted_is_the_file_from_then_on(bench: Bench) -> None:
    await bench.pairing().check()
    before = content_of(bench.file)
    put_back(bench.file, of_another_file(before, OTHER))
    await bench.pairing().accept()
    await bench.pairing().check()
    put_back(bench.file, before)
    assert f"belongs to the case file {OTHER}" in await refused(bench.pairing())


async def test_each_acceptance_is_later_than_all_before(bench: Bench) -> None:
    epochs = []
    for _ in range(3):
        await bench.pairing().accept()
        epochs.append((await bench.kept())["epoch"])
    assert epochs == sorted(set(epochs))


async def test_a_worker_notices_that_another_file_was_accepted_meanwhile(bench: Bench) -> None:
    pairing = bench.pairing()
    await pairing.check()
    await bench.write(json.dumps({"id": OTHER, "epoch": 9, "sequence": 1}))
    with pytest.raises(WrongCaseFile, match=f"belongs to the case file {OTHER}"):
        await pairing.keep()


async def test_a_worker_notices_that_its_database_was_put_back(bench: Bench) -> None:
    pairing = bench.pairing()
    backup = content_of(bench.file)
    bench.tell("m1")
    await pairing.check()
    put_back(bench.file, backup)
    with pytest.raises(WrongCaseFile, match="is an older copy"):
        await pairing.keep()


async def test_a_worker_notices_that_its_database_was_emptied_of_its_tables(bench: Bench) -> None:
    pairing = bench.pairing()
    await pairing.check()
    with bench.file.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE identity RENAME TO away")
    with pytest.raises((WrongCaseFile, OperationalError), match="identity"):
        await pairing.keep()
    with bench.file.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO identity")


# Where the namespace may not be written, or asked ------------------------------------------------------------


def _with(client: Client, service: object) -> Client:
    """The client with another service behind it."""

    class Fake:
        namespace = client.namespace
        service_client = client.service_client
        workflow_service = service

    return cast(Client, Fake())


class Forbidding:
    """A service that refuses some calls, as Temporal Cloud does."""

    def __init__(self, client: Client, status: RPCStatusCode, *names: str) -> None:
        self._service, self._status, self._names = client.workflow_service, status, names

    def __getattr__(self, name: str) -> Any:
        if name not in self._names:
            return getattr(self._service, name)

        async def refuse(*_: Any, **__: Any) -> Any:
            raise RPCError(f"{name}: no", self._status, b"")

        return refuse


async def test_where_it_may_not_be_written_it_is_said_once_and_the_worker_starts(
    bench: Bench,
) -> None:
    client = _with(bench.client, Forbidding(bench.client, RPCStatusCode.PERMISSION_DENIED, "update_namespace"))
    pairing = bench.pairing(client)
    with capture_logs() as log:
        await pairing.check()
        await pairing.keep()
        await pairing.accept()
    assert [line["event"] for line in log].count("case_file_not_kept_by_namespace") == 1


@pytest.mark.parametrize("status", [RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED])
async def test_where_nothing_may_be_asked_the_cases_guard_themselves(bench: Bench, status: RPCStatusCode) -> None:
    names = ("describe_namespace", "update_namespace", "list_workflow_executions")
    await bench.pairing(_with(bench.client, Forbidding(bench.client, status, *names))).check()


async def test_where_it_may_not_be_written_running_cases_are_looked_at_all_the_same(bench: Bench) -> None:
    await bench.running(CASE, decided=True)
    put_back(bench.file, emptied(content_of(bench.file)))
    client = _with(bench.client, Forbidding(bench.client, RPCStatusCode.PERMISSION_DENIED, "update_namespace"))
    assert "has no case in it" in await refused(bench.pairing(client))
    await bench.ended(CASE)


@pytest.mark.parametrize("name", ["describe_namespace", "list_workflow_executions"])
async def test_a_temporal_that_does_not_answer_is_not_taken_for_consent(bench: Bench, name: str) -> None:
    client = _with(bench.client, Forbidding(bench.client, RPCStatusCode.UNAVAILABLE, name))
    with pytest.raises(TemporalUnreachable, match=f"can't be asked: {name}: no"):
        await bench.pairing(client).check()
