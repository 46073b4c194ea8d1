"""The planner: what comes next, when, and why not now. Days are counted by hand; 2026-03-01 is a Sunday."""

from __future__ import annotations

from typing import Any

import pytest

from domain.planning.planner import plan
from domain.policy import Policy
from domain.surroundings import Surroundings
from tests.domain.builders import Life, call, day, eur, hand_off, invoice, local, policy, send
from tests.domain.planning.ladders import THREE, codes

WORKDAYS = {"holidays": "NL", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "until": "17:00"}


def moment_of(when: dict[str, Any], inv: Any = None, **fields: Any) -> str:
    """The local day of the only step of a ladder."""
    life = Life(policy(send("reminder", when), **fields), inv)
    at = life.decision.at
    assert at is not None
    return str(life.policy.sending_calendar.local_date(at))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"after_due": "5d"}, "2026-03-06"),
        ({"after_due": "2w"}, "2026-03-15"),
        ({"after_due": "48h"}, "2026-03-03"),
        ({"before_due": "5d"}, "2026-02-24"),
        ({"after_invoice_date": "10d"}, "2026-02-11"),
        ({"after_due": "3d", "after_invoice_date": "60d"}, "2026-04-02"),
        ({"after_due": "5d", "round": "end_of_month"}, "2026-03-31"),
        ({"after_due": "31d", "round": "end_of_month"}, "2026-04-30"),
    ],
)
def test_a_step_comes_on_the_latest_of_its_dates(when: dict[str, Any], expected: str) -> None:
    assert moment_of(when) == expected


def test_after_previous_is_satisfied_when_no_step_was_taken() -> None:
    assert moment_of({"after_previous": "30d"}) == "2026-02-01"


def test_after_previous_counts_from_the_day_the_last_step_was_really_taken() -> None:
    ladder = policy(send("one", {"after_due": "5d"}), send("two", {"after_due": "6d", "after_previous": "4d"}))
    life = Life(ladder).at("2026-03-10").live("2026-03-31")
    assert life.steps == ["2026-03-10 one", "2026-03-14 two"]


def test_without_a_calendar_a_step_comes_at_noon_of_any_day() -> None:
    # 5 April 2026 is Easter Sunday, and the clock is on summer time: 12:00 is 10:00 UTC.
    life = Life(policy(send("reminder", {"after_due": "5d"})), invoice(due="2026-03-31"))
    assert life.decision.at == local("2026-04-05", "12:00")
    assert life.decision.at.hour == 10


def test_a_step_moves_forward_into_the_calendar() -> None:
    # Good Friday is 3 April 2026 and Easter Monday the 6th: the first sending day is Tuesday the 7th.
    assert moment_of({"after_due": "3d"}, invoice(due="2026-03-31"), calendar=WORKDAYS) == "2026-04-07"


def test_a_due_step_waits_for_the_hours_of_the_next_sending_day() -> None:
    life = Life(policy(send("reminder", {"after_due": "5d"}), calendar=WORKDAYS)).at("2026-03-06", "17:00")
    assert (life.decision.at, codes(life.decision)) == (local("2026-03-09", "09:00"), ["outside_hours"])


def test_a_plain_term_runs_out_the_day_after_its_last_day() -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-04-30")
    # Sent 6 March; last day 20 March.
    assert life.steps == ["2026-03-06 notice", "2026-03-21 handoff"]


def test_two_contacts_keep_their_distance() -> None:
    ladder = policy(send("one", {"after_due": "5d"}), send("two", {"after_due": "7d"}), spacing="5d")
    assert Life(ladder).live("2026-03-31").steps == ["2026-03-06 one", "2026-03-11 two"]


def test_a_task_is_no_contact_for_spacing() -> None:
    ladder = policy(call("call", {"after_due": "5d"}), send("two", {"after_due": "6d"}), spacing="5d")
    assert Life(ladder).live("2026-03-31").steps == ["2026-03-06 call", "2026-03-07 two"]


def test_spacing_is_given_as_the_reason() -> None:
    ladder = policy(send("one", {"after_due": "5d"}), send("two", {"after_due": "7d"}), spacing="5d")
    decision = Life(ladder).live("2026-03-06").decision
    assert [(b.code, str(b.until)) for b in decision.blockers] == [("spacing", "2026-03-11")]


def test_another_case_of_the_debtor_keeps_this_one_back() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}), debtor_spacing="3d")).at("2026-03-06", "12:00")
    life.surroundings = Surroundings(debtor_contacted_on=day("2026-03-05"))
    assert (life.decision.at, codes(life.decision)) == (local("2026-03-08", "12:00"), ["debtor_spacing"])


def test_a_bundling_debtor_gets_one_reminder_a_day() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}), bundle="debtor")).at("2026-03-06", "12:00")
    life.surroundings = Surroundings(debtor_reminded_on=day("2026-03-06"))
    assert (life.decision.at, codes(life.decision)) == (
        local("2026-03-07", "12:00"),
        ["debtor_contacted_today"],
    )


def test_a_notice_does_not_wait_for_a_reminder_to_a_sibling() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}, term="14d"), bundle="debtor")).at("2026-03-06", "12:00")
    life.surroundings = Surroundings(debtor_reminded_on=day("2026-03-06"))
    assert (life.decision.action, life.decision.at) == ("send", life.now)


def test_nothing_is_sent_while_the_bank_does_not_cover_the_last_banking_day() -> None:
    # Monday 9 March: the last banking day before it is Friday the 6th.
    life = Life(policy(send("one", {"after_due": "8d"}), calendar=WORKDAYS)).at("2026-03-09", "09:00")
    life.surroundings = Surroundings(bank_covered_until=day("2026-03-05"))
    decision = life.decision
    assert (decision.action, codes(decision)) == ("wait", ["bank_not_covering"])
    assert decision.at == local("2026-03-10", "09:00")
    life.surroundings = Surroundings(bank_covered_until=day("2026-03-06"))
    assert (life.decision.action, life.decision.at) == ("send", life.now)


def test_a_call_may_be_made_without_the_bank() -> None:
    life = Life(policy(call("call", {"after_due": "5d"}))).at("2026-03-06", "12:00")
    life.surroundings = Surroundings(bank_covered_until=day("2026-03-01"))
    assert (life.decision.action, life.decision.task) == ("task", "call")


def test_a_payment_in_part_does_not_repeat_a_step() -> None:
    life = Life(policy(*THREE)).live("2026-03-06")
    life.hear("payment_received", {"id": "p1", "amount": "400.00"})
    life.live("2026-03-31")
    assert life.steps == ["2026-03-06 one", "2026-03-13 two", "2026-03-20 three"]
    assert life.case.open == eur("600.00")


@pytest.mark.parametrize(("rest", "closed"), [("1.00", "below_tolerance"), ("1.01", None)])
def test_a_small_rest_is_not_chased(rest: str, closed: str | None) -> None:
    life = Life(policy(*THREE, tolerance="1.00")).live("2026-03-06")
    life.hear("payment_received", {"id": "p1", "amount": str((eur("1000.00") - eur(rest)).text)})
    life.live("2026-03-07")
    assert life.case.closed == closed


def test_a_later_due_date_moves_what_was_not_done_yet() -> None:
    life = Life(policy(*THREE)).live("2026-03-06")
    life.ask("change_due_date", {"due": "2026-03-11"})
    assert life.live("2026-04-15").steps == ["2026-03-06 one", "2026-03-23 two", "2026-03-30 three"]


def other(*steps: dict[str, Any], **fields: Any) -> Policy:
    return Policy.model_validate({"policy": "other", "steps": list(steps), **fields})


def test_another_policy_repeats_nothing_already_sent() -> None:
    life = Life(policy(*THREE)).live("2026-03-13")
    target = other(send("one", {"after_due": "1d"}), send("mild", {"after_due": "2d"}), *THREE[1:])
    life.lookup.policies["other", 1] = target
    assert life.ask("change_policy", {"policy": "other"}).refusal is None
    life.policy = target
    assert life.live("2026-03-31").steps == ["2026-03-06 one", "2026-03-13 two", "2026-03-20 three"]


def test_after_a_change_of_policy_the_notice_that_the_hand_off_needs_is_still_sent() -> None:
    life = Life(policy(*THREE)).live("2026-03-13")
    target = other(
        send("formal", {"after_due": "3d"}, term="14d"),
        send("two", {"after_due": "12d"}),
        hand_off({"term_expired": "formal"}),
    )
    life.lookup.policies["other", 1] = target
    life.ask("change_policy", {"policy": "other"})
    life.policy = target
    # The formal notice goes at once: the evening of the 13th is still open without a calendar.
    assert life.live("2026-04-30").steps[2:] == ["2026-03-13 formal", "2026-03-28 handoff"]


def test_a_decision_says_when_and_why() -> None:
    decision = plan(Life(policy(*THREE)).case, policy(*THREE), Surroundings(), local("2026-03-01"))
    assert (decision.action, decision.step, decision.at) == ("send", "one", local("2026-03-06", "12:00"))
    assert [(b.code, str(b.until)) for b in decision.blockers] == [("not_due_yet", "2026-03-06")]
