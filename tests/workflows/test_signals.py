"""Signals and updates as people and bad programs send them to a running case: none jams it, none vanishes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from domain.facts import CloseReason
from domain.messages import MAX_BYTES
from domain.opening import open_case
from domain.views.case_view import CaseView
from tests.casefile.builders import CREDITOR, reminders
from tests.domain.builders import invoice, local
from tests.engine.bench import PATIENCE
from tests.engine.server import quick_server
from tests.workflows.office import Office, office

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    """A Temporal that somebody else set up: there 2 MB pass. It lets nobody wait twenty seconds for an answer."""
    async with quick_server(limits={"history.longPollExpirationInterval": '"3s"'}) as connected:
        yield connected


def raw(data: bytes, encoding: bytes | None = b"json/plain") -> RawValue:
    """A payload exactly as some program sends it."""
    return RawValue(Payload(metadata={} if encoding is None else {"encoding": encoding}, data=data))


BIG = b'{"note": "' + b"x" * 1_900_000 + b'"}'

FORMS: Mapping[str, list[RawValue]] = {
    "nothing": [],
    "null without content": [raw(b"", b"binary/null")],
    "null": [raw(b"null")],
    "empty JSON": [raw(b"")],
    "a word": [raw(b'"stop"')],
    "a bare word": [raw(b"stop")],
    "a number": [raw(b"3.5")],
    "yes": [raw(b"true")],
    "a list": [raw(b'["100.00", {"id": "x"}]')],
    "an empty object": [raw(b"{}")],
    "a wrong amount": [raw(b'{"id": "w1", "amount": 100}')],
    "another currency": [raw(b'{"id": "w2", "amount": "5.00", "currency": "USD"}')],
    "broken JSON": [raw(b'{"id": "b1", "amount": ')],
    "NaN": [raw(b'{"id": "n1", "amount": NaN}')],
    "a very deep list": [raw(b"[" * 100_000)],
    "a NUL": [raw(b'{"id": "a\\u0000b", "amount": "1.00"}')],
    "half a sign": [raw(b'{"id": "\\ud800", "amount": "x"}')],
    "no UTF-8": [raw(b'{"id": "\xff\xfe"}')],
    "no encoding named": [raw(b"hello", None)],
    "an unknown encoding": [raw(b"hello", b"x-rot13/\xff")],
    "plain bytes": [raw(b"\x00\x01\x02", b"binary/plain")],
    "a protobuf": [raw(b"\x0a\x03abc", b"binary/protobuf")],
    "two payloads": [raw(b'{"id": "t1"}'), raw(b"and another")],
    "three payloads": [raw(b'"one"'), raw(b"\xff", b"binary/plain"), raw(b'"three"')],
    "1.9 MB": [raw(BIG)],
}


def contents(forms: Mapping[str, list[RawValue]], but: tuple[bytes, ...] = ()) -> list[bytes]:
    """The bytes that must be kept: one message for each payload, and one for none; of what is too large, its hash."""
    told = [data for payloads in forms.values() for data in ([p.payload.data for p in payloads] if payloads else [b""])]
    return sorted(b"" if len(data) > MAX_BYTES else data for data in told if data not in but)


@pytest.mark.parametrize("name", ["payment_received", "zork", "nudge", "n" * 900])
async def test_what_nobody_can_read_is_kept_with_its_exact_bytes_and_the_case_goes_on(
    client: Client, tmp_path: Path, name: str
) -> None:
    async with office(client, tmp_path) as at:
        for payloads in FORMS.values():
            await at.handle.signal(name, args=payloads)
            assert (await at.handle.query("case"))["stage"] == "new"
        # A nudge is meant to carry nothing: with nothing in it there is nothing to keep.
        kept = contents(FORMS, but=(b"", b"null") if name == "nudge" else ())
        await at.until_recorded(len(kept))
        quarantined = at.quarantine()
        assert sorted(body for _, body, _ in quarantined.values()) == kept
        assert {kept_as for kept_as, _, _ in quarantined.values()} == {name[:200]}
        assert [error for error in at.errors() if sha256(BIG).hexdigest() in error]
        view = at.view()
        assert view is not None and view.needs_attention and len(view.quarantined) == len(kept)
        assert view.open.text == "1000.00"
        await at.pay_all()


async def test_a_pause_pauses_in_whatever_form_it_comes(client: Client, tmp_path: Path) -> None:
    """Each form for a case of its own, all in one office: an office takes longer than what a case is told."""

    async def paused(at: Office, form: str) -> None:
        await at.handle.signal("pause", args=FORMS[form])
        await at.until(lambda: at.case().holds, f"the pause: {form}")
        view = at.view()
        assert view is not None and [hold.kind for hold in view.holds] == ["pause"], form
        # What could not be read of it is kept; a surplus payload is a message of its own.
        await at.until_recorded(max(1, len(FORMS[form])))
        kept = [body for _, body, _ in at.quarantine().values()]
        assert all(body in contents({form: FORMS[form]}) for body in kept), form
        await at.handle.signal("resume")
        await at.until(lambda: not (at.view() or view).holds, f"the end of the pause: {form}")
        await at.pay_all()

    forms = sorted(FORMS)
    async with office(client, tmp_path, cases=len(forms)) as at:
        await asyncio.gather(*(paused(at.of(case_id), form) for case_id, form in zip(at.case_ids, forms, strict=True)))


async def test_an_update_nobody_can_read_is_answered_with_what_is_wrong(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        for form, payloads in FORMS.items():
            with pytest.raises(WorkflowUpdateFailedError) as told:
                await at.handle.execute_update("settle_send", args=payloads)
            assert told.value.cause is not None and str(told.value.cause), form
            assert (await at.handle.query("case"))["stage"] == "new"
        with pytest.raises(WorkflowUpdateFailedError, match=r"zork|failed"):
            await at.handle.execute_update("zork", {})
        assert at.quarantine() == {}
        await at.pay_all()


async def test_pause_case_pauses_in_whatever_form_and_says_so(client: Client, tmp_path: Path) -> None:
    forms = sorted(set(FORMS) - {"two payloads", "three payloads"})
    async with office(client, tmp_path, cases=len(forms)) as at:
        for case_id, form in zip(at.case_ids, forms, strict=True):
            answer = await at.of(case_id).handle.execute_update("pause_case", args=FORMS[form])
            # What means nothing to a pause is told: it may be a field that was mistyped.
            assert answer.partition("; left aside, unknown: ")[0] == "accepted; stage new, open 1000.00", form
            assert [hold.kind.value for hold in at.case(case_id).holds] == ["pause"], form


async def test_what_the_server_refuses_the_sender_is_told_and_the_case_goes_on(client: Client, tmp_path: Path) -> None:
    too_big = raw(b'"' + b"x" * 3_000_000 + b'"')
    async with office(client, tmp_path) as at:
        with pytest.raises(Exception, match=r"(?i)size|exceed|large|limit"):
            await at.handle.signal("payment_received", too_big)
        # The worker's answer to an update holds it again and is too large: it says so after some tries, and goes on.
        with pytest.raises((RPCError, WorkflowUpdateFailedError)):
            await at.handle.execute_update("pause_case", too_big)
        await at.pay_all()


async def test_big_messages_do_not_burst_the_input_of_the_next_run(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, events_per_run=20) as at:
        messages = [raw(b'{"n": "%d", "note": "%s"}' % (n, b"x" * 200_000)) for n in range(12)]
        await asyncio.gather(*(at.handle.signal("payment_received", message) for message in messages))
        await at.until_recorded(12)
        kept = sorted(body for _, body, _ in at.quarantine().values())
        assert kept == sorted(message.payload.data for message in messages)
        await at.pay_all()


# Quarantine ------------------------------------------------------------------------------------------------


async def test_a_quarantined_payment_is_resubmitted_corrected_and_another_dismissed(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path) as at:
        await at.handle.signal("payment_received", {"id": "p1", "amount": 1000})
        await at.handle.signal("payment_receved", "test message")
        await at.until_recorded(2)
        of = {name: quarantine_id for quarantine_id, (name, _, _) in at.quarantine().items()}
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await at.handle.execute_update("resubmit_quarantined", {"of": of["payment_received"]})
        assert isinstance(refused.value.cause, ApplicationError) and refused.value.cause.type == "Refused"
        answer = await at.handle.execute_update("dismiss_quarantined", {"of": of["payment_receved"], "reason": "test"})
        assert answer.startswith("accepted")
        corrected = {"id": "p1", "amount": "1000.00"}
        await at.handle.execute_update("resubmit_quarantined", {"of": of["payment_received"], "payload": corrected})
        await at.until(lambda: at.case().closed is CloseReason.PAID, "the closing of the case")
        assert {settled for _, _, settled in at.quarantine().values()} == {"resubmitted", "dismissed"}
        assert at.case().quarantined == ()


async def test_a_request_that_a_rule_forbids_is_answered_with_the_rule(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        for name, content, rule in (
            ("resume_case", {}, "not paused"),
            ("pause_case", {"until": "2026-02-01"}, "first free day"),
            ("dismiss_quarantined", {"of": "quarantine:none"}, "quarantine"),
            ("settle_send", {"step": "reminder", "outcome": "sent"}, "unknown"),
            ("reissue_notice", {"reason": "wrong address"}, "no notice in force"),
            ("reissue_notice", {}, "reason"),
        ):
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await at.handle.execute_update(name, content)
            assert rule in str(refused.value.cause), name
        assert await at.handle.execute_update("pause_case", {"until": "2026-04-12", "actor": "els"})
        assert await at.handle.execute_update("resume_case", {"actor": "els"})
        await at.until(lambda: (view := at.view()) is not None and not view.holds, "the end of the pause")


async def test_messages_to_a_case_that_does_not_exist_are_kept(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        nobody = f"{at.case_id}-nobody"
        assert await at.dispatcher.tell(nobody, "payment_received", {"id": "p1", "amount": "5.00"}, "d1")
        await at.until(lambda: at.quarantine(nobody), "the quarantine")
        ((name, body, _),) = at.quarantine(nobody).values()
        assert (name, body) == ("payment_received", b'{"id": "p1", "amount": "5.00"}')
        handle = client.get_workflow_handle(nobody)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update("pause_case", {"actor": "els"})
        assert str(refused.value.cause) == f"Refused: there is no case {nobody} in the case file"
        # It used to end here. The case may still come, or the file may be the wrong one: its run waits.
        described = await handle.describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        await handle.terminate()


async def test_what_came_before_its_case_is_the_cases_own_once_it_is_imported(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        early = f"{at.case_id}-early"
        assert await at.dispatcher.tell(early, "payment_received", {"id": "p1", "amount": "5.00"}, "d1")
        await at.until(lambda: at.quarantine(early), "the quarantine")
        before = (await client.get_workflow_handle(early).describe()).run_id
        with at.file.write() as transaction:
            facts = open_case(invoice(number="F-9"), reminders(), local("2026-03-01"))
            assert transaction.cases.open(early, CREDITOR.id, facts, local("2026-03-01"))
        await at.dispatcher.sweep()

        def seen() -> CaseView | None:
            with at.file.read() as transaction:
                return transaction.views.of_case(early)

        await at.until(seen, "the first view")
        (quarantined,) = at.quarantine(early)
        handle = client.get_workflow_handle(early)
        assert (await handle.describe()).run_id == before, "the run that waited is the one that goes on"
        assert await handle.execute_update("resubmit_quarantined", {"of": quarantined, "actor": "els"})
        with at.file.read() as transaction:
            assert transaction.cases.load(early).case.open.text == "995.00"
        assert len(await handle.query("timeline")) > 2, "also what happened before it was in the file is shown"
        await handle.terminate()


async def test_a_case_that_is_started_decides_once(client: Client, tmp_path: Path) -> None:
    """The start carries a nudge, for a run that may wait; a new one is not asked twice."""
    async with office(client, tmp_path) as at:
        assert await at.handle.query("case"), "the decision is in the history"
        history = await at.handle.fetch_history()
        markers = [event for event in history.events if event.HasField("marker_recorded_event_attributes")]
        assert len(markers) == 1


# Closing and reopening -------------------------------------------------------------------------------------


async def test_a_payment_at_any_moment_around_the_closing_is_recorded(client: Client, tmp_path: Path) -> None:
    delays = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
    async with office(client, tmp_path, cases=len(delays)) as at:

        async def pay_twice(case_id: str, delay: float) -> None:
            await at.dispatcher.tell(case_id, "payment_received", {"id": "all", "amount": "1000.00"}, "all")
            await asyncio.sleep(delay)
            await at.dispatcher.tell(case_id, "payment_received", {"id": "more", "amount": "7.00"}, "more")

        await asyncio.gather(*(pay_twice(*pair) for pair in zip(at.case_ids, delays, strict=True)))
        await at.until_recorded(2 * len(delays))
        for case_id in at.case_ids:
            with at.file.read() as transaction:
                case = transaction.cases.load(case_id).case
            assert case.overpaid.text == "7.00"
            assert case.open_task("overpayment") is not None
            assert case.closed is CloseReason.PAID


async def test_a_payment_taken_back_after_closing_reopens_the_case(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        await at.pay_all()
        await at.dispatcher.tell(at.case_id, "payment_reversed", {"id": "r1", "payment": "everything"}, "r1")
        await at.until(lambda: at.case().closed is None, "the reopening")
        assert at.case().open.text == "1000.00"
        assert (await at.handle.query("case"))["next"] == "send"
        second = {"id": "again", "amount": "1000.00"}
        await at.dispatcher.tell(at.case_id, "payment_received", second, "again")
        await at.until(lambda: at.case().closed is CloseReason.PAID, "the second closing")


# Many, and at the same time --------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
async def test_of_300_payments_across_many_runs_none_is_lost_and_none_counts_twice(
    client: Client, tmp_path: Path, workers: int
) -> None:
    async with office(client, tmp_path, events_per_run=40, workers=workers) as at:
        first_run = (await at.handle.describe()).run_id

        async def pay(number: int) -> None:
            content = {"id": f"p{number}", "amount": "2.00"}
            await at.handle.signal("payment_received", content)
            if number % 10 == 0:
                await at.handle.signal("payment_received", content)

        for start in range(0, 300, 50):
            await asyncio.gather(*(pay(number) for number in range(start, start + 50)))
        await at.until(lambda: at.case().open.text == "400.00", "all payments")
        assert len(at.case().ledger.entries) == 301
        assert at.quarantine() == {}
        deadline = time.monotonic() + PATIENCE
        while (await at.handle.describe()).run_id == first_run:
            assert time.monotonic() < deadline, "it never continued as new"
            await asyncio.sleep(0.05)
        await at.pay_all()


async def test_cancelling_a_case_pauses_it(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as at:
        await at.handle.cancel()
        await at.until(lambda: at.case().holds, "the pause")
        await at.handle.execute_update("resume_case", {})
        await at.pay_all()


async def test_cancelling_while_messages_are_recorded_loses_neither(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, cases=8) as at:

        async def both(case_id: str, number: int) -> None:
            handle = client.get_workflow_handle(case_id)
            payment = {"id": "p1", "amount": "100.00"}
            first, second = handle.signal("payment_received", payment), handle.cancel()
            await asyncio.gather(*((first, second) if number % 2 else (second, first)))

        await asyncio.gather(*(both(case_id, number) for number, case_id in enumerate(at.case_ids)))
        for case_id in at.case_ids:

            def stands(case_id: str = case_id) -> bool:
                with at.file.read() as transaction:
                    case = transaction.cases.load(case_id).case
                return bool(case.holds) and case.open.text == "900.00"

            await at.until(stands, f"payment and pause of {case_id}")


async def test_cancelling_while_a_message_is_sent_pauses_and_sends_it_once(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, begin=local("2026-03-06", "13:00")) as at:
        at.shelf.may_go_on.clear()
        await asyncio.wait_for(at.shelf.called.wait(), PATIENCE)
        await at.handle.cancel()
        await at.until(lambda: at.case().holds, "the pause")
        at.shelf.may_go_on.set()
        await at.until(lambda: at.case().taken, "the record of what was sent")
        assert len(at.shelf.taken) == 1
        assert [hold.kind.value for hold in at.case().holds] == ["pause"]
        assert (await at.handle.query("case"))["holds"]


async def test_while_a_step_fails_messages_are_recorded_and_requests_answered(client: Client, tmp_path: Path) -> None:
    """The wait after a failure grows to an hour: nobody who has something to say waits that long."""
    async with office(client, tmp_path, begin=local("2026-03-06", "13:00"), broken=True) as at:
        await at.until(lambda: (view := at.view()) is not None and view.failing, "a failing step")
        assert await at.handle.execute_update("pause_case", {"reason": "look first"})
        await at.pay_all()
