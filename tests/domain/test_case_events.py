"""What other systems hear of a case follows from its facts, and names nothing of a person."""

from __future__ import annotations

import pytest

from domain import facts as f
from domain.case import Case, apply, fold
from domain.case_events import events_of
from domain.opening import open_case
from tests.domain.builders import invoice, policy, send
from tests.domain.told_facts import AT, CLOSED, DONE, ON, PAID, RAISED, REOPENED, REVERSED, TAKEN

RULES = policy(send("reminder", {"after_due": "5d"}))
OPENED = open_case(invoice(), RULES, AT)
NEW = fold(OPENED)


def told(fact: f.Fact, before: Case | None = NEW) -> list[tuple[str, dict[str, object]]]:
    after = fold((fact,)) if before is None else apply(before, fact)
    return [(event.kind.value, dict(event.says)) for event in events_of(fact, before, after)]


def test_a_step_changes_the_stage_and_says_which_it_was() -> None:
    sent = {"step": "reminder", "issue": 1, "channels": ["email"], "proven": True}
    assert told(TAKEN) == [("message.sent", sent), ("case.stage_changed", {"was": "new"})]
    again = TAKEN.model_copy(update={"id": "reminder/2", "issue": 2})
    assert [kind for kind, _ in told(again, apply(NEW, TAKEN))] == ["message.sent"], "the same stage is no change"


def test_a_task_is_a_step_without_a_message() -> None:
    task = TAKEN.model_copy(update={"step_kind": "task", "channels": ("task",)})
    assert told(task) == [("case.stage_changed", {"was": "new"})]


def test_what_an_imported_case_went_through_elsewhere_is_no_news() -> None:
    assert told(TAKEN.model_copy(update={"imported": True})) == []


def test_closing_and_opening_again_change_the_stage() -> None:
    assert told(CLOSED) == [("case.closed", {"reason": "paid"}), ("case.stage_changed", {"was": "new"})]
    assert told(REOPENED, apply(NEW, CLOSED)) == [("case.reopened", {}), ("case.stage_changed", {"was": "closed"})]


@pytest.mark.parametrize(
    ("fact", "kind", "says"),
    [
        (RAISED, "task.raised", {"task": "call"}),
        (DONE, "task.done", {"task": "call"}),
        (PAID, "payment.counted", {}),
        (REVERSED, "payment.reversed", {}),
    ],
)
def test_an_event_says_what_happened_and_nothing_that_anybody_wrote(
    fact: f.Fact, kind: str, says: dict[str, object]
) -> None:
    assert told(fact) == [(kind, says)]


def test_the_first_fact_opens_the_case() -> None:
    assert told(OPENED[0], None) == [("case.opened", {})]


def test_what_is_no_news_to_others_makes_no_event() -> None:
    held = {"kind": "hold_placed", "id": "h", "at": AT, "on": ON, "hold": "pause"}
    assert told(f.HoldPlaced.model_validate(held)) == []
