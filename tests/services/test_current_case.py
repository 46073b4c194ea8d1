"""What `case show` says of a case is what a worker would record, whatever waits in its inbox."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casefile.case_file import Transaction
from domain.messages import MESSAGES
from services.current_case import CurrentCase, current_case
from services.recording import record
from tests.activities.conftest import each_database, pytest_generate_tests
from tests.activities.workplace import Workplace
from tests.domain.builders import policy, send
from tests.examples import examples
from tests.services.hostile import contents, written

__all__ = ["each_database", "pytest_generate_tests"]

LADDER = policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}))
NAMES = (*sorted(MESSAGES), "payment_recieved")


@dataclass(frozen=True)
class Waiting:
    name: str
    raw: bytes | None
    answered: bool = False
    problem: str | None = None


class Undone(Exception):
    """Raised so that what a test wrote is undone."""


@st.composite
def messages(draw: st.DrawFn) -> Waiting:
    name = draw(st.sampled_from(NAMES))
    answered, problem = draw(st.booleans()), draw(st.sampled_from([None, None, None, "a surplus payload"]))
    if draw(st.integers(0, 9)) == 0 or name not in MESSAGES:
        return Waiting(name, draw(st.sampled_from([None, b"", b"{", b"\x00\xff", b"[]"])), answered, problem)
    content = draw(contents(name))
    if isinstance(content, dict) and "of" in content:
        # One of those before it, which may be in quarantine by then.
        content["of"] = draw(st.sampled_from(["quarantine:m0", "quarantine:m1", "quarantine:m2", "quarantine:x"]))
    return Waiting(name, written(content), answered, problem)


def compare(transaction: Transaction, at: Workplace, inbox: list[Waiting]) -> CurrentCase:
    """How the case stands with these messages, compared with what recording makes of them."""
    case_id = at.case("F-1")
    for number, each in enumerate(inbox):
        transaction.inbox.accept(
            case_id, f"m{number}", each.name, each.raw, at.now, answered=each.answered, problem=each.problem
        )
    found = current_case(transaction, case_id, at.now)
    before = transaction.cases.load(case_id)
    assert before == found.loaded, "nothing is written"
    after = record(transaction, before, at.now)
    assert found.case == after.case
    assert found.policy == after.policy
    assert found.pending_facts == transaction.cases.facts_after(case_id, before.facts)
    refused = {row.id: transaction.inbox.refusal(case_id, row.id) for row in found.waiting}
    assert dict(found.refusals) == {row_id: why for row_id, why in refused.items() if why is not None}
    return found


def a_case(tmp_path: Path) -> Workplace:
    """A case whose first letter has left."""
    at = Workplace(tmp_path, LADDER)
    with at.file.write() as transaction:
        transaction.parties.save_policy(LADDER.model_copy(update={"version": 2}))
    asyncio.run(at.act())
    return at


def test_it_stands_as_recording_makes_it_stand(tmp_path: Path) -> None:
    at = a_case(tmp_path)

    @settings(
        max_examples=examples(60),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(inbox=st.lists(messages(), min_size=1, max_size=6))
    def stands(inbox: list[Waiting]) -> None:
        with suppress(Undone), at.file.write(at.case("F-1")) as transaction:
            compare(transaction, at, inbox)
            raise Undone

    stands()


def test_what_nobody_can_read_stands_in_quarantine_already(tmp_path: Path) -> None:
    at = a_case(tmp_path)
    with at.file.write(at.case("F-1")) as transaction:
        found = compare(
            transaction,
            at,
            [
                Waiting("payment_received", b"{", problem="the payload is encoded as 'x'; send JSON"),
                Waiting("payment_received", b"{"),
                Waiting("payment_received", b'{"id": "p", "amount": "1.00"}'),
            ],
        )
    assert found.case.quarantined == ("quarantine:m0", "quarantine:m1")
    assert found.refusals["m0"].startswith("the payload is encoded")
    assert found.case.open.text == "999.00"


def test_what_waits_to_be_quarantined_can_be_resubmitted(tmp_path: Path) -> None:
    at = a_case(tmp_path)
    again: dict[str, Any] = {"of": "quarantine:m0", "payload": {"id": "p", "amount": "1.00"}}
    with at.file.write(at.case("F-1")) as transaction:
        found = compare(
            transaction,
            at,
            [Waiting("payment_received", b"{"), Waiting("resubmit_quarantined", written(again), answered=True)],
        )
    assert found.refusals.keys() == {"m0"}
    assert (found.case.open.text, found.case.quarantined) == ("999.00", ())


def test_a_message_that_raises_is_quarantined_here_as_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from services import recording

    at = a_case(tmp_path)
    judge = recording.judged

    def choke(*args: Any, **kwargs: Any) -> Any:
        if args[2].name == "invoice_credited":
            raise OverflowError("too large")
        return judge(*args, **kwargs)

    monkeypatch.setattr(recording, "judged", choke)
    credit = b'{"id": "c", "amount": "1.00"}'
    with at.file.write(at.case("F-1")) as transaction:
        found = compare(
            transaction, at, [Waiting("invoice_credited", credit), Waiting("invoice_credited", credit, answered=True)]
        )
    assert found.case.quarantined == ("quarantine:m0",)
    assert found.refusals["m1"] == "invoice_credited can't be used: OverflowError: too large"
