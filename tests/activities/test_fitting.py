"""Whatever a case was told, what goes into its history stays far below what Temporal refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.common import RawValue

from activities.contracts import CaseInput, Delivered, StepRequest, Turn
from activities.fitting import fitted
from domain.messages import MAX_BYTES
from domain.views.case_view import CaseView
from engine.plugin import data_converter
from tests.activities.test_advancing import ladder
from tests.activities.workplace import START, Workplace
from tests.casefile.builders import CASE
from workflows import options
from workflows.reception import Reception

FAR_BELOW = MAX_BYTES // 4
"""A result that is larger ends the run: `limit.blobSize.error` is `MAX_BYTES`."""


async def size(value: object) -> int:
    """Bytes of a value in a history."""
    return len(Payloads(payloads=await data_converter().encode([value])).SerializeToString())


async def test_a_case_that_is_flooded_with_rubbish_takes_small_turns(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    rubbish = tuple(Delivered(id=f"{number:0200d}", name="zork" * 50, raw=b"{") for number in range(400))
    turn = await work.advance(*rubbish)
    assert await size(turn) < FAR_BELOW
    assert turn.view is not None
    assert len(turn.view.quarantined) + turn.view.more_quarantined == 400
    with work.file.read() as transaction:
        view = transaction.views.of_case(CASE)
    assert view is not None and len(view.quarantined) == 400, "the case file names them all"


async def test_many_long_messages_at_once_are_shown_by_their_last_fifty_lines(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    payments = tuple(
        Delivered(
            id=f"m{number}",
            name="payment_received",
            raw=json.dumps({"id": f"€{number:0199d}", "amount": "0.01"}).encode(),
        )
        for number in range(400)
    )
    turn = await work.advance(*payments)
    assert len(turn.timeline) == 50
    assert turn.timeline[-1].split(":")[0].endswith(f"{399:0199d}")
    assert await size(turn) < FAR_BELOW


async def test_a_request_about_a_flooded_quarantine_is_refused_in_few_words(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder())
    await work.advance(*(Delivered(id=f"{number:0200d}", name="zork", raw=b"{") for number in range(400)))
    turn = await work.tell("dismiss_quarantined", {"of": "no such message"}, answered=True)
    (answer,) = turn.answers
    assert answer.refusal is not None and "no such message" in answer.refusal
    assert await size(turn) < FAR_BELOW


async def test_what_is_asked_of_a_step_is_small_whatever_the_case_is_told() -> None:
    assert await size(StepRequest(case_id=CASE + "x" * 400, at=START)) < 2000


@pytest.mark.parametrize("of_each", [10, 1000, 100_000])
async def test_what_one_run_hands_to_the_next_is_accepted_as_its_input(of_each: int) -> None:
    reception = Reception("r" * 36)
    carried: list[Delivered] = []
    while True:
        (message,) = reception.first("payment_received", RawValue(Payload(data=b"x" * of_each)))
        if sum(options.carried_size(each.raw) for each in (*carried, message)) > options.MOST_CARRIED:
            break
        carried.append(message)
    assert await size(CaseInput(case_id=CASE, carried=tuple(carried))) < MAX_BYTES


def test_a_turn_that_is_small_stays_as_it_is() -> None:
    turn = Turn(action="wait", summary="s", timeline=("a",), view=None)
    assert fitted(turn) is turn
    view = {
        "stage": "new",
        "open": {"amount": "1.00", "currency": "EUR"},
        "due": "2026-03-01",
        "debtor": "d",
        "policy": "p v1",
        "zone": "Europe/Amsterdam",
        "next": "wait",
        "quarantined": [str(number) for number in range(20)],
    }
    shown = turn.model_copy(update={"view": CaseView.model_validate(view)})
    assert fitted(shown) is shown
