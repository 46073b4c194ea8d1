"""A policy, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.policy import Policy, Step
from tests.domain.builders import business_ladder, call, consumer_ladder, hand_off, policy, send
from tests.rows import in_rows


@pytest.mark.parametrize(("text", "days"), [("7d", 7), ("2w", 14), ("48h", 2), ("0d", 0), (" 5d ", 5), (3, 3)])
def test_a_duration_is_a_number_of_days(text: object, days: int) -> None:
    assert policy(send("one", {"after_due": text})).steps[0].when.after_due == days


@pytest.mark.parametrize("text", ["7", "12h", "d", "-3d", "1.5d", "7 days", "99999d", "", None])
def test_another_duration_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        policy(send("one", {"after_due": text}))


@in_rows(
    ("step", "says"),
    [
        ({"id": "x", "when": {"after_due": "1d"}}, "found none"),
        (send("x", {"after_due": "1d"}, task="call"), "found send and task"),
        (send("x", {}), "says nothing"),
        (send("x", {"after_invoice_date": "1d", "round": "end_of_month"}), "round works on after_due"),
        (send("x", {"after_due": "1d"}, wait_for_task="3d"), "wait_for_task does not go with send"),
        (send("x", {"after_due": "1d"}, approval="required"), "approval does not go with send"),
        (call("x", {"after_due": "1d"}, term="14d"), "term does not go with task"),
        (hand_off({"after_due": "1d"}, repeat={"every": "7d"}), "repeat does not go with hand_off"),
        (send("x", {"after_due": "1d"}, send=["sms", "sms"]), "names a channel twice"),
        (send("x", {"after_due": "1d"}, send=["pigeon"]), "email"),
        (send("X", {"after_due": "1d"}), "pattern"),
        (send("x", {"after_due": "1d"}, colour="red"), "Extra inputs"),
        (send("x", {"after_due": "1d"}, repeat={"every": "0d"}), "greater than or equal to 1"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        policy(step)


@pytest.mark.parametrize(
    ("calendar", "says"),
    [
        ({"zone": "Europe/Utrecht"}, "not known"),
        ({"from": "17:00", "until": "09:00"}, "is not before"),
        ({"days": []}, "at least 1"),
        ({"holidays": "FR"}, "NL"),
    ],
)
def test_a_calendar_that_leaves_nothing_is_refused(calendar: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        policy(send("one", {"after_due": "1d"}), calendar=calendar)


def test_a_calendar_can_be_off() -> None:
    assert policy(send("one", {"after_due": "1d"}), calendar="off").calendar is None


def test_one_word_stands_for_a_list_of_one() -> None:
    assert policy(send("one", {"after_due": "1d"}, send="email", announces="costs")).steps[0].send == ("email",)


def test_a_policy_needs_a_step() -> None:
    with pytest.raises(ValidationError):
        policy()


@pytest.mark.parametrize("ladder", [business_ladder(), consumer_ladder()])
@pytest.mark.parametrize("by_alias", [True, False])
def test_a_policy_written_as_json_is_read_back_the_same(ladder: Policy, by_alias: bool) -> None:
    assert ladder.sending_calendar and ladder.positions and ladder.gate_steps
    assert Policy.model_validate_json(ladder.model_dump_json(by_alias=by_alias)) == ladder


def shown(step: dict[str, Any]) -> Step:
    return policy(step).steps[0]


def test_what_a_step_shows() -> None:
    task, agency = shown(call("c", {"after_due": "1d"})), shown(hand_off({"after_due": "1d"}))
    letter, notice = shown(send("r", {"after_due": "1d"})), shown(send("n", {"after_due": "1d"}, term="14d"))
    assert [s.channels for s in (task, agency, letter)] == [("task",), ("agency",), ("email",)]
    assert [s.reminds for s in (task, agency, letter, notice)] == [False, False, True, False]
    assert (letter.letter_name, shown(send("r", {"after_due": "1d"}, letter="kind")).letter_name) == ("r", "kind")


def test_steps_that_a_gate_needs_are_known() -> None:
    assert business_ladder().gate_steps == {"notice"}
    assert business_ladder().step("nothing") is None
