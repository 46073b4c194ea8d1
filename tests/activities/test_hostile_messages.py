"""Whatever a message says, it never keeps what comes behind it waiting: every model, every door, both databases."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from activities.contracts import Delivered
from casefile.database import is_database_failure
from casefile.views import Views
from domain.messages import MAX_BYTES, MESSAGES
from services import recording
from tests.activities.workplace import Workplace
from tests.domain.builders import policy, send
from tests.services.hostile import content_of, written

LADDER = policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}))


def turns(name: str) -> Iterator[list[tuple[Any, bool]]]:
    """What is told in each turn, and whether an answer is asked: the same in every run, and on both databases.

    A turn costs more than what it hears: several come at once, each with a payment behind it.
    """
    chance = Random(name)
    for _ in range(4):
        yield [(content_of(chance, name), chance.random() < 0.5) for _ in range(6)]


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_no_message_keeps_the_next_payment_from_being_booked(tmp_path: Path, name: str) -> None:
    at = Workplace(tmp_path, LADDER)
    numbers = itertools.count()
    asyncio.run(at.advance())
    for told in turns(name):
        deliveries, answered, payments = [], [], []
        for number, (content, answers) in zip(numbers, told, strict=False):
            payment = written({"id": f"after-{number}", "amount": "0.01"})
            deliveries.append(Delivered(id=f"h{number}", name=name, raw=written(content), answered=answers))
            deliveries.append(Delivered(id=f"p{number}", name="payment_received", raw=payment))
            answered += [f"h{number}"] if answers else []
            payments.append(f"after-{number}")
        turn = asyncio.run(at.advance(*deliveries))
        assert [answer.id for answer in turn.answers] == answered, told
        with at.file.read() as transaction:
            case = transaction.cases.load(at.case("F-1")).case
            assert transaction.inbox.waiting(at.case("F-1")) == (), told
        assert [each for each in payments if case.ledger.entry(each) is None] == [], told


# Each kind of fault by itself, so that a failure says what it is -------------------------------------------------


@pytest.mark.parametrize("version", [2**31, 2**63 - 1, 2**63, 10**30])
async def test_a_version_that_no_database_keeps_is_refused_with_its_field(tmp_path: Path, version: int) -> None:
    at = Workplace(tmp_path, LADDER)
    turn = await at.tell("change_policy", {"policy": "test", "version": version}, answered=True)
    (answer,) = turn.answers
    assert answer.refusal is not None
    assert "version" in answer.refusal and "2147483647" in answer.refusal


async def test_a_message_on_which_the_database_chokes_is_quarantined_and_the_next_is_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_in: str
) -> None:
    """Whatever slips through the models: here a lookup with a number that the column does not take."""
    at = Workplace(tmp_path, LADDER)
    judge = recording.judged

    def choke(*args: Any, **kwargs: Any) -> Any:
        row = args[2]
        if row.name == "invoice_credited":
            desk = args[4]
            too_large = {"n": 2**70} if kept_in == "sqlite" else {"n": 2**40}
            desk.transaction.session.connection.execute(
                text("SELECT 1 FROM cases WHERE CAST(:n AS INTEGER) = 1"), too_large
            )
        return judge(*args, **kwargs)

    monkeypatch.setattr(recording, "judged", choke)
    at.told += 1
    turn = await at.advance(
        Delivered(id="bad", name="invoice_credited", raw=b'{"id": "c", "amount": "1.00"}'),
        Delivered(id="good", name="payment_received", raw=b'{"id": "p", "amount": "1.00"}'),
    )
    assert turn.view is not None and len(turn.view.quarantined) == 1
    assert at.loaded().case.open.text == "999.00"
    with at.file.read() as transaction:
        (kept,) = transaction.quarantine.unsettled()
    assert "invoice_credited can't be used" in kept.error


async def test_the_message_after_which_no_decision_can_be_taken_is_the_one_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Workplace(tmp_path, LADDER)
    write = Views.write

    def refuse(self: Views, case_id: str, view: Any, *rest: Any) -> None:
        if view.open.text.endswith("50.00"):
            raise OverflowError("Python int too large")
        write(self, case_id, view, *rest)

    monkeypatch.setattr(Views, "write", refuse)
    turn = await at.advance(
        Delivered(id="one", name="log_call", raw=b'{"outcome": "hello"}', answered=True),
        Delivered(id="bad", name="payment_received", raw=b'{"id": "bad", "amount": "50.00"}'),
        Delivered(id="good", name="payment_received", raw=b'{"id": "good", "amount": "200.00"}'),
    )
    assert turn.view is not None and turn.view.open.text == "800.00" and len(turn.view.quarantined) == 1
    assert turn.answers[0].refusal is None
    case = at.loaded().case
    assert case.ledger.entry("good") is not None and case.ledger.entry("bad") is None


async def test_when_no_message_is_to_blame_none_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = Workplace(tmp_path, LADDER)

    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as faulty:
        faulty.setattr(Views, "write", broken)
        with pytest.raises(RuntimeError, match="a fault of ours"):
            await at.tell("payment_received", {"id": "p", "amount": "1.00"})
    turn = await at.tell("payment_received", {"id": "p", "amount": "1.00"})
    assert turn.view is not None and turn.view.quarantined == () and turn.view.open.text == "999.00"


async def test_a_failure_of_the_database_itself_is_raised_and_nothing_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Workplace(tmp_path, LADDER)

    def locked(*_: Any, **__: Any) -> Any:
        raise OperationalError("SELECT", None, Exception("database is locked"))

    with monkeypatch.context() as faulty:
        faulty.setattr(recording, "judged", locked)
        with pytest.raises(OperationalError):
            await at.tell("payment_received", {"id": "p", "amount": "1.00"})
    turn = await at.tell("payment_received", {"id": "p", "amount": "1.00"})
    assert turn.view is not None and turn.view.quarantined == ()


def test_what_is_too_large_for_an_index_is_no_failure_of_the_database() -> None:
    class TooLarge(Exception):
        sqlstate = "54000"

    assert is_database_failure(OperationalError("x", None, Exception("server closed the connection")))
    assert not is_database_failure(OperationalError("x", None, TooLarge("index row size exceeds")))
    assert not is_database_failure(OverflowError("too large"))


async def test_a_message_that_is_larger_than_is_read_is_quarantined_unread(tmp_path: Path) -> None:
    at = Workplace(tmp_path, LADDER)
    big = b'{"id": "b", "amount": "1.00", "note": "' + b"x" * MAX_BYTES + b'"}'
    turn = await at.advance(Delivered(id="b", name="payment_received", raw=big))
    assert turn.view is not None and len(turn.view.quarantined) == 1


# Fields that mean nothing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("write_off", {"amout": "10.00"}, "amount"),
        ("write_off", {"Amount": "10.00"}, "amount"),
        ("write_off", {"reason": "goodwill", "sum": "10.00"}, "sum"),
        ("payment_reversed", {"payment": "p", "Amount": "10.00"}, "amount"),
        ("payment_reversed", {"payment": "p", "amount_reversed": "10.00"}, "amount_reversed"),
        ("approve_handoff", {"opne": "10.00"}, "open"),
        ("resubmit_quarantined", {"of": "quarantine:x", "paylod": {"amount": "1.00"}}, "payload"),
    ],
)
async def test_a_mistyped_field_never_makes_a_message_count_for_all(
    tmp_path: Path, name: str, content: dict[str, Any], hint: str
) -> None:
    at = Workplace(tmp_path, LADDER)
    await at.tell("payment_received", {"id": "p", "amount": "500.00"})
    turn = await at.tell(name, content, answered=True)
    (answer,) = turn.answers
    assert answer.refusal is not None and "unknown field" in answer.refusal and hint in answer.refusal
    assert at.loaded().case.open.text == "500.00"
    # As a signal it is not booked either, and a person sees it.
    turn = await at.tell(name, content)
    assert at.loaded().case.open.text == "500.00"
    assert turn.view is not None and len(turn.view.quarantined) == 1


async def test_all_is_still_said_by_leaving_the_field_out(tmp_path: Path) -> None:
    at = Workplace(tmp_path, LADDER)
    await at.tell("payment_received", {"id": "p", "amount": "500.00"})
    await at.tell("payment_reversed", {"payment": "p"})
    assert at.loaded().case.open.text == "1000.00"
    turn = await at.tell("write_off", {"reason": "goodwill", "actor": "j"}, answered=True)
    assert turn.answers[0].refusal is None and at.loaded().case.open.text == "0.00"


async def test_elsewhere_an_unknown_field_is_told_and_the_message_counts(tmp_path: Path) -> None:
    at = Workplace(tmp_path, LADDER)
    turn = await at.tell("log_call", {"outcome": "will pay", "nte": "on Friday"}, answered=True)
    assert turn.answers[0].refusal is None
    assert turn.answers[0].remark == "left aside, unknown: nte"
    await at.tell("payment_received", {"id": "p", "amount": "1.00", "bank\0": "x", "name": "the payer"})
    assert at.loaded().case.open.text == "999.00"
    with at.file.read() as transaction:
        rows = transaction.session.connection.execute(
            text("SELECT document, place FROM remarks ORDER BY document, place")
        ).all()
    assert [(row.document.split(":")[0], row.place) for row in rows] == [
        ("message log_call m1", "nte"),
        ("message payment_received payment_received", "bank\\x00"),
    ]
