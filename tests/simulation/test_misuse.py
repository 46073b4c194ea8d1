"""What debtors misuse, and the rule against it (practice.md): all of them in one list, in docs/holds.md.

The list names a test for each; here stands that it is complete and that those tests exist, and what the shipped
scenario `misuse.yaml` shows. Business: 2420.00 due on Wed 2026-09-02; interest is 2420 x 10.4 % x days / 365 from 09-03
on; letters by post are received on the third delivery day, costs are 15 %.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from domain.facts import HabitNoted, HoldPlaced
from domain.finality import final_from, revocable_on
from simulation.outcome import Outcome, Played
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios
from tests.rows import in_rows

ROOT = Path(__file__).resolve().parents[2]
HEADING = "## What debtors misuse"

MISUSES = (
    "a dispute by click on the day before the term ends",
    "a complaint later than the agreed term",
    "serial promises",
    "payments of one euro",
    "naming the newest invoice",
    "the principal a day late, the costs forgotten",
    "taken back in week eight",
    "never got it",
    "new data by mail",
    "a new company, or one dissolved in a day",
    "debt help that nobody proves",
    "endless talk of instalments",
    "a credit or set-off without document",
    "we pay on the 25th only",
    "always late",
    "a false proof of payment",
    "paid to another account",
    "this settles everything",
)
"""Those of practice.md, in its order, and the one among the letters that would be struck down (no. 15)."""


def table() -> dict[str, tuple[str, list[str]]]:
    """The list: by misuse the rule, and the tests that hold it."""
    text = (ROOT / "docs" / "holds.md").read_text(encoding="utf-8")
    section = text.split(HEADING, 1)[1].split("\n## ", 1)[0]
    rows = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    found = {row[0].strip(): (row[1].strip(), re.findall(r"`(tests/[^`]+)`", row[2])) for row in rows[1:]}
    return {misuse: row for misuse, row in found.items() if not misuse.startswith("-")}


def test_every_misuse_of_practice_has_a_rule_and_a_test() -> None:
    assert tuple(table()) == MISUSES
    assert all(rule and tests for rule, tests in table().values())


@in_rows("misuse", MISUSES)
def test_the_tests_that_the_list_names_are_there(misuse: str) -> None:
    for named in table()[misuse][1]:
        file, _, name = named.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, named


# What the scenario shows ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(load_scenario(Path(next(path for path in shipped_scenarios() if path.endswith("/misuse.yaml")))))


def of(outcome: Outcome, number: str) -> Played:
    return next(each for each in outcome.played if each.number == number)


def steps(outcome: Outcome, number: str) -> list[tuple[str, str, str]]:
    rows = (row for row in outcome.as_json()["steps"] if row["invoice"] == number)
    return [(row["on"][5:], row["step"], row["total"]) for row in rows]


def test_a_payment_run_gives_one_run_of_grace_and_no_second_one(outcome: Outcome) -> None:
    # Held from Tue 09-08 until Sat 09-26, the day after the run of Fri 09-25: 18 days. 09-09 and 09-30 become 09-27
    # (Tue 09-29) and 10-18 (Tue 10-20). 27 and 48 days of interest: 18.62 and 33.10. E Fri 11-06, G Tue 11-10: 363.00.
    assert steps(outcome, "RUN")[:3] == [
        ("09-29", "reminder", "2438.62"),
        ("10-20", "notice", "2453.10"),
        ("11-10", "supply_stop", "2830.58"),
    ]
    placed = [fact for fact in of(outcome, "RUN").facts if isinstance(fact, HoldPlaced)]
    assert [(fact.about, fact.noted) for fact in placed] == [("25", False), ("25", True)]


def test_a_payment_run_that_the_debtor_says_himself_holds_nothing(outcome: Outcome) -> None:
    assert steps(outcome, "OWN-WORD")[:2] == [("09-09", "reminder", "2424.83"), ("09-30", "notice", "2439.31")]


def test_who_is_always_late_gets_his_usual_lateness_as_grace(outcome: Outcome) -> None:
    # Seven, nine and twelve days late: nine. 09-09 becomes Fri 09-18, 09-30 becomes Fri 10-09: 16 and 37 days.
    (habit,) = (fact for fact in of(outcome, "HABIT").facts if isinstance(fact, HabitNoted))
    assert (habit.days, habit.invoices) == (9, 3)
    assert steps(outcome, "HABIT")[:2] == [("09-18", "reminder", "2431.03"), ("10-09", "notice", "2445.51")]
    # The first three had no such habit yet.
    assert all(of(outcome, f"LATE-{n}").case.habit_days == 0 for n in (1, 2, 3))


def test_the_register_is_looked_into_before_the_notice_and_again_before_the_hand_off(outcome: Outcome) -> None:
    # The notice of Wed 09-30 leaves on Tue 10-06, when it was done: 34 days. E Fri 10-23, G Tue 10-27; ten days after
    # 10-06 that look counts no more, and the hand-off waits until Thu 10-29: 57 days, 39.30, and 363.00.
    assert steps(outcome, "REGISTER") == [
        ("09-09", "reminder", "2424.83"),
        ("10-06", "notice", "2443.44"),
        ("10-29", "handoff", "2822.30"),
    ]
    checks = [task for task in of(outcome, "REGISTER").case.tasks if task.kind == "check_register"]
    assert [(f"{task.raised_on:%m-%d}", f"{task.done_on:%m-%d}") for task in checks] == [
        ("09-30", "10-06"),
        ("10-27", "10-29"),
    ]


def test_a_closed_case_keeps_its_supply_stop_until_the_debit_is_final(outcome: Outcome) -> None:
    # Credited on 10-21, eight weeks: until 12-16. A person who would lift the stop that day is refused, on 12-17 not.
    debit = of(outcome, "DEBIT").case
    (stop,) = (task for task in debit.tasks if task.kind == "stop_supply")
    assert debit.closed is not None and f"{stop.done_on:%m-%d}" == "12-17"
    assert [f"{final_from(debit, day):%m-%d}" for day in (debit.due.replace(month=12, day=16),)] == ["12-17"]
    assert final_from(debit, debit.due.replace(month=12, day=17)) is None
    (refused,) = outcome.as_json()["refused"]
    assert (refused["on"], refused["invoice"], refused["event"]) == ("2026-12-16", "DEBIT", "task_done")
    assert "final on 2026-12-17" in refused["reason"]


def test_what_is_taken_back_in_week_eight_finds_supply_still_stopped_and_costs_still_due(outcome: Outcome) -> None:
    storno = of(outcome, "STORNO").case
    assert storno.closed is None and storno.open.text == "2420.00"
    assert storno.open_task("stop_supply") is not None and storno.open_task("call_about_refusal") is not None
    assert revocable_on(storno, outcome.until) == ()


def test_a_payment_that_is_final_at_once_ends_the_supply_stop_with_the_case(outcome: Outcome) -> None:
    (stop,) = (task for task in of(outcome, "IDEAL").case.tasks if task.kind == "stop_supply")
    assert f"{stop.done_on:%m-%d}" == "10-21"
    # And a person hears that supply may go on.
    assert of(outcome, "IDEAL").case.open_task("lift_supply_stop") is not None


def test_money_that_is_to_settle_everything_is_a_part_payment_that_a_person_answers(outcome: Outcome) -> None:
    played = of(outcome, "ALL-IN")
    assert [task.kind for task in played.case.tasks][:1] == ["answer_discharge"]
    # 8 days on 2420 and 20 on 420: 5.516 + 2.393.
    assert steps(outcome, "ALL-IN")[1] == ("09-30", "notice", "427.91")
    letters = [row["letter"] for row in outcome.as_json()["letters"] if row["invoice"] == "ALL-IN"]
    assert letters[0] == "receipt"
