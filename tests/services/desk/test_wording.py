"""What the desk calls steps and tasks: words of the reader, never the ids by which programs know them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.facts import PaymentReceived, PaymentReversed, StepHeldBack, StepPassedOver
from domain.tasks import TaskKind
from services.desk.case_story import worded
from services.desk.task_names import TASKS, task_name
from speech.words import speaking
from tests.domain.builders import eur

AT = datetime(2026, 4, 7, 8, 0, tzinfo=UTC)


def test_every_task_of_ours_has_a_name_of_a_few_words() -> None:
    assert set(TASKS) == {kind.value for kind in TaskKind}
    assert max(len(name) for name in TASKS.values()) <= 32
    assert len(set(TASKS.values())) == len(TASKS)


def test_a_task_of_a_policy_is_called_as_the_policy_writes_it() -> None:
    assert task_name("check_approval") == "check approval"


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_step_that_was_held_back_says_why_in_words(language: str) -> None:
    fact = StepHeldBack(
        id="h", at=AT, on=AT.date(), step="handoff", issue=1, blockers=("approval_required", "register_unchecked")
    )
    with speaking(language):
        said = worded(fact)
    assert "approval_required" not in said and "_" not in said
    assert said.startswith(
        {"en": "hand-off: held back, a person must approve", "nl": "overdracht: tegengehouden, "}[language]
    )


def test_a_line_that_begins_with_a_step_names_it() -> None:
    fact = StepPassedOver(id="p", at=AT, on=AT.date(), step="reminder", reason="its day had passed")
    with speaking("nl"):
        assert worded(fact).startswith("herinnering: ")


def test_an_id_that_was_made_here_is_not_read_to_people_but_one_of_a_bank_is() -> None:
    own = "payment:2026-04-07:1484.00:24b43424"
    booked, of_the_bank = (
        PaymentReceived(id=each, at=AT, on=AT.date(), amount=eur("1484.00"), credited_on=AT.date())
        for each in (own, "bank-0528-2")
    )
    back = PaymentReversed(id="r", at=AT, on=AT.date(), of=own, credited_on=AT.date())
    with speaking("nl"):
        assert worded(booked).startswith("betaling: 1.484,00 bijgeschreven")
        assert worded(of_the_bank).startswith("betaling bank-0528-2: ")
        assert "payment:" not in worded(back) and "1.484,00 (2026-04-07)" in worded(back)
