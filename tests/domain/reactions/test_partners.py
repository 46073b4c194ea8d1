"""What follows for a case that a partner has, by the clock and by itself (law.md §9; §10, 53)."""

from __future__ import annotations

from typing import Any

from domain import facts as f
from domain.case import apply
from domain.opening import History
from domain.reactions.sending import step_taken
from tests.domain.builders import Life, hand_off, policy, send


def away(partner: str = "noordkade", **agency: Any) -> Life:
    """A case that a partner has since Fri 2026-03-06."""
    rules = policy(send("reminder", {"after_due": "1d"}), hand_off({"after_due": "90d"}), agency=agency)
    life = Life(rules).live("2026-03-05").at("2026-03-06", "12:00")
    step = rules.steps[1]
    life.add(step_taken(life.case, rules, step, 1, life.now, channels=("agency",), message="m", partner=partner))
    return life


def raised(life: Life) -> list[tuple[str, str]]:
    return [(f"{x.on:%m-%d}", x.task) for x in life.facts if isinstance(x, f.TaskRaised)]


def test_a_hand_off_of_before_and_an_imported_one_end_the_case_and_raise_nothing() -> None:
    life = away()
    (taken,) = (x for x in life.facts if isinstance(x, f.StepTaken) and x.step_kind == "hand_off")
    old = Life(life.policy).live("2026-03-05").at("2026-03-06", "12:00")
    old.case = apply(old.case, taken.model_copy(update={"partner": None}))
    imported = Life(life.policy, history=History(handed_off=True))
    for each in (old, imported):
        each.live("2027-01-31")
        assert (each.decision.action, each.case.stage, raised(each)) == ("close", "handed_off", [])


def test_a_partner_has_banking_days_to_answer_and_days_of_his_own_to_try() -> None:
    # Five banking days after Fri 03-06 end on Fri 03-13, so a person is told on Mon 03-16.
    assert raised(away(partners=[{"partner": "noordkade", "amicable_within": "30d"}]).live("2026-12-31")) == [
        ("03-16", "agency_silent"),
        ("04-05", "amicable_phase_over"),
    ]
    # Two of them end on Tue 03-10; about three months on, 92 days, it is 06-06.
    assert raised(away("zuidkade", answers_within="2 banking days").live("2026-12-31")) == [
        ("03-11", "agency_silent"),
        ("06-06", "amicable_phase_over"),
    ]


def test_who_answered_is_not_asked_and_who_is_asked_back_is_asked_again() -> None:
    life = away()
    life.hear("agency_reported", {"id": "r1", "status": "accepted", "partner": "noordkade"})
    life.live("2026-03-22").at("2026-03-23")
    assert raised(life) == []
    life.ask("recall_handoff", {"reason": "mistake", "actor": "els"})
    # Mon 03-23 and five banking days: Mon 03-30 is the last, Tue 03-31 the day.
    assert raised(life.live("2026-04-30")) == [("03-31", "recall_unanswered")]


def test_a_task_about_his_silence_is_done_when_he_speaks() -> None:
    life = away().live("2026-03-20").at("2026-03-21")
    assert life.open_tasks() == ["agency_silent"]
    life.hear("agency_reported", {"id": "r1", "status": "accepted"})
    assert life.open_tasks() == []


def test_a_letter_that_waited_to_leave_leaves_no_more_once_a_partner_speaks_with_the_debtor() -> None:
    life = Life(away().policy).live("2026-03-05").at("2026-03-06", "12:00")
    life.hear("dispute_raised", {"dispute": "d1", "amount": "10.00", "actor": "els"})
    step = life.policy.steps[1]
    life.add(step_taken(life.case, life.policy, step, 1, life.now, channels=("agency",), message="m", partner=""))
    life.live("2026-03-31")
    assert [(each.letter, each.dropped) for each in life.case.owing] == [("dispute_confirmation", True)]


def test_what_was_closed_there_and_is_reversed_later_waits_for_a_person() -> None:
    life = away()
    life.hear("agency_reported", {"id": "r1", "status": "payment", "amount": "1000.00"})
    life.hear("agency_reported", {"id": "r2", "status": "closed", "code": "paid"})
    life.live("2026-03-10").at("2026-03-11")
    assert (life.case.closed, life.open_tasks()) == (f.CloseReason.PAID, [])
    life.hear("agency_reported", {"id": "r3", "status": "payment_reversed", "payment": "r1"})
    life.live("2026-03-12")
    assert (life.case.closed, life.open_tasks()) == (None, ["decide_after_return"])
