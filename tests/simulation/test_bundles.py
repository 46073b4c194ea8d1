"""Who travels in one message, when the policies of one debtor's invoices differ."""

from pathlib import Path
from typing import Any

import pytest

from policies.yaml_source import load_yaml
from simulation.pure import run
from simulation.scenario_file import scenario_of

SCENARIO = """\
policies:
  morning:
    policy: morning
    bundle: debtor
    calendar: {days: [mon, tue, wed, thu, fri], from: "09:00", until: "17:00"}
    steps: [{id: reminder, when: {after_due: 4d}, send: email}]
  afternoon:
    policy: afternoon
    bundle: debtor
    calendar: {days: [mon, tue, wed, thu, fri], from: "14:00", until: "17:00"}
    steps:
      - {id: reminder, when: {after_due: 4d}, send: email, if: {open_at_least: "AMOUNT"}}
start: 2026-03-01
until: 2026-03-31
invoices:
  - {number: F-1, debtor: ann, invoice_date: 2026-02-01, due: 2026-03-01, amount: "100.00", policy: morning}
  - {number: F-2, debtor: ann, invoice_date: 2026-02-01, due: 2026-03-01, amount: "200.00", policy: afternoon}
"""


def play(least: str) -> dict[str, Any]:
    return run(scenario_of(load_yaml(SCENARIO.replace("AMOUNT", least), "case.yaml"), Path())).as_json()


def test_a_step_of_later_today_travels_with_one_of_now() -> None:
    steps = play("0.00")["steps"]
    assert [(row["invoice"], row["on"]) for row in steps] == [("F-1", "2026-03-05"), ("F-2", "2026-03-05")]
    assert steps[0]["message"] == steps[1]["message"]


@pytest.mark.parametrize("least", ["200.01", "1000.00"])
def test_a_step_of_later_today_whose_condition_is_not_met_does_not_travel(least: str) -> None:
    result = play(least)
    assert [row["invoice"] for row in result["steps"]] == ["F-1"]
    # The debtor was reminded that day, so its own turn is the next.
    assert [(row["invoice"], row["on"]) for row in result["passed_over"]] == [("F-2", "2026-03-06")]


def test_a_companion_that_first_passes_a_step_over_still_travels() -> None:
    # Both wake at noon of the 11th; F-2 leaves its second reminder out at that very moment and goes on to the third.
    text = """\
policies:
  two: {policy: two, bundle: debtor, steps: [{id: reminder, when: {after_due: 10d}, send: email}]}
  three:
    policy: three
    bundle: debtor
    steps:
      - {id: second, when: {after_due: 10d}, send: email, if: {open_at_least: "500.00"}}
      - {id: third, when: {after_due: 10d}, send: email}
start: 2026-03-01
until: 2026-03-31
invoices:
"""
    rows = [
        '  - {number: F-1, debtor: ann, invoice_date: 2026-02-01, due: 2026-03-01, amount: "100.00", policy: two}\n',
        '  - {number: F-2, debtor: ann, invoice_date: 2026-02-01, due: 2026-03-01, amount: "100.00", policy: three}\n',
    ]
    for order in (rows, rows[::-1]):
        result = run(scenario_of(load_yaml(text + "".join(order), "case.yaml"), Path())).as_json()
        assert {(row["invoice"], row["on"]) for row in result["steps"]} == {
            ("F-1", "2026-03-11"),
            ("F-2", "2026-03-11"),
        }
        assert len({row["message"] for row in result["steps"]}) == 1
        assert [(row["invoice"], row["step"]) for row in result["passed_over"]] == [("F-2", "second")]
