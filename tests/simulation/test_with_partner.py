"""What a case goes through once a collection partner has it, day by day (samples/scenarios/with-the-partner.yaml).

Due Tue 2026-03-03, notice Mon 03-09 with 8 days, handed off on Tue 03-24. He has five banking days to answer, so a
person is told on 04-01, and sixty days to try amicably, so on Sat 05-23.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from domain import facts as f
from domain.handoffs.with_partner import stands_as
from simulation.outcome import Outcome, Played
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    path = next(each for each in shipped_scenarios() if each.endswith("/with-the-partner.yaml"))
    return run(load_scenario(Path(path)))


def of(outcome: Outcome, number: str) -> Played:
    return next(each for each in outcome.played if each.number == number)


def tasks(outcome: Outcome, number: str) -> list[tuple[str, str]]:
    return [(f"{x.on:%m-%d}", x.task) for x in of(outcome, number).facts if isinstance(x, f.TaskRaised)]


def notices(outcome: Outcome, number: str) -> list[tuple[str, str, str]]:
    case = of(outcome, number).case
    return [(f"{each.sent_on:%m-%d}", each.letter, each.of) for each in case.owing if each.sent_on]


def handed_off(outcome: Outcome, number: str) -> list[tuple[str, int]]:
    return [(f"{t.on:%m-%d}", t.issue) for t in of(outcome, number).case.taken if t.kind == "hand_off"]


def ended(outcome: Outcome, number: str) -> tuple[str, str | None]:
    case = of(outcome, number).case
    return case.stage, None if case.closed is None else case.closed.value


def test_a_partner_who_says_nothing_is_asked_and_his_amicable_phase_ends(outcome: Outcome) -> None:
    assert tasks(outcome, "SILENT") == [("04-01", "agency_silent"), ("05-23", "amicable_phase_over")]
    assert ended(outcome, "SILENT") == ("handed_off", "handed_off")


def test_what_is_paid_there_closes_the_case_whatever_was_told_first(outcome: Outcome) -> None:
    assert ended(outcome, "PAID") == ("closed", "paid")
    assert {e.source for e in of(outcome, "PAID").case.ledger.entries} == {"", "partner1"}
    # He knows it himself: nobody tells him, or asks for the file.
    assert notices(outcome, "PAID") == []
    assert tasks(outcome, "PAID") == []


def test_a_file_that_he_closes_unpaid_waits_for_a_person_who_writes_it_off(outcome: Outcome) -> None:
    assert tasks(outcome, "BACK") == [("05-11", "decide_after_return")]
    assert ended(outcome, "BACK") == ("closed", "written_off")


def test_what_is_paid_to_us_is_told_to_him_at_once_and_the_file_asked_back(outcome: Outcome) -> None:
    assert notices(outcome, "DIRECT") == [
        ("04-08", "agency_notice", "ours"),
        ("04-08", "agency_recall", "recall:handoff:1"),
    ]
    assert ended(outcome, "DIRECT") == ("closed", "paid")
    assert stands_as(of(outcome, "DIRECT").case) == "recalled"


def test_a_file_that_came_back_goes_to_another_partner_once_a_person_has_decided(outcome: Outcome) -> None:
    assert tasks(outcome, "RECALL")[:1] == [("04-20", "decide_after_return")]
    # The ladder goes on the day after.
    assert handed_off(outcome, "RECALL") == [("03-24", 1), ("04-28", 2)]
    assert [t.partner for t in of(outcome, "RECALL").case.taken if t.kind == "hand_off"] == ["partner1", "partner2"]


def test_a_refusal_waits_for_a_person_or_goes_on_by_the_policy(outcome: Outcome) -> None:
    assert (tasks(outcome, "REFUSED"), ended(outcome, "REFUSED")) == (
        [("03-27", "decide_after_return")],
        ("handoff", None),
    )
    assert handed_off(outcome, "ONWARD") == [("03-24", 1), ("03-27", 2)]
    assert "decide_after_return" not in [task for _, task in tasks(outcome, "ONWARD")]


def test_in_court_nobody_asks_for_an_end_of_the_amicable_phase_and_the_claim_is_the_same(outcome: Outcome) -> None:
    case = of(outcome, "COURT").case
    assert (stands_as(case), tasks(outcome, "COURT")) == ("seizure", [])
    assert case.ledger.balance.text == "1000.00"


def test_a_dispute_with_us_is_told_to_him_and_the_debtor_hears_nothing_of_us(outcome: Outcome) -> None:
    assert [(on, letter) for on, letter, _ in notices(outcome, "DISPUTED")] == [
        ("04-02", "agency_notice"),
        ("04-09", "agency_notice"),
    ]


def test_a_report_on_a_case_that_nobody_has_is_told_as_refused(outcome: Outcome) -> None:
    (refused,) = outcome.as_json()["refused"]
    assert (refused["invoice"], refused["event"]) == ("NEVER", "agency_reported")
