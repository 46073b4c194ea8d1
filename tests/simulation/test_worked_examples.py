"""Worked examples of other systems and of the trade, played by the pure runner.

Expected days are written by hand from the source each test names, never taken from our own output.
"""

from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import load_scenario, shipped_scenarios


def play(name: str) -> Outcome:
    return run(load_scenario(Path(str(files("samples") / "scenarios" / f"{name}.yaml"))))


def taken(result: Outcome, number: str) -> list[tuple[str, str]]:
    return [(row["step"], row["on"]) for row in result.as_json()["steps"] if row["invoice"] == number]


def ends(result: Outcome) -> dict[str, Any]:
    cases: dict[str, Any] = result.as_json()["cases"]
    return cases


@pytest.mark.parametrize("path", shipped_scenarios(), ids=lambda path: Path(path).stem)
def test_every_shipped_scenario_plays_the_same_twice(path: str) -> None:
    scenario = load_scenario(Path(path))
    assert run(scenario).as_json() == run(scenario).as_json()


# R4: ERPNext, erpnext/accounts/doctype/dunning/test_dunning.py


def test_r4_of_two_terms_only_the_overdue_one_is_reminded() -> None:
    # 50-50 terms at 5 and 10 days, posted 6 days ago: only term 1. Posted 2 March, so reminded on the 8th.
    result = play("r4-states")
    assert taken(result, "TERM-1") == [("reminder", "2026-03-08")]
    assert taken(result, "TERM-2") == []
    assert ends(result)["TERM-2"] == {"stage": "new", "open": "50.00", "closed": None}


def test_r4_a_cancelled_payment_makes_a_resolved_invoice_overdue_again() -> None:
    result = play("r4-states")
    assert ends(result)["TERM-1"] == {"stage": "reminder", "open": "50.00", "closed": None}
    assert ends(result)["CANCELLED"] == {"stage": "reminder", "open": "100.00", "closed": None}


def test_r4_a_part_payment_leaves_the_rest_open_and_a_full_one_resolves() -> None:
    result = play("r4-states")
    assert ends(result)["PART"] == {"stage": "reminder", "open": "60.00", "closed": None}
    assert ends(result)["PAID"] == {"stage": "closed", "open": "0.00", "closed": "paid"}


def test_r4_a_credit_note_resolves_and_its_cancelling_brings_the_invoice_back() -> None:
    result = play("r4-states")
    assert ends(result)["CREDITED"] == {"stage": "closed", "open": "0.00", "closed": "credited"}
    assert ends(result)["UNCREDITED"] == {"stage": "reminder", "open": "100.00", "closed": None}


# R5: Tryton, modules/account_dunning/tests/scenario_account_dunning.rst


def test_r5_levels_wait_for_a_block_and_stop_when_paid() -> None:
    # Day 0 is 1 January: day 5 level 1; blocked on day 30: still level 1; unblocked: level 2; paid: none on day 50.
    result = play("r5-tryton")
    assert taken(result, "T-1") == [("level_1", "2026-01-06"), ("level_2", "2026-01-31")]
    assert ends(result)["T-1"] == {"stage": "closed", "open": "0.00", "closed": "paid"}


# R7: Invoice Ninja, tests/Feature/ReminderTest.php, testDKRemindersNotSending


def test_r7_reminders_after_the_invoice_date_then_one_every_two_weeks() -> None:
    assert [day for _, day in taken(play("r7-reminders"), "X-11-2024")] == [
        "2024-03-06",
        "2024-03-11",
        "2024-03-16",
        "2024-03-30",
        "2024-04-13",
    ]


def test_r7_a_reminder_leaves_at_the_local_hour() -> None:
    # "not at 06:00 UTC, yes at 07:00": nine o'clock two hours east of Greenwich.
    (played,) = play("r7-reminders").played
    moments = [fact.at for fact in played.facts if fact.kind == "step_taken"]
    assert datetime(2024, 3, 11, 7, tzinfo=UTC) in moments


@pytest.mark.parametrize(
    ("number", "days", "left_out"),
    [
        # One by one, two days apart; the later ones count from the third, which is a day late for it.
        ("IN-ORDER", ["2024-03-13", "2024-03-15", "2024-03-17", "2024-03-31", "2024-04-14"], []),
        ("LATEST", ["2024-03-13", "2024-03-16", "2024-03-30", "2024-04-13"], ["reminder_1"]),
        ("SKIP", ["2024-03-16", "2024-03-30", "2024-04-13"], ["reminder_1", "reminder_2"]),
    ],
)
def test_r7_an_outage_is_made_up_for_as_the_policy_declares(number: str, days: list[str], left_out: list[str]) -> None:
    result = play("r7-outage")
    assert [day for _, day in taken(result, number)] == days
    passed = [row["step"] for row in result.as_json()["passed_over"] if row["invoice"] == number]
    assert passed == left_out


# S1: practice.md, "Business, silence"


def test_s1_a_silent_business_ends_at_the_agency() -> None:
    result = play("s1-business")
    assert taken(result, "F-1") == [
        ("reminder", "2026-09-09"),
        ("second_reminder", "2026-09-16"),
        ("call", "2026-09-23"),
        ("notice", "2026-09-30"),
        ("handoff", "2026-10-20"),
    ]
    assert ends(result)["F-1"] == {"stage": "handed_off", "open": "2420.00", "closed": "handed_off"}


# Our own


def test_reminders_of_one_debtor_on_one_day_share_a_message() -> None:
    steps = play("bundle").as_json()["steps"]
    messages = {(row["invoice"], row["on"]): row["message"] for row in steps}
    assert messages["A-1", "2026-03-13"] == messages["A-2", "2026-03-13"] == messages["A-3", "2026-03-13"]
    assert messages["B-1", "2026-03-13"] != messages["A-1", "2026-03-13"]


def test_a_debtors_payment_pays_his_oldest_invoice_first() -> None:
    # BW 6:43: 250 on 100 (due 1 March), 200 and 300 (both due 8 March): 100, and 150 in proportion 2 to 3.
    result = play("bundle")
    assert ends(result)["A-1"]["closed"] == "paid"
    assert (ends(result)["A-2"]["open"], ends(result)["A-3"]["open"]) == ("140.00", "210.00")


def test_a_reversal_that_comes_before_its_payment_undoes_it() -> None:
    result = play("reversal-before-payment")
    assert ends(result)["F-1"]["open"] == "1000.00"
    assert ends(result)["F-2"]["open"] == "400.00"


def test_days_under_a_pause_do_not_count() -> None:
    # Second reminder due 13 March. SHORT is paused for ten days, EARLY for two; OPEN-ENDED stands still.
    result = play("pauses")
    assert ("second_reminder", "2026-03-23") in taken(result, "SHORT")
    assert taken(result, "EARLY") == [("reminder", "2026-03-08"), ("second_reminder", "2026-03-15")]
    assert taken(result, "OPEN-ENDED") == [("reminder", "2026-03-06")]
    (refused,) = result.as_json()["refused"]
    assert (refused["invoice"], refused["event"], refused["on"]) == ("NOT-PAUSED", "resume", "2026-03-07")


def test_an_open_ended_pause_is_reviewed_after_two_weeks() -> None:
    paused = next(each for each in play("pauses").played if each.number == "OPEN-ENDED")
    (task,) = [task for task in paused.case.tasks if task.kind == "review_pause"]
    assert task.raised_on == date(2026, 3, 24)
