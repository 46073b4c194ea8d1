"""Promises and settlements in whole scenarios: days and sums worked out by hand (practice.md, "What stops what").

Consumers: 1,000.00 due on Thursday 2026-09-03. Interest is base x 4 % x days / 365 from 09-04 on. The letter of Tuesday
09-22 is received on Friday 09-25 (three delivery days), its last day is Friday 10-09, its end is acted on on the second
banking day after that, Tuesday 10-13; costs are 15 % of what it asked. Businesses: 10.40 %, and eight days.
"""

from pathlib import Path

import pytest

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios


def played(name: str) -> Outcome:
    return run(load_scenario(Path(next(path for path in shipped_scenarios() if path.endswith(f"/{name}.yaml")))))


@pytest.fixture(scope="module")
def promises() -> Outcome:
    return played("promises")


@pytest.fixture(scope="module")
def settlements() -> Outcome:
    return played("settlements")


def steps(outcome: Outcome, number: str, *fields: str) -> list[tuple[str, ...]]:
    rows = outcome.as_json()["steps"]
    return [(row["on"][5:], row["step"], *(row[name] for name in fields)) for row in rows if row["invoice"] == number]


def letters(outcome: Outcome, number: str) -> list[tuple[str, str, str]]:
    rows = outcome.as_json().get("letters", [])
    return [(row["on"][5:], row["letter"], row["claimed"]) for row in rows if row["invoice"] == number]


def end(outcome: Outcome, number: str) -> dict[str, object]:
    found: dict[str, object] = outcome.as_json()["cases"][number]
    return found


def test_a_promise_that_was_kept_counts_as_broken_when_the_money_is_taken_back(promises: Outcome) -> None:
    assert letters(promises, "A-1") == [
        ("09-10", "promise_confirmation", "1000.00"),
        ("10-08", "promise_broken", "1000.00"),
    ]
    # We had the money from 09-17 to 10-08: 14 days of interest to 09-17, 1.53; then 0.11 a day, 33 days to 11-10.
    # Five days after the letter of 10-08 he is reminded again, and each later step comes that much later.
    assert steps(promises, "A-1", "interest", "costs")[:3] == [
        ("09-08", "reminder", "0.55", "0.00"),
        ("10-13", "second_reminder", "2.08", "0.00"),
        ("10-20", "notice", "2.85", "0.00"),
    ]
    assert steps(promises, "A-1", "interest", "costs")[-1] == ("11-10", "final_demand", "5.15", "150.00")


def test_a_promise_kept_in_part_is_told_as_that_and_the_ladder_goes_on_without_the_days_of_its_hold(
    promises: Outcome,
) -> None:
    assert letters(promises, "B-1") == [
        ("09-10", "promise_confirmation", "400.00"),
        ("09-17", "receipt", "900.00"),
        # By Friday 09-18, one banking day of grace: Monday 09-21.
        ("09-22", "promise_broken", "900.00"),
    ]
    # The second reminder of 09-14 and twelve days of hold: 09-26, so Tuesday 09-29. 1.53 to 09-17 and 12 days on 900.
    assert steps(promises, "B-1", "open", "interest", "costs")[1] == (
        "09-29",
        "second_reminder",
        "900.00",
        "2.72",
        "0.00",
    )


def test_a_promise_inside_the_term_lets_it_run(promises: Outcome) -> None:
    # By 10-08, before the last day 10-09: the costs are due from 10-10 on.
    assert steps(promises, "C-1", "interest", "costs")[-2:] == [
        ("10-13", "call", "4.38", "150.00"),
        ("10-20", "final_demand", "5.15", "150.00"),
    ]


def test_a_promise_that_we_wrote_so_moves_the_term_to_its_day(promises: Outcome) -> None:
    # Paid on 10-14, after 10-09 and before 10-16: in time, so without costs.
    assert end(promises, "D-1") == {"stage": "closed", "open": "0.00", "closed": "paid"}


def test_a_promise_that_we_did_not_write_so_moves_nothing(promises: Outcome) -> None:
    # Paid on the same 10-14: 41 days of interest, 4.49, and costs of 150.00 were due and are paid first (BW 6:44).
    assert end(promises, "E-1")["open"] == "154.49"


def test_a_moved_term_that_ran_out_needs_no_new_letter(promises: Outcome) -> None:
    assert [row for row in steps(promises, "F-1", "costs") if row[1] in ("notice", "final_demand")] == [
        ("09-22", "notice", "0.00"),
        # By Friday 10-16, grace until Monday 10-19; he is told so on the 20th, and one message a day leaves.
        ("10-21", "final_demand", "150.00"),
    ]


def test_a_second_promise_of_his_own_stops_nothing(promises: Outcome) -> None:
    assert [row[:2] for row in letters(promises, "G-1")] == [
        ("09-07", "promise_confirmation"),
        ("09-14", "promise_broken"),
    ]
    # Held from 09-07 to 09-11 only: five days, so the reminder of 09-07 could come on Tuesday 09-15. The day before he
    # was told that his promise is broken: five days later is Saturday, so Tuesday.
    assert [row[:2] for row in steps(promises, "G-1")][:3] == [
        ("09-22", "reminder"),
        ("09-29", "second_reminder"),
        ("10-06", "notice"),
    ]


def test_a_settlement_that_is_paid_releases_the_rest(settlements: Outcome) -> None:
    assert letters(settlements, "A-1") == [("09-16", "settlement_confirmation", "850.00")]
    assert end(settlements, "A-1") == {"stage": "closed", "open": "0.00", "closed": "written_off"}


def test_one_that_is_not_paid_leaves_all_owed_and_the_ladder_at_its_next_step(settlements: Outcome) -> None:
    # Sixteen days of hold, 09-16 to 10-01: the call of 09-20 comes on 10-06, the notice of 09-27 on 10-13.
    assert steps(settlements, "B-1", "open", "interest", "costs")[2:] == [
        ("10-06", "call", "1000.00", "9.40", "0.00"),
        ("10-13", "notice", "1000.00", "11.40", "0.00"),
        ("10-27", "supply_stop", "1000.00", "15.39", "150.00"),
    ]


def test_what_was_paid_of_one_that_failed_is_a_part_payment(settlements: Outcome) -> None:
    # 26 days on 1000, 7.41, and 7 on 500, 1.00.
    assert steps(settlements, "C-1", "open", "interest", "costs")[2] == ("10-06", "call", "500.00", "8.41", "0.00")


def test_a_large_release_is_refused_without_an_approval_and_undone_when_its_money_is_taken_back(
    settlements: Outcome,
) -> None:
    refused = settlements.as_json()["refused"]
    # 13 days of interest to 09-16: 1000 x 10.4 % x 13 / 365 = 3.70.
    assert [row["reason"][:34] for row in refused] == ["503.70 of 1003.70 would be release"]
    # 27 days on 1000, 7.69; the half that was released bears interest throughout: 20 days on 500, 2.85.
    assert steps(settlements, "D-1", "open", "interest", "costs")[2] == ("10-20", "call", "1000.00", "10.54", "0.00")


def test_costs_that_were_due_stay_in_what_is_promised(tmp_path: Path) -> None:
    path = tmp_path / "late.yaml"
    path.write_text(
        """
scenario: late
policy: nl-consumer
start: 2026-09-01
until: 2026-11-30
terms: {mail: [{days: 3}]}
invoices:
  - {number: H-1, debtor: han, kind: consumer, invoice_date: 2026-08-20, due: 2026-09-03, amount: "1000.00"}
events:
  - {on: 2026-10-14, invoice: H-1, promise: {amount: "1154.50", by: 2026-10-20}, actor: els}
  - {on: 2026-10-14, invoice: H-1, promise: {amount: "1154.49", by: 2026-10-20}, actor: els}
  - {on: 2026-10-20, invoice: H-1, payment: "1154.49", id: p1}
""",
        encoding="utf-8",
    )
    outcome = run(load_scenario(path))
    assert steps(outcome, "H-1", "interest", "costs", "claimed")[-1] == (
        "10-13",
        "final_demand",
        "4.38",
        "150.00",
        "1154.38",
    )
    # 41 days to 10-14: 1000 x 4 % x 41 / 365 = 4.49, and the costs.
    assert [row["reason"] for row in outcome.as_json()["refused"]] == [
        "1154.50 is promised, but only 1154.49 is owed and not disputed; name at most that"
    ]
    assert letters(outcome, "H-1") == [("10-14", "promise_confirmation", "1154.49")]
    # 0.66 of interest to 10-20 is left: too little to ask for.
    assert end(outcome, "H-1")["closed"] == "paid"


def test_a_promise_that_was_a_mistake_leaves_the_ladder_as_beside_it_unless_it_was_confirmed() -> None:
    outcome = played("promise-withdrawn")
    assert steps(outcome, "A-1") == steps(outcome, "B-1") and letters(outcome, "A-1") == []
    assert letters(outcome, "C-1") == [("09-10", "promise_confirmation", "1000.00")]
    # Five days under the hold, the 10th to the 14th: from Tuesday 09-15 to Sunday 09-20; letters leave from Tuesday on.
    assert steps(outcome, "C-1") == [("09-08", "reminder"), ("09-22", "second_reminder"), ("09-29", "notice")]
    ((on, reason),) = [(row["on"], row["reason"]) for row in outcome.as_json()["refused"]]
    assert on == "2026-09-14" and "was confirmed in writing" in reason
