"""What a policy may say of promises and settlements."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.policy_check import check_policy
from domain.policy_parts import Promises, Settlements
from tests.domain.builders import policy, send


@pytest.mark.parametrize(("written", "days"), [("1 banking day", 1), ("3 banking days", 3), ("0", 0), (2, 2)])
def test_a_grace_is_written_in_banking_days(written: object, days: int) -> None:
    assert Promises.model_validate({"grace": written}).grace == days


@pytest.mark.parametrize(
    "written",
    [{"grace": "1d"}, {"grace": "31"}, {"at_most": "-1"}, {"longest": "0d"}, {"broken": "Call!"}, {"wait": "1d"}],
)
def test_what_is_no_rule_for_promises_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Promises.model_validate(written)


@pytest.mark.parametrize("written", [{"most_percent": "101"}, {"most_amount": "-1.00"}, {"longest": "2y"}])
def test_what_is_no_rule_for_settlements_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settlements.model_validate(written)


def test_a_policy_without_them_has_those_of_practice() -> None:
    rules = policy(send("reminder", {"after_due": 7})).promises
    assert (rules.grace, rules.at_most, rules.longest, rules.broken) == (1, 2, 10, "none")


def test_a_broken_promise_calls_for_no_task_of_the_case_itself() -> None:
    rules = policy(send("reminder", {"after_due": 7}), promises={"broken": "decide_next"})
    (found,) = [each for each in check_policy(rules, ("reminder",)) if each.severity == "error"]
    assert (found.loc, found.message) == (
        ("promises", "broken"),
        "'decide_next' is a task of the case itself; name a step, or a task of your own",
    )
