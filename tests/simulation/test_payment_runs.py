"""Who pays on one day of the month, in the shipped scenario: days and sums worked out by hand (decision 32)."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(load_scenario(Path(next(path for path in shipped_scenarios() if path.endswith("/payment-runs.yaml")))))


def steps(outcome: Outcome, number: str) -> list[tuple[str, str, str]]:
    rows = (row for row in outcome.as_json()["steps"] if row["invoice"] == number)
    return [(row["on"][5:], row["step"], row["total"]) for row in rows]


def test_what_was_told_of_one_invoice_holds_the_one_beside_it_from_that_day(outcome: Outcome) -> None:
    # Told on Tue 09-08, until Sat 09-26: 18 days. Due 09-02: 09-09 and 09-30 become 09-27 (Tue 09-29) and 10-18 (Tue
    # 10-20); due 09-03: 09-28 and 10-19, the same sending days. 2420 x 10.4 % / 365 = 0.6895 a day.
    assert steps(outcome, "TOLD") == [("09-29", "reminder", "2438.62"), ("10-20", "notice", "2453.10")]
    assert steps(outcome, "BESIDE") == [("09-29", "reminder", "2437.93"), ("10-20", "notice", "2452.41")]


def test_an_invoice_that_came_later_is_held_from_its_due_date_until_the_day_after_its_first_run(
    outcome: Outcome,
) -> None:
    # Due Mon 10-05; Sun 10-25 is paid on Mon 10-26, so until Tue 10-27: 22 days. 10-12 and 11-02 become Tue 11-03 and
    # Tue 11-24: 29 days 20.00, 50 days 34.48.
    assert steps(outcome, "NEXT") == [("11-03", "reminder", "2440.00"), ("11-24", "notice", "2454.48")]


def test_one_whose_run_had_passed_unpaid_is_held_no_more(outcome: Outcome) -> None:
    # Due 08-20: the run of 08-25 was its run. Seven and 28 days: Thu 08-27 and Thu 09-17.
    assert steps(outcome, "OLDER") == [("08-27", "reminder", "2424.83"), ("09-17", "notice", "2439.31")]


def test_once_a_person_said_that_he_pays_on_no_fixed_day_a_new_invoice_is_not_held(outcome: Outcome) -> None:
    # Due 11-19, said on 11-10: Thu 11-26, seven days.
    assert steps(outcome, "AFTER") == [("11-26", "reminder", "2424.83")]


def test_it_needs_no_law_and_no_other_reason_to_look_at_siblings(outcome: Outcome) -> None:
    # Told on 09-08 of the 15th: until 09-16, eight days; seven days after 09-01 and 09-02 become 09-16 and 09-17.
    assert [steps(outcome, number)[0][0] for number in ("PLAIN-1", "PLAIN-2")] == ["09-16", "09-17"]


def test_of_a_consumer_only_the_invoice_that_it_was_told_of_is_held(outcome: Outcome) -> None:
    # 09-09 becomes Tue 09-29; the other one is reminded on Thu 09-17, seven days after 09-10.
    assert [steps(outcome, number)[0][0] for number in ("ANN-1", "ANN-2")] == ["09-29", "09-17"]
