"""A letter that would say what is not so: nobody gets it, a person is told, and the case goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from letters.answers import DisputeDecision
from services.correspondence import answering
from tests.activities.ladders import one
from tests.activities.workplace import Workplace


def contradicts(*_: object) -> Mapping[str, object]:
    """A decision that upholds more than was disputed."""
    return {"decision": DisputeDecision.model_validate({"id": "d1", "outcome": "upheld"})}


async def test_a_letter_that_contradicts_itself_is_dropped_and_stops_no_ladder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(answering._ANSWERS, "dispute_confirmation", contradicts)
    work = Workplace(tmp_path, one("email"))
    await work.tell("dispute_raised", {"dispute": "d1", "amount": "1.00", "reason": "damaged", "actor": "els"})
    await work.advance()
    await work.act()
    case = work.loaded().case
    assert [(each.letter, each.dropped) for each in case.owing] == [("dispute_confirmation", True)]
    assert case.open_task("mend_letter") is not None and work.taken() == ()
    await work.act()
    assert work.steps() == ["reminder email"]
