"""Notes of what a decision passed over, or why it holds a step back, leave it as it was; else it is decided anew."""

from __future__ import annotations

from typing import Any

import pytest

from domain.case import apply
from domain.facts import Fact, StepHeldBack, StepPassedOver
from domain.planning.noted import once_noted
from domain.planning.planner import plan
from domain.policy import Policy
from tests.domain.builders import Life, call, hand_off, policy, send

DEAR = {"open_at_least": "5000.00"}


def passing(**fields: Any) -> Policy:
    """A ladder whose first step is left out, for 1,000.00 is too little for it."""
    return policy(call("ring", {"after_due": "2d"}, **{"if": DEAR}), send("reminder", {"after_due": "5d"}), **fields)


def passed(life: Life) -> tuple[Fact, ...]:
    return tuple(
        StepPassedOver(id=f"passed:{step}:{issue}", at=life.now, on=life.today, step=step, issue=issue, reason=why)
        for step, issue, why in life.decision.passed_over
    )


def held(life: Life, *codes: str) -> StepHeldBack:
    return StepHeldBack(id="held", at=life.now, on=life.today, step="handoff", issue=1, blockers=codes)


def test_a_step_that_is_passed_over_changes_nothing_of_what_comes_next() -> None:
    life = Life(passing()).at("2026-03-03", "12:00")
    notes = passed(life)
    decided = once_noted(life.decision, life.case, life.policy, notes)
    assert [note.step for note in notes if isinstance(note, StepPassedOver)] == ["ring"]
    for note in notes:
        life.case = apply(life.case, note)
    assert decided == plan(life.case, life.policy, life.surroundings, life.now)
    assert decided is not None and (decided.step, decided.passed_over) == ("reminder", ())


def test_a_step_that_waits_for_a_person_still_waits() -> None:
    life = Life(policy(hand_off({"after_due": "5d"}, approval="required"))).live("2026-03-10")
    decided = life.decision
    assert decided.action == "wait"
    note = held(life, "approval_required")
    assert once_noted(decided, life.case, life.policy, (note,)) == decided
    assert plan(apply(life.case, note), life.policy, life.surroundings, life.now) == decided


@pytest.mark.parametrize(
    "rules",
    [
        policy(
            call("ring", {"after_due": "2d"}, repeat={"every": "3d", "at_most": 2}, **{"if": DEAR}),
            send("reminder", {"after_due": "5d"}),
        ),
        passing(catch_up="latest"),
        passing(catch_up="skip"),
    ],
    ids=["has a further issue", "latest", "skip"],
)
def test_what_the_note_may_change_is_decided_anew(rules: Policy) -> None:
    life = Life(rules).at("2026-03-03", "12:00")
    assert passed(life)
    assert once_noted(life.decision, life.case, life.policy, passed(life)) is None


def test_what_a_promise_names_is_decided_anew() -> None:
    life = Life(passing()).at("2026-03-01", "12:00")
    life.hear("promise_made", {"id": "b1", "by": "2026-03-02", "actor": "els"})
    life.at("2026-03-09", "12:00")
    assert life.case.promises
    assert once_noted(life.decision, life.case, life.policy, passed(life)) is None


def test_what_waited_for_money_and_what_was_noted_before_is_decided_anew() -> None:
    life = Life(policy(hand_off({"after_due": "5d"}, approval="required"))).live("2026-03-10")
    assert once_noted(life.decision, life.case, life.policy, (held(life, "money_unallocated"),)) is None
    life = Life(passing()).at("2026-03-03", "12:00")
    assert life.decision.passed_over
    assert once_noted(life.decision, life.case, life.policy, ()) is None
