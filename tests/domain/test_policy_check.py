"""A policy as a whole: what no single field can show."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.policy import Policy
from domain.policy_check import check_policy
from tests.domain.builders import business_ladder, call, consumer_ladder, hand_off, policy, send

LETTERS = ("reminder", "second", "notice", "final", "generic", "one", "two")
ONE = send("one", {"after_due": "5d"})
NOTICE = send("notice", {"after_due": "9d"}, term="14d")


def findings(ladder: Policy) -> list[tuple[str, tuple[str | int, ...], str]]:
    return [(found.severity, found.loc, found.message) for found in check_policy(ladder, LETTERS)]


@pytest.mark.parametrize("ladder", [business_ladder(), consumer_ladder()])
def test_a_good_policy_has_no_findings(ladder: Policy) -> None:
    assert findings(ladder) == []


CASES: list[tuple[Policy, tuple[str | int, ...], str]] = [
    (policy(ONE, ONE), ("steps", 1, "id"), "used twice"),
    (policy(NOTICE, ONE), ("steps", 1, "when"), r"day \+5 from due, before the step above it on day \+9"),
    (
        policy(ONE, send("two", {"before_due": "5d"})),
        ("steps", 1, "when"),
        r"day -5 from due, before the step above it on day \+5",
    ),
    (policy(ONE, hand_off({"after_due": "30d"}), law="NL"), ("steps", 1, "when"), "hand-off without a notice"),
    (policy(ONE, hand_off({"term_expired": "notice"})), ("steps", 1, "when", "term_expired"), "no step 'notice'"),
    (policy(ONE, hand_off({"term_expired": "one"})), ("steps", 1, "when", "term_expired"), "sets no term"),
    (
        policy(send("one", {"term_expired": "notice"}), NOTICE),
        ("steps", 0, "when", "term_expired"),
        "comes after this one",
    ),
    (policy(send("one", {"after_due": "1d"}, term="8d"), kind="consumer"), ("steps", 0, "term"), "at least 14 days"),
    (policy(hand_off({"after_due": "1d"}), NOTICE), ("steps", 1), "can't be reached"),
    (policy(send("one", {"after_due": "1d"}, repeat={"every": "7d"}), NOTICE), ("steps", 0, "repeat"), "without end"),
    (policy(send("one", {"after_due": "1d"}, letter="poem")), ("steps", 0, "letter"), "unknown letter 'poem'"),
    (
        policy(send("one", {"after_due": "1d"}, **{"if": {"open_at_least": "5", "open_below": "5"}})),
        ("steps", 0, "if"),
        "never met",
    ),
]


@pytest.mark.parametrize(("ladder", "loc", "says"), CASES, ids=[says for _, _, says in CASES])
def test_a_policy_that_makes_no_sense_is_told_where(ladder: Policy, loc: Any, says: str) -> None:
    found = check_policy(ladder, LETTERS)
    assert [(f.severity, f.loc) for f in found] == [("error", loc)]
    assert re.search(says, found[0].message)


def test_a_step_without_a_letter_of_its_name_gets_a_warning() -> None:
    assert [(s, loc) for s, loc, _ in findings(policy(send("hello", {"after_due": "1d"})))] == [
        ("warning", ("steps", 0))
    ]


def test_a_business_may_have_a_term_of_eight_days() -> None:
    assert findings(policy(send("one", {"after_due": "1d"}, term="8d"), kind="business")) == []


def test_a_call_needs_no_letter() -> None:
    assert findings(policy(call("phone", {"after_due": "1d"}))) == []


def test_a_task_of_the_policy_is_none_of_our_own() -> None:
    found = check_policy(policy(call("c", {"after_due": "1d"}, task="overpayment")), LETTERS)
    assert [(f.severity, f.loc) for f in found] == [("error", ("steps", 0, "task"))]
