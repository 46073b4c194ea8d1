"""Worked examples of other systems and of the trade, played by the pure runner.

Expected days are written by hand from the source each test names, never taken from our own output.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario, shipped_scenarios
from tests.rows import in_rows


def scenario(name: str) -> Scenario:
    return load_scenario(Path(str(files("samples") / "scenarios" / f"{name}.yaml")))


@cache
def play(name: str) -> Outcome:
    return run(scenario(name))


def taken(result: Outcome, number: str) -> list[tuple[str, str]]:
    return [(row["step"], row["on"]) for row in result.as_json()["steps"] if row["invoice"] == number]


def ends(result: Outcome) -> dict[str, Any]:
    cases: dict[str, Any] = result.as_json()["cases"]
    return cases


@in_rows("name", [Path(path).stem for path in shipped_scenarios()])
def test_every_shipped_scenario_plays_the_same_twice(name: str) -> None:
    assert play(name).as_json() == run(scenario(name)).as_json()


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


# The worked cases of practice.md: days and amounts by hand there, to the cent. `n` is the delivery day that counts as
# receipt: the postal norm and a day of margin, or in [ ] of practice.md the norm itself.


def asked(name: str) -> dict[tuple[str, str, int], dict[str, Any]]:
    """The steps of a scenario by invoice, step and issue."""
    return {
        (row["invoice"], row["step"], int(row["message"].rpartition("/")[2]) if "+" not in row["message"] else 1): row
        for row in play(name).as_json()["steps"]
    }


WORKED: tuple[tuple[str, str, tuple[str, str, int], dict[str, str]], ...] = (
    # S1: 2420 at 10.40%: 7, 14, 21, 28 and 48 days; at the hand-off 15% of 2420, the 40 inside.
    ("S1", "s1-business", ("F-1", "reminder", 1), {"on": "2026-09-09", "interest": "4.83", "claimed": "2420.00"}),
    ("S1", "s1-business", ("F-1", "second_reminder", 1), {"on": "2026-09-16", "interest": "9.65", "costs": "0.00"}),
    ("S1", "s1-business", ("F-1", "call", 1), {"on": "2026-09-23", "interest": "14.48"}),
    ("S1", "s1-business", ("F-1", "notice", 1), {"on": "2026-09-30", "interest": "19.31", "claimed": "2439.31"}),
    (
        "S1",
        "s1-business",
        ("F-1", "handoff", 1),
        {"on": "2026-10-20", "interest": "33.10", "costs": "363.00", "total": "2816.10", "claimed": "2816.10"},
    ),
    # S2: 15% of 249 is 37.35, so the minimum of 40; R 18 Nov, E 2 Dec, G 4 Dec.
    ("S2", "s2-consumer", ("C-1", "reminder", 1), {"on": "2026-11-04", "claimed": "249.00"}),
    (
        "S2",
        "s2-consumer",
        ("C-1", "notice", 1),
        {"on": "2026-11-13", "claimed": "249.00", "announced_costs": "40.00", "costs": "0.00"},
    ),
    ("S2", "s2-consumer", ("C-1", "final", 1), {"on": "2026-12-04", "interest": "0.96", "total": "289.96"}),
    ("S2", "s2-consumer", ("C-1", "handoff", 1), {"on": "2026-12-15", "interest": "1.26", "total": "290.26"}),
    ("S2 Christmas", "s2-consumer", ("C-2", "notice", 1), {"on": "2026-12-15", "announced_costs": "40.00"}),
    ("S2 Christmas", "s2-consumer", ("C-2", "final", 1), {"on": "2027-01-06", "costs": "40.00"}),
    ("S2 [n=2]", "s2-consumer-norm", ("C-1", "final", 1), {"on": "2026-12-03", "interest": "0.93", "total": "289.93"}),
    ("S2 [n=2]", "s2-consumer-norm", ("C-1", "handoff", 1), {"on": "2026-12-15"}),
    ("S2 [n=2] Christmas", "s2-consumer-norm", ("C-2", "final", 1), {"on": "2027-01-05", "costs": "40.00"}),
    # S4: 1000 × 4% × 20/365 + 400 × 4% × 15/365; costs on the rest.
    ("S4", "s4-part-payment", ("C-1", "reminder", 1), {"on": "2026-10-06"}),
    ("S4", "s4-part-payment", ("C-1", "notice", 1), {"on": "2026-10-14", "announced_costs": "150.00"}),
    (
        "S4",
        "s4-part-payment",
        ("C-1", "final", 1),
        {"on": "2026-11-04", "open": "400.00", "interest": "2.85", "costs": "60.00", "total": "462.85"},
    ),
    (
        "S4 [n=2]",
        "s4-part-payment-norm",
        ("C-1", "final", 1),
        {"on": "2026-11-03", "interest": "2.81", "costs": "60.00", "total": "462.81"},
    ),
    (
        "S4 (P)",
        "s4-part-payment-legal",
        ("C-1", "final", 1),
        {"on": "2026-11-04", "open": "402.19", "costs": "60.33", "total": "463.18"},
    ),
    # S8: (a) correction, (b) rebate, (c) paid before the letter, known after it.
    ("S8", "s8-credit-after-letter", ("CORRECTION", "notice", 1), {"on": "2026-09-29", "announced_costs": "120.00"}),
    (
        "S8a",
        "s8-credit-after-letter",
        ("CORRECTION", "notice", 2),
        {"on": "2026-10-06", "claimed": "600.00", "announced_costs": "90.00"},
    ),
    (
        "S8a",
        "s8-credit-after-letter",
        ("CORRECTION", "final", 1),
        {"on": "2026-10-27", "interest": "2.76", "costs": "90.00", "total": "692.76"},
    ),
    (
        "S8b",
        "s8-credit-after-letter",
        ("REBATE", "final", 1),
        {"on": "2026-10-20", "interest": "2.74", "costs": "90.00", "total": "692.74"},
    ),
    # 800 × 4% × 13/365 = 1.14 and 600 × 4% × 29/365 = 1.91: 3.05.
    (
        "S8c",
        "s8-credit-after-letter",
        ("PAID-BEFORE", "notice", 2),
        {"on": "2026-10-06", "claimed": "600.00", "announced_costs": "90.00"},
    ),
    (
        "S8c",
        "s8-credit-after-letter",
        ("PAID-BEFORE", "final", 1),
        {"on": "2026-10-27", "interest": "3.05", "costs": "90.00", "total": "693.05"},
    ),
    ("S8a [n=2]", "s8-credit-after-letter-norm", ("CORRECTION", "final", 1), {"on": "2026-10-27", "total": "692.76"}),
    ("S8b [n=2]", "s8-credit-after-letter-norm", ("REBATE", "final", 1), {"on": "2026-10-20", "total": "692.74"}),
    # S14: received 3 August, so interest from 3 September: 34 days of 10.40% on 600, and 15%.
    ("S14", "s14-sole-trader", ("IN-BUSINESS", "reminder", 1), {"on": "2026-08-25", "interest": "0.00"}),
    ("S14", "s14-sole-trader", ("IN-BUSINESS", "notice", 1), {"on": "2026-09-15"}),
    (
        "S14",
        "s14-sole-trader",
        ("IN-BUSINESS", "handoff", 1),
        {"on": "2026-10-06", "interest": "5.81", "costs": "90.00", "total": "695.81"},
    ),
    # Not known whether in business: the first letter puts him in default, the second starts the term; no costs yet.
    ("S14 unknown", "s14-sole-trader", ("UNKNOWN", "notice", 1), {"on": "2026-09-15", "interest": "0.00"}),
    (
        "S14 unknown",
        "s14-sole-trader",
        ("UNKNOWN", "notice", 2),
        {"on": "2026-10-06", "costs": "0.00", "claimed": "600.00", "announced_costs": "90.00"},
    ),
    # S15: the term starts on the third working day after posting, or the day after an e-mail; damages 30 + 10% of 250.
    ("S15", "s15-belgian-consumer-post", ("S-1", "first_reminder", 1), {"on": "2026-10-13", "claimed": "400.00"}),
    (
        "S15",
        "s15-belgian-consumer-post",
        ("S-1", "second", 1),
        {"on": "2026-10-30", "interest": "1.96", "costs": "55.00", "total": "456.96"},
    ),
    ("S15 e-mail", "s15-belgian-consumer-email", ("S-1", "second", 1), {"on": "2026-10-28", "costs": "55.00"}),
    ("S15 15%", "s15-belgian-clause-refused", ("S-1", "second", 1), {"on": "2026-10-30", "costs": "0.00"}),
)


@in_rows(("case", "name", "step", "expected"), WORKED)
def test_worked_cases_come_out_to_the_day_and_the_cent(
    case: str, name: str, step: tuple[str, str, int], expected: dict[str, str]
) -> None:
    row = asked(name)[step]
    assert {key: row.get(key) for key in expected} == expected, case


def test_s1_a_silent_business_ends_at_the_agency() -> None:
    result = play("s1-business")
    assert [step for step, _ in taken(result, "F-1")] == ["reminder", "second_reminder", "call", "notice", "handoff"]
    assert ends(result)["F-1"] == {"stage": "handed_off", "open": "2420.00", "closed": "handed_off"}


def test_s4_a_part_payment_inside_the_term_brings_no_second_letter() -> None:
    assert [step for step, _ in taken(play("s4-part-payment"), "C-1")] == ["reminder", "notice", "final"]


@pytest.mark.parametrize(
    ("name", "last_day", "total"),
    [("s6-one-letter", "2026-11-20", "346.41"), ("s6-one-letter-norm", "2026-11-19", "346.38")],
)
def test_s6_one_consumer_has_one_letter_and_owes_costs_once(name: str, last_day: str, total: str) -> None:
    steps = play(name).as_json()["steps"]
    letters = [row for row in steps if row["step"] == "notice" and row["invoice"] != "C-4"]
    finals = [row for row in steps if row["step"] == "final"]
    assert {row["on"] for row in letters} == {"2026-10-30"} and len({row["message"] for row in letters}) == 1
    assert [row["announced_costs"] for row in letters] == ["15.00", "15.00", "15.00"]  # 15% × 300 = 45.00, not 120.00
    assert {row["on"] for row in finals} == {last_day}
    assert sum(Decimal(row["total"]) for row in finals) == Decimal(total)


def test_s6_one_paid_inside_the_term_leaves_the_minimum_on_the_other_two() -> None:
    finals = [row for row in play("s6-one-paid").as_json()["steps"] if row["step"] == "final"]
    assert [(row["invoice"], row["costs"]) for row in finals] == [("C-1", "20.00"), ("C-3", "20.00")]


def test_s6_an_invoice_that_falls_due_later_has_a_letter_of_its_own() -> None:
    letters = [row for row in play("s6-one-letter").as_json()["steps"] if row["step"] == "notice"]
    fourth = next(row for row in letters if row["invoice"] == "C-4")
    assert fourth["on"] > "2026-11-20" and fourth["message"] == "C-4/notice/1"


def test_s8_a_rebate_brings_no_new_letter() -> None:
    assert [step for step, _ in taken(play("s8-credit-after-letter"), "REBATE")][:3] == ["reminder", "notice", "final"]


def test_s14_an_unclear_status_is_a_task() -> None:
    unknown = next(each for each in play("s14-sole-trader").played if each.number == "UNKNOWN")
    assert "clarify_status" in [task.kind for task in unknown.case.tasks]


def test_s15_who_pays_on_the_last_day_owes_nothing_but_the_principal() -> None:
    assert ends(play("s15-belgian-consumer-post"))["S-2"] == {"stage": "closed", "open": "0.00", "closed": "paid"}


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
