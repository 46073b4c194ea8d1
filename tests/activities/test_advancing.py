"""Recording messages and deciding: twice is once, nothing is lost, and nothing personal leaves the case file."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from sqlalchemy import func, select

from activities.contracts import AdvanceRequest, Delivered, StepRequest, Turn
from casefile import tables as t
from domain.policy import Policy
from engine.plugin import data_converter
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE
from tests.domain.builders import call, hand_off, policy, send

PERSONAL = (
    "Ochtend",
    "ochtend",
    "Els",
    "612345678",
    "Weg 2",
    "1000 AB",
    "Dorp",
    "De Vaart",
    "devaart.example",
    "NL91ABNA",
    "Kade 1",
)


def ladder() -> Policy:
    return policy(
        send("reminder", {"after_due": "5d"}, send=["email", "sms"], attach=["invoice"]),
        call("call", {"after_due": "8d"}, wait_for_task="2d"),
        send("notice", {"after_due": "10d"}, send=["post", "email"], term="14d"),
        hand_off({"term_expired": "notice"}),
    )


def payment(delivery: str, amount: str = "100.00") -> Delivered:
    return Delivered(id=delivery, name="payment_received", raw=json.dumps({"id": "p1", "amount": amount}).encode())


async def test_the_same_messages_twice_count_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    messages = (
        payment("m1"),
        Delivered(id="m2", name="zork", raw=b"{"),
        Delivered(id="m3", name="log_call", raw=b'{"outcome": "no answer"}', answered=True),
        Delivered(id="m4", name="write_off", raw=b'{"amount": "5000.00"}', answered=True),
    )
    first = await work.advance(*messages, whole=True)
    facts = work.facts()
    again = await work.advance(*messages, whole=True)
    assert again == first
    assert work.facts() == facts
    assert [answer.refusal is None for answer in again.answers] == [True, False]


async def test_a_payment_that_came_by_another_door_counts_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    await work.advance(payment("by-signal"))
    await work.advance(payment("by-inbox"))
    assert work.loaded().case.open.text == "900.00"


async def test_a_payment_that_says_something_else_under_the_same_id_is_quarantined(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    await work.advance(payment("m1"))
    turn = await work.advance(payment("m2", "150.00"))
    assert turn.view is not None
    assert len(turn.view.quarantined) == 1
    assert work.loaded().case.open.text == "900.00"


async def test_a_message_to_a_case_that_does_not_exist_is_kept_for_a_person(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    asked = Delivered(id="m9", name="log_call", raw=b"{}", answered=True)
    turn = await work.advance(payment("m1"), asked, number="F-404")
    # Not "end": the case may come later, or the file at hand may be the wrong one.
    assert (turn.action, turn.at) == ("wait", None)
    assert turn.answers[0].refusal is not None
    with work.file.read() as transaction:
        kept = transaction.session.connection.execute(select(t.quarantine)).all()
        assert transaction.inbox.undelivered() == ()
    assert [(row.name, row.body) for row in kept] == [("payment_received", payment("m1").raw), ("log_call", b"{}")]


async def test_a_message_nobody_can_read_is_recorded_with_its_bytes_and_the_case_goes_on(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    surplus = Delivered(id="m1", name="pause", raw=b"\xff\xfe", problem="a signal has one payload")
    turn = await work.advance(surplus)
    assert turn.action == "send"
    with work.file.read() as transaction:
        assert transaction.quarantine.message(CASE, "quarantine:m1") == ("pause", b"\xff\xfe")


async def test_a_message_is_marked_as_recorded_in_the_transaction_that_records_it(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    with work.file.write() as transaction:
        transaction.inbox.accept(CASE, "p1", "payment_received", payment("m1").raw, work.now)
    await work.advance()
    with work.file.read() as transaction:
        assert transaction.inbox.undelivered() == ()
        open_rows = transaction.session.connection.scalar(
            select(func.count()).select_from(t.inbox).where(t.inbox.c.recorded_at.is_(None))
        )
    assert open_rows == 0
    assert work.loaded().case.open.text == "900.00"


async def test_the_view_stands_in_the_case_file_after_every_turn(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    for action in ("advance", "act", "pause"):
        turn = await (work.advance() if action == "advance" else work.act() if action == "act" else work.tell("pause"))
        with work.file.read() as transaction:
            assert transaction.views.of_case(CASE) == turn.view


async def test_a_step_whose_moment_has_not_come_does_nothing(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    planned = await work.advance()
    assert await work.run("send") == planned.model_copy(update={"timeline": ()})
    assert work.taken() == ()


async def whole_life(work: Workplace) -> None:
    """From the first reminder over every kind of trouble to the agency."""
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", b"%PDF-1.7")
    work.faults.next = {"/sms/": ["refused"], "/post/": ["time_out_before", "not_taken"], "agency": ["time_out_after"]}
    await work.advance()
    await work.tell("zork", {"x": 1})
    await work.tell("pause", {"until": "2026-03-04", "actor": "els@ochtend.example"})
    await work.tell("log_call", {"note": "Els Ochtend said she would pay, call +31612345678"}, answered=True)
    for _ in range(20):
        turn = await work.act()
        # With its partner it waits for what he reports, and ends no more by itself (decision 51).
        if turn.action == "wait" and turn.view is not None and turn.view.closed == "handed_off":
            return
    raise AssertionError("the case never came to its partner")


async def test_nothing_personal_goes_to_temporal_or_into_a_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    work = Workplace(tmp_path, ladder())
    await whole_life(work)
    assert work.steps() == ["reminder email", "call task", "notice post,email", "handoff agency"]
    payloads = await data_converter().encode(work.turns)
    payloads += await data_converter().encode(
        [AdvanceRequest(case_id=CASE, at=work.now), StepRequest(case_id=CASE, at=work.now)]
    )
    written = b"\n".join(payload.data for payload in payloads).decode() + caplog.text
    assert "F-1" in written, "what is searched is what is sent"
    assert [word for word in PERSONAL if word in written] == []
    with work.file.read() as transaction:
        stored = " ".join(d.recipient for d in transaction.deliveries.of_case(CASE))
    assert "els@ochtend.example" in stored, "it stands in the case file"


async def test_a_turn_says_only_what_it_has_to(tmp_path: Path) -> None:
    """Every turn is an event of the history: unset fields are not spelled out (temporal.md, storage)."""
    work = Workplace(tmp_path, ladder())
    await whole_life(work)
    (payload,) = await data_converter().encode([work.turns[0]])
    said = json.loads(payload.data)
    assert "answers" not in said
    assert "holds" not in said["view"]
    assert Turn.model_validate(said) == work.turns[0]
