"""Where the ladder waits for a person: tasks, and the approval of a hand-off."""

from __future__ import annotations

import pytest

from tests.domain.builders import Life, call, hand_off, local, policy, send
from tests.domain.planning.ladders import codes

CALL_FIRST = (call("call", {"after_due": "5d"}, wait_for_task="3d"), send("letter", {"after_due": "6d"}))


def test_a_task_keeps_the_next_step_back_for_its_days() -> None:
    life = Life(policy(*CALL_FIRST)).live("2026-03-06")
    assert (codes(life.decision), life.decision.at) == (["task_open"], local("2026-03-09", "12:00"))
    assert life.live("2026-03-31").steps == ["2026-03-06 call", "2026-03-09 letter"]


def test_the_next_step_goes_on_when_the_task_is_done() -> None:
    life = Life(policy(*CALL_FIRST)).live("2026-03-06")
    life.ask("log_call", {"outcome": "no answer"})
    assert life.live("2026-03-31").steps == ["2026-03-06 call", "2026-03-07 letter"]


def test_a_ladder_at_its_end_asks_a_person_once_and_again_30_days_after_he_decided_to_wait() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}))).live("2026-03-31")
    assert (life.open_tasks(), codes(life.decision)) == (["decide_next"], ["no_next_step"])
    life.ask("complete_task", {"task": "decide_next"})
    assert life.live("2026-04-29").open_tasks() == []
    assert life.decision.at is not None
    assert life.live("2026-04-30").open_tasks() == ["decide_next"]


def test_a_second_overpayment_is_told_though_the_first_was_dealt_with() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}))).live("2026-03-02")
    life.hear("payment_received", {"id": "p1", "amount": "1100.00"})
    assert life.live("2026-03-03").open_tasks() == ["overpayment"]
    life.ask("complete_task", {"task": "overpayment"})
    assert life.live("2026-03-10").open_tasks() == []
    life.hear("payment_received", {"id": "p2", "amount": "50.00"})
    assert life.live("2026-03-11").open_tasks() == ["overpayment"]


def test_a_case_that_reopens_at_the_end_of_its_ladder_asks_a_person_again() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}))).live("2026-03-10")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    assert life.live("2026-03-20").open_tasks() == []
    life.hear("payment_reversed", {"payment": "p1"})
    assert life.live("2026-03-31").open_tasks() == ["decide_next"]


TO_AGENCY = (send("one", {"after_due": "5d"}), hand_off({"after_due": "20d"}, approval="required"))


def test_a_hand_off_asks_for_approval_and_waits() -> None:
    life = Life(policy(*TO_AGENCY)).live("2026-04-30").at("2026-05-01", "13:00")
    assert (life.steps, life.open_tasks()) == (["2026-03-06 one"], ["approve_handoff"])
    assert (life.decision.action, life.decision.at, codes(life.decision)) == (
        "wait",
        None,
        ["approval_required"],
    )
    life.ask("approve_handoff", {"actor": "anna"})
    assert life.live("2026-05-02").steps[-1] == "2026-05-01 handoff"
    assert life.open_tasks() == []


@pytest.mark.parametrize(("approved", "goes"), [("2026-03-11", True), ("2026-03-10", False)])
def test_an_approval_beforehand_lapses_after_ten_days(approved: str, goes: bool) -> None:
    # The hand-off is due on 21 March: ten days after the 11th.
    life = Life(policy(*TO_AGENCY)).live("2026-03-09").at(approved)
    life.ask("approve_handoff", {})
    life.live("2026-03-22")
    assert ("2026-03-21 handoff" in life.steps) is goes
    assert life.open_tasks() == ([] if goes else ["approve_handoff"])


def test_an_approval_lapses_when_the_balance_changes() -> None:
    life = Life(policy(*TO_AGENCY)).live("2026-03-15")
    life.ask("approve_handoff", {})
    life.hear("payment_received", {"id": "p1", "amount": "1.00"})
    assert life.live("2026-03-31").open_tasks() == ["approve_handoff"]


def test_an_approval_lapses_also_when_the_balance_changes_back() -> None:
    life = Life(policy(*TO_AGENCY)).live("2026-03-15")
    life.ask("approve_handoff", {})
    life.hear("payment_received", {"id": "p1", "amount": "1.00"})
    life.hear("payment_reversed", {"payment": "p1"})
    assert life.live("2026-03-31").open_tasks() == ["approve_handoff"]


def test_an_approval_lapses_when_the_case_is_paused() -> None:
    life = Life(policy(*TO_AGENCY)).live("2026-03-15")
    life.ask("approve_handoff", {})
    life.hear("pause")
    life.hear("resume")
    assert life.live("2026-03-31").open_tasks() == ["approve_handoff"]
