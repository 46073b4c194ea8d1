"""What Temporal keeps of a case, on a real server: nothing of it tells an amount, a number or what a person typed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from google.protobuf import json_format
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, QueryWorkflowRequest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer

from config.keys import KeyRing
from domain.facts import CloseReason
from domain.views.case_view import CaseView
from domain.views.details import CODES_HEAD
from domain.views.readable import Readable
from engine.encryption import PayloadEncryption
from engine.plugin import maanwerk_plugin
from tests.engine.secret_office import (
    AMOUNT,
    NUMBER,
    SecretOffice,
    kinds_in,
    payloads_in,
    raw,
    readable_in,
    ring,
    secret_office,
)
from tests.engine.server import another, quick_server
from workflows import options
from workflows.overdue_invoice import OverdueInvoice

pytestmark = pytest.mark.asyncio(loop_scope="module")

TYPED = ("tr_geheim", "111.11", "kletskoek", "geheimetaak", "opvakantie", "belde-terug", "2000.00", "verborgen-fout")
"""What people and providers tell the case."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


@pytest.fixture(autouse=True)
def tries_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a step that failed waits two seconds, which is ten days here."""
    monkeypatch.setattr(options, "wait_after", lambda failures: timedelta(seconds=0.2))


def _of(at: SecretOffice) -> CaseView:
    view = at.view()
    assert view is not None
    return view


async def whole_life(at: SecretOffice, keys: KeyRing | None, readable: Readable) -> None:
    """Ladder, payments, tasks, quarantine, updates, refusals, a failure of a step, the end."""
    failed: list[str] = []

    def fail_once(point: str) -> None:
        if point == "before_intent" and not failed:
            failed.append(point)
            raise RuntimeError(f"verborgen-fout at {AMOUNT}")

    async with at.working(keys, readable, checkpoint=fail_once) as case:
        await at.until(at.view, "the first view")
        await case.signal("pause", "opvakantie")
        await at.until(lambda: at.case().holds, "the pause")
        await case.signal("payment_received", {"id": "tr_geheim", "amount": "111.11", "credited_on": "2026-03-01"})
        await case.signal("payment_received", {"kletskoek": True})
        await case.signal("raise_task", {"task": "geheimetaak"})
        await at.until(lambda: len(at.problems()) == 1 and at.case().open_task("geheimetaak"), "all that was told")
        answer = await case.execute_update("log_call", {"outcome": "belde-terug", "actor": "j"})
        assert "accepted" in answer and "4209.98" in answer
        with pytest.raises(WorkflowUpdateFailedError) as told:
            await case.execute_update("approve_handoff", {"actor": "j", "open": "2000.00"})
        assert "Encoded failure" not in str(told.value.cause), "who has the key reads why"
        with pytest.raises(WorkflowUpdateFailedError) as told:
            await case.execute_update("write_off", {"reason": "kletskoek", "amount": ["2000.00"]})
        assert "Encoded failure" not in str(told.value.cause)
        await case.signal("resume")
        await at.until(lambda: len(at.shelf.taken) == 2, "both reminders")
        assert failed, "the step failed once before"
        await case.signal("payment_received", {"id": "rest", "amount": "4209.98", "credited_on": "2026-03-02"})
        await case.result()
    assert at.case().closed is CloseReason.PAID


async def test_no_payload_of_a_whole_life_tells_amount_number_or_what_a_person_typed(
    client: Client, tmp_path: Path
) -> None:
    at = secret_office(client, tmp_path, day_seconds=0.2)
    await whole_life(at, ring("k1"), "codes")
    history = await at.history()
    # All the ways by which something gets into a history were gone.
    assert kinds_in(history) >= {
        "WORKFLOW_EXECUTION_STARTED", "WORKFLOW_EXECUTION_SIGNALED", "WORKFLOW_EXECUTION_COMPLETED",
        "WORKFLOW_EXECUTION_UPDATE_ACCEPTED", "WORKFLOW_EXECUTION_UPDATE_COMPLETED", "MARKER_RECORDED",
        "TIMER_STARTED", "ACTIVITY_TASK_SCHEDULED", "ACTIVITY_TASK_COMPLETED", "ACTIVITY_TASK_FAILED",
    }  # fmt: skip
    told = readable_in(history, at.case_id)
    found = [word for word in (*TYPED, NUMBER, AMOUNT, "432109", "4209.98", "420998", "bakker") if word in told]
    assert found == []
    plain = {payload.data for event in history.events for payload in payloads_in(event) if _plain(payload.metadata)}
    # What stays readable: summaries of timers and activities, why it ended, what the core notes of a local activity.
    assert plain and all(word not in text for text in map(bytes.decode, plain) for word in (*TYPED, NUMBER, AMOUNT))
    assert {text.split(" at ")[0] for text in map(bytes.decode, plain)} >= {'"reminder', '"second_reminder'}


def _plain(metadata: Mapping[str, bytes]) -> bool:
    """Whether a payload is readable."""
    return metadata.get("encoding") != b"binary/encrypted"


async def test_without_keys_the_same_life_tells_all_of_it(client: Client, tmp_path: Path) -> None:
    """The test above could fail."""
    at = secret_office(client, tmp_path, day_seconds=0.2)
    await whole_life(at, None, "all")
    told = readable_in(await at.history(), at.case_id)
    assert [word for word in (*TYPED, NUMBER, AMOUNT, "432109", "4209.98", "bakker") if word not in told] == []


async def test_a_history_replays_under_a_rotated_key_and_fails_with_a_clear_word_without_its_own(
    client: Client, tmp_path: Path
) -> None:
    at = secret_office(client, tmp_path)
    async with at.working(ring("k1")) as case:
        await at.until(at.view, "the first view")
        await case.signal("payment_received", {"id": "p1", "amount": "21.09"})
        await at.until(lambda: at.case().open.text == "4300.00", "the payment")
    async with at.working(ring("n2", "k1")) as case:
        await case.signal("payment_received", {"id": "p2", "amount": "300.00"})
        await at.until(lambda: at.case().open.text == "4000.00", "the payment after the rotation")
        assert (await case.query("case"))["open"]["amount"] == "4000.00"
    history = await at.history()
    used = {payload.metadata["encryption-key-id"] for event in history.events for payload in payloads_in(event)
            if "encryption-key-id" in payload.metadata}  # fmt: skip
    assert used == {b"k1", b"n2"}
    assert await _replayed(history, ring("n2", "k1")) is None
    assert await _replayed(history, ring("k1", "n2")) is None
    failure = await _replayed(history, ring("n2"))
    assert failure is not None and "'k1'" in str(failure) and "MAANWERK_KEYS" in str(failure)


async def _replayed(history: object, keys: KeyRing) -> BaseException | None:
    """What went wrong in a replay, with what caused it."""
    replayer = Replayer(workflows=[OverdueInvoice], plugins=[maanwerk_plugin(keys)], build_id="today")
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)  # type: ignore[arg-type]
    return result.replay_failure


async def test_a_worker_without_the_key_loses_nothing_and_says_which_one_it_needs(
    client: Client, tmp_path: Path
) -> None:
    at = secret_office(client, tmp_path)
    async with at.working(ring("k1")):
        await at.until(at.view, "the first view")
    async with at.working(None, "all") as case:
        await case.signal("payment_received", {"id": "p1", "amount": "21.09"})

        async def said() -> str:
            failures = [event.workflow_task_failed_event_attributes.failure for event in (await at.history()).events]
            return "".join(failure.cause.message for failure in failures)

        await at.until(said, "the task that fails")
        assert "'k1'" in await said() and "MAANWERK_KEYS" in await said()
    async with at.working(ring("k1")):
        await at.until(lambda: at.case().open.text == "4300.00", "the payment, once the key is back")


async def test_a_plain_signal_from_the_web_page_still_pauses(client: Client, tmp_path: Path) -> None:
    at = secret_office(client, tmp_path)
    async with at.working(ring("k1")):
        await at.until(at.view, "the first view")
        typed = await another(at.on, bare=True)
        await typed.get_workflow_handle(at.case_id).signal("pause", {"until": "2026-03-20"})
        await at.until(lambda: at.case().holds, "the pause")
        assert [str(hold.end) for hold in at.case().holds] == ["2026-03-20"]
        assert at.problems() == []


async def test_a_case_that_began_plain_goes_on_encrypted(client: Client, tmp_path: Path) -> None:
    at = secret_office(client, tmp_path)
    async with at.working(None, "all") as case:
        await at.until(at.view, "the first view")
        await case.signal("payment_received", {"id": "p1", "amount": "21.09"})
        await at.until(lambda: at.case().open.text == "4300.00", "the payment")
    began_with = len((await at.history()).events)
    async with at.working(ring("k1")) as case:
        await case.signal("payment_received", {"id": "p2", "amount": "300.00"})
        await at.until(lambda: at.case().open.text == "4000.00", "the next payment")
        assert (await case.query("case"))["open"]["amount"] == "4000.00"
        attributes = (await case.describe()).typed_search_attributes
        assert "OpenMinor" not in {pair.key.name for pair in attributes}, "what was shown before is taken away"
    history = await at.history()
    later = [payload for event in history.events[began_with:] for payload in payloads_in(event)]
    assert later and all(b"4000" not in payload.data and b"300.00" not in payload.data for payload in later)


@pytest.mark.parametrize("damaged", [False, True], ids=["unknown key", "damaged"])
async def test_what_no_key_opens_is_quarantined_and_the_next_payment_is_booked(
    client: Client, tmp_path: Path, damaged: bool
) -> None:
    at = secret_office(client, tmp_path)
    async with at.working(ring("k1")) as case:
        await at.until(at.view, "the first view")
        name = "k1" if damaged else "x9"
        (sealed,) = await PayloadEncryption(ring(name)).encode([raw(b'{"id": "p1", "amount": "21.09"}').payload])
        data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]) if damaged else sealed.data
        strange = raw(data, **dict(sealed.metadata))
        plain = await another(at.on, bare=True)
        untold = plain.get_workflow_handle(at.case_id)
        await untold.signal("payment_received", strange)
        await untold.signal("zork", args=[strange, strange])
        await at.until(lambda: len(at.problems()) == 3, "three messages in quarantine")
        assert [name in problem and "binary/encrypted" in problem for problem in at.problems()].count(True) == 2
        with pytest.raises(WorkflowUpdateFailedError) as told:
            await untold.execute_update("pause_case", strange)
        assert isinstance(told.value.cause, ApplicationError) and told.value.cause.type == "Unreadable"
        await case.signal("payment_received", {"id": "p2", "amount": "300.00"})
        await at.until(lambda: at.case().open.text == "4021.09", "the next payment")
    assert "WORKFLOW_TASK_FAILED" not in kinds_in(await at.history())


async def test_a_key_that_comes_back_changes_no_id_of_what_came_after(client: Client, tmp_path: Path) -> None:
    """Else a new message would have the id of an older one, and count as known."""
    at = secret_office(client, tmp_path)
    (sealed,) = await PayloadEncryption(ring("x9")).encode(
        [raw(b'{"until": "2026-03-20"}', encoding=b"json/plain").payload]
    )
    async with at.working(ring("k1")) as case:
        await at.until(at.view, "the first view")
        plain = await another(at.on, bare=True)
        await plain.get_workflow_handle(at.case_id).signal("pause", raw(sealed.data, **dict(sealed.metadata)))
        await at.until(lambda: at.case().holds and at.problems(), "it pauses, and is kept for a person")
        await case.signal("raise_task", {"task": "first"})
        await at.until(lambda: at.case().open_task("first"), "the task")
        await case.execute_update("log_call", {"outcome": "one", "actor": "j"})
    async with at.working(ring("k1", "x9")) as case:
        await case.signal("raise_task", {"task": "second"})
        await at.until(lambda: at.case().open_task("second"), "the task after the key came back")
        await case.execute_update("complete_task", {"task": "second", "outcome": "done"})
        await at.until(lambda: at.case().open_task("second") is None, "an update after it, too")
        await case.signal("resume")
        await at.until(lambda: not _of(at).holds, "the end of the pause")
    assert "WORKFLOW_TASK_FAILED" not in kinds_in(await at.history())


async def test_details_stay_readable_with_codes_only_and_are_encrypted_with_all(client: Client, tmp_path: Path) -> None:
    at = secret_office(client, tmp_path)
    async with at.working(ring("k1"), "codes") as case:
        await at.until(at.view, "the first view")
        shown = await _metadata(client, at.case_id)
        assert shown is not None and shown.startswith(CODES_HEAD) and "reminder is sent" in shown
        assert NUMBER not in shown and "4321" not in shown
        await case.signal("nudge")
    async with at.working(ring("k1"), "all") as case:
        await case.signal("payment_received", {"id": "p1", "amount": "21.09"})
        await at.until(lambda: at.case().open.text == "4300.00", "the payment")
        assert await _metadata(client, at.case_id) is None, "it holds the amount, so it is encrypted"
        details = (await case.query("case"))["open"]
        assert details["amount"] == "4300.00"


async def _metadata(client: Client, case_id: str) -> str | None:
    """Current Details as the web page gets them without a key; None where they are encrypted."""
    answer = await client.workflow_service.query_workflow(
        QueryWorkflowRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=case_id),
            query=WorkflowQuery(query_type="__temporal_workflow_metadata"),
        )
    )
    (payload,) = answer.query_result.payloads
    if payload.metadata["encoding"] == b"binary/encrypted":
        return None
    return json_format.Parse(payload.data, WorkflowMetadata()).current_details


async def test_the_debtor_is_a_keyed_hash_and_finds_his_cases(client: Client, tmp_path: Path) -> None:
    at = secret_office(client, tmp_path)
    with at.file.read() as transaction:
        named = transaction.parties.debtor_attribute("devaart", "bakker")
    async with at.working(None, "all") as case:
        await at.until(at.view, "the first view")

        async def shown() -> dict[str, object]:
            return {pair.key.name: pair.value for pair in (await case.describe()).typed_search_attributes}

        await at.until(shown, "the search attributes")
        assert (await shown())["Debtor"] == named and (await shown())["OpenMinor"] == 432109
    async with at.working(ring("k1"), "codes") as case:
        await case.signal("nudge")

        async def gone() -> bool:
            request = DescribeWorkflowExecutionRequest(
                namespace=client.namespace, execution=WorkflowExecution(workflow_id=at.case_id)
            )
            described = await client.workflow_service.describe_workflow_execution(request)
            return "OpenMinor" not in described.workflow_execution_info.search_attributes.indexed_fields

        await at.until(gone, "that the amount which was shown before is taken away")
