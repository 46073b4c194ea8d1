"""Reasons to wait, and what a debtor is in, in whole scenarios: days and sums worked out by hand (practice.md).

Business: 2420.00 due on Wed 2026-09-02, reminders 7 and 14 days after, notice 28 days after, on Tuesdays to Fridays;
interest 2420 x 10.4 % x days / 365 from 09-03. Consumer: 1000.00 due on Thu 2026-09-03, reminder 5 days after, 14-day
letter on Thu 09-17 by post: three delivery days (Tue to Sat) later is Tue 09-22, E is Tue 10-06, its second banking day
after is Thu 10-08; 4 % a year; costs 15 %.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from domain.claims.claim import claim_of
from domain.facts import HoldPlaced, StepTaken, TaskRaised
from domain.surroundings import Surroundings
from domain.terms import CreditorTerms
from simulation.outcome import Outcome, Played
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios

TERMS = CreditorTerms.model_validate({"mail": [{"days": 3}]})


def shipped(name: str) -> Outcome:
    path = next(path for path in shipped_scenarios() if path.endswith(f"/{name}.yaml"))
    return run(load_scenario(Path(path)))


@pytest.fixture(scope="module")
def holds() -> Outcome:
    return shipped("holds")


@pytest.fixture(scope="module")
def statuses() -> Outcome:
    return shipped("statuses")


def of(outcome: Outcome, number: str) -> Played:
    return next(each for each in outcome.played if each.number == number)


def steps(outcome: Outcome, number: str) -> list[tuple[str, str]]:
    taken = [fact for fact in of(outcome, number).facts if isinstance(fact, StepTaken) and fact.step_kind != "answer"]
    return [(f"{fact.on:%m-%d}", fact.step) for fact in taken]


def letters(outcome: Outcome, number: str) -> list[tuple[str, str]]:
    sent = [fact for fact in of(outcome, number).facts if isinstance(fact, StepTaken) and fact.step_kind == "answer"]
    return [(f"{fact.on:%m-%d}", fact.step) for fact in sent]


def tasks(outcome: Outcome, number: str) -> list[tuple[str, str]]:
    raised = [fact for fact in of(outcome, number).facts if isinstance(fact, TaskRaised)]
    return [(f"{fact.on:%m-%d}", fact.task) for fact in raised if fact.task != "decide_next"]


# Reasons to wait: what a hold from Tue 09-08 on makes of the reminders of 09-09 and 09-16 ----------------------


@pytest.mark.parametrize(
    ("number", "first", "second"),
    [
        ("NONE", "09-09", "09-16"),
        # Held on Tue, Wed, Thu: free on Fri 09-11; three days later than 09-09 is a Saturday, so Tue 09-15.
        ("CLAIMED", "09-15", "09-22"),
        # Collected on Fri 09-18: eleven days later, 09-20 and 09-27, so Tue 09-22 and 09-29.
        ("PENDING", "09-22", "09-29"),
        # Collected on Fri 09-04, two days after it was due: free on 09-05, three days later.
        ("DEBIT", "09-15", "09-22"),
        # Eight days, until its task was done on 09-16.
        ("SET-OFF", "09-17", "09-24"),
        # Five days, until Sun 09-13; its clock was kept: 09-09 has passed, 09-16 is moved by the spacing of three days.
        ("NO-INVOICE", "09-15", "09-18"),
        # Fourteen days, until a person confirmed it.
        ("CONTACT", "09-23", "09-30"),
        # Two days each: the contact was mended on 09-10; two days are what an unread reply holds.
        ("RETURNED", "09-11", "09-18"),
        ("UNREAD", "09-11", "09-18"),
    ],
)
def test_each_reason_to_wait_has_its_own_end(holds: Outcome, number: str, first: str, second: str) -> None:
    taken = [step for step in steps(holds, number) if step[1] != "notice"]
    assert taken == [(first, "reminder"), (second, "second_reminder")]


def test_each_reason_asks_its_own_task_and_letter(holds: Outcome) -> None:
    assert tasks(holds, "CLAIMED") == [("09-08", "check_payment")]
    assert tasks(holds, "SET-OFF") == [("09-08", "review_set_off")]
    assert tasks(holds, "CONTACT") == [("09-08", "confirm_contact_change")]
    assert tasks(holds, "RETURNED") == [("09-08", "fix_contact")]
    assert tasks(holds, "UNREAD") == [("09-08", "read_reply")]
    assert letters(holds, "NO-INVOICE") == [("09-08", "invoice_copy")]
    assert letters(holds, "CONTACT") == [("09-08", "contact_change")]
    assert all(letters(holds, number) == [] for number in ("CLAIMED", "PENDING", "SET-OFF", "RETURNED", "UNREAD"))


@pytest.mark.parametrize("number", ["CLAIMED", "NO-INVOICE"])
def test_what_may_hold_once_is_only_noted_the_second_time(holds: Outcome, number: str) -> None:
    placed = [fact for fact in of(holds, number).facts if isinstance(fact, HoldPlaced)]
    assert [fact.noted for fact in placed] == [False, True]


def test_the_money_ends_a_claim_of_payment_and_its_return_does_not_bring_it_back(holds: Outcome) -> None:
    paid = of(holds, "PAID").case
    assert [hold.end for hold in paid.holds] == [date(2026, 9, 9)]
    # Closed on 09-09, open again on 09-10, after one day on hold: the reminder of 09-09 leaves on 09-10.
    assert steps(holds, "PAID")[:2] == [("09-10", "reminder"), ("09-17", "second_reminder")]


# What a debtor is in ---------------------------------------------------------------------------------------------


def test_debt_help_freezes_the_term_and_ends_with_a_fresh_look(statuses: Outcome) -> None:
    # Frozen from Mon 09-28 to Mon 11-02, 35 days: E is Tue 11-10, final on Thu 11-12; until 11-09 a person looks.
    assert steps(statuses, "HELP-1")[2:3] == [("11-12", "final")]
    final = next(f for f in of(statuses, "HELP-1").facts if isinstance(f, StepTaken) and f.step == "final")
    # 09-04 to 11-12 are 70 days: 1000 x 4 % x 70 / 365 = 7.67.
    assert (final.interest.text, final.costs.text, final.claimed.text) == ("7.67", "150.00", "1157.67")
    assert letters(statuses, "HELP-1") == [("09-28", "neutral_statement")]
    assert tasks(statuses, "HELP-1") == [
        ("09-28", "ask_debt_help_proof"),
        ("10-05", "review_status"),
        ("11-02", "fresh_look"),
        ("12-02", "agency_silent"),
    ]


def test_a_case_that_is_opened_later_begins_under_it(statuses: Outcome) -> None:
    # Due on 10-19: of the 21 days until 11-09 none counts: 5 and 14 days are 11-14 (so Tue 11-17) and 11-23 (so 11-24).
    assert steps(statuses, "HELP-2") == [("11-17", "reminder")]
    path = next(path for path in shipped_scenarios() if path.endswith("/statuses.yaml"))
    before = run(replace(load_scenario(Path(path)), until=date(2026, 11, 23)))
    planned = of(before, "HELP-2").decision
    assert planned is not None and planned.at is not None
    assert (planned.step, planned.at.date()) == ("notice", date(2026, 11, 24))
    # On that morning HELP-1, the older one, goes to the agency. What is not ready to go along stops (decision 50).
    stopped = [fact for fact in of(statuses, "HELP-2").facts if isinstance(fact, HoldPlaced) and fact.on.day == 24]
    assert [(hold.hold, hold.note) for hold in stopped] == [("sibling_with_partner", "no final demand was sent")]
    assert ("11-24", "let_follow") in tasks(statuses, "HELP-2")
    # There is nothing to state of an invoice that is not due.
    assert letters(statuses, "HELP-2") == []


def test_debt_help_that_nobody_proves_is_neutral_for_fourteen_days_and_not_twice(statuses: Outcome) -> None:
    # 14 days: E is Tue 10-20, final on Thu 10-22, after 49 days: 5.37; hand-off ten days later, on Tue 11-03.
    assert steps(statuses, "UNPROVEN")[2:] == [("10-22", "final"), ("11-03", "handoff")]
    final = next(f for f in of(statuses, "UNPROVEN").facts if isinstance(f, StepTaken) and f.step == "final")
    assert final.claimed.text == "1155.37"
    (refused,) = statuses.as_json()["refused"]
    assert (refused["on"], refused["invoice"], refused["event"]) == ("2026-10-28", "UNPROVEN", "status")
    assert "with proof only" in refused["reason"]


def test_nothing_is_sent_after_a_death_and_the_heirs_get_a_new_letter(statuses: Outcome) -> None:
    # The letter of 06-18 ran until 07-07 when the death was told on 06-29. Heirs are asked for on Tue 09-29, three
    # months later. New letter on Tue 10-06: received on Fri 10-09, E Fri 10-23, final on Tue 10-27: 145 days, 15.89.
    assert steps(statuses, "HEIRS")[:4] == [
        ("06-09", "reminder"),
        ("06-18", "notice"),
        ("10-06", "notice"),
        ("10-27", "final"),
    ]
    assert tasks(statuses, "HEIRS")[0] == ("09-29", "find_heirs")
    final = next(f for f in of(statuses, "HEIRS").facts if isinstance(f, StepTaken) and f.step == "final")
    assert (final.interest.text, final.costs.text, final.claimed.text) == ("15.89", "150.00", "1165.89")


@pytest.mark.parametrize(
    ("number", "interest", "costs"),
    [
        # S1: E is Sat 10-17. Bankrupt on 10-19: costs of 15 % stay, interest to that day: 47 days, 32.41.
        ("BANKRUPT-1", "32.41", "363.00"),
        # Bankrupt on 10-14, inside the term: no costs; 42 days, 28.96.
        ("BANKRUPT-2", "28.96", "0.00"),
    ],
)
def test_insolvency_ends_ladder_and_interest_and_keeps_costs_at_what_they_were(
    statuses: Outcome, number: str, interest: str, costs: str
) -> None:
    played = of(statuses, number)
    assert steps(statuses, number) == [("09-09", "reminder"), ("09-30", "notice")]
    assert tasks(statuses, number)[0][1] == "file_claim"
    claim = claim_of(played.case, played.policy, date(2026, 12, 31), Surroundings(terms=TERMS))
    assert (claim.open.text, claim.interest.text, claim.costs.text) == ("2420.00", interest, costs)


def test_the_belgian_stop_is_asked_about_every_week_and_freezes_the_term(statuses: Outcome) -> None:
    # S15: E is 10-29; stopped from 10-20 to 11-10, 21 days: E is 11-19, usable on Fri 11-20.
    # Interest 10-14 to 11-20: 38 days, 400 x 10.5 % x 38 / 365 = 4.37; damages 30 + 10 % x 250 = 55.00.
    assert steps(statuses, "STOP") == [("10-13", "reminder"), ("11-20", "demand")]
    demand = next(f for f in of(statuses, "STOP").facts if isinstance(f, StepTaken) and f.step == "demand")
    assert demand.claimed.text == "459.37"
    # Done on the day itself: asked anew a week later, and left open then.
    assert tasks(statuses, "STOP") == [("10-20", "review_stop"), ("10-27", "review_stop"), ("11-10", "fresh_look")]


def test_the_claim_is_reserved_three_weeks_before_it_would_be_barred(statuses: Outcome) -> None:
    # The price of goods sold to a consumer, due on 2024-10-05, is barred on 2026-10-05, two years later (BW 7:28).
    assert letters(statuses, "BARRED") == [("06-02", "neutral_statement"), ("09-14", "reservation")]
    rows = [row["claimed"] for row in statuses.as_json().get("letters", []) if row["invoice"] == "BARRED"]
    assert rows == ["0.00", "0.00"]
    assert steps(statuses, "BARRED") == []
    assert ("09-14", "limitation_in_21_days") in tasks(statuses, "BARRED")
