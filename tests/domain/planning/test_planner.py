"""The planner: what comes next, when, and why not now. Days are counted by hand; 2026-03-01 is a Sunday."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain import facts as f
from domain.facts import DeliveryStatus
from domain.invoice import Kind, LegalStatus, YesNoUnknown
from domain.planning.decision import Decision
from domain.planning.planner import INTENT_GRACE, plan
from domain.policy import Policy
from domain.reactions.sending import RECONCILE_AFTER
from domain.surroundings import Surroundings
from tests.domain.builders import (
    Life,
    business_ladder,
    call,
    consumer_ladder,
    day,
    eur,
    hand_off,
    invoice,
    local,
    policy,
    send,
    without_proof,
)

WORKDAYS = {"holidays": "NL", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "until": "17:00"}


def codes(decision: Decision) -> list[str]:
    return [blocker.code for blocker in decision.blockers]


def moment_of(when: dict[str, Any], inv: Any = None, **fields: Any) -> str:
    """The local day of the only step of a ladder."""
    life = Life(policy(send("reminder", when), **fields), inv)
    at = life.decision.at
    assert at is not None
    return str(life.policy.sending_calendar.local_date(at))


# When -------------------------------------------------------------------------------------------------------


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


# Spacing ----------------------------------------------------------------------------------------------------


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


# Catching up ------------------------------------------------------------------------------------------------

THREE = (
    send("one", {"after_due": "5d"}),
    send("two", {"after_due": "12d"}),
    send("three", {"after_due": "19d"}),
    send("four", {"after_due": "40d"}),
)


def test_in_order_takes_missed_steps_one_by_one_and_spaced() -> None:
    life = Life(policy(*THREE, spacing="5d")).at("2026-03-25").live("2026-04-30")
    assert life.steps == ["2026-03-25 one", "2026-03-30 two", "2026-04-04 three", "2026-04-10 four"]


def test_latest_takes_the_last_missed_step_only() -> None:
    life = Life(policy(*THREE, spacing="5d", catch_up="latest")).at("2026-03-25").live("2026-04-30")
    assert life.steps == ["2026-03-25 three", "2026-04-10 four"]
    assert life.passed == [("2026-03-25", "one"), ("2026-03-25", "two")]


def test_skip_takes_none_of_the_missed_steps() -> None:
    life = Life(policy(*THREE, spacing="5d", catch_up="skip")).at("2026-03-25").live("2026-04-30")
    assert life.steps == ["2026-04-10 four"]
    assert [step for _, step in life.passed] == ["one", "two", "three"]


def test_a_message_from_before_the_due_date_is_left_out_once_that_has_passed() -> None:
    early = send("service", {"before_due": "5d"})
    on_the_day = Life(policy(early, *THREE)).at("2026-03-01").live("2026-03-10")
    assert on_the_day.steps == ["2026-03-01 service", "2026-03-06 one"]
    late = Life(policy(early, *THREE)).at("2026-03-02").live("2026-03-10")
    assert (late.steps, late.passed) == (["2026-03-06 one"], [("2026-03-02", "service")])


@pytest.mark.parametrize(
    ("natural_person", "last_day_and_two"),
    [
        # Sent Tuesday 3 March 2026: received Friday the 6th (three delivery days). Eight days: Saturday the 14th, acted
        # on from Tuesday the 17th. Fourteen: Friday the 20th, acted on from Tuesday the 24th.
        (YesNoUnknown.NO, "2026-03-17"),
        (YesNoUnknown.YES, "2026-03-24"),
        (YesNoUnknown.UNKNOWN, "2026-03-24"),
    ],
)
def test_a_natural_person_has_the_statutory_term_also_where_businesses_have_a_shorter_one(
    natural_person: YesNoUnknown, last_day_and_two: str
) -> None:
    steps = (
        send("notice", {"after_due": "2d"}, send=["post"], letter="notice", term="8d"),
        hand_off({"term_expired": "notice"}),
    )
    status = LegalStatus(natural_person=natural_person, in_business=YesNoUnknown.YES)
    owed = invoice().model_copy(update={"legal_status": status})
    assert Life(policy(*steps, law="NL"), owed).live("2026-04-30").steps == [
        "2026-03-03 notice",
        f"{last_day_and_two} handoff",
    ]


def test_a_step_is_missed_only_when_a_later_day_has_come() -> None:
    # 20 March is the day of the third step: the first two are missed, the third is not.
    life = Life(policy(*THREE, catch_up="skip")).at("2026-03-20", "18:00").live("2026-03-31")
    assert life.steps == ["2026-03-20 three"]


@pytest.mark.parametrize("catch_up", ["in_order", "latest", "skip"])
def test_no_catching_up_leaves_out_a_step_that_a_gate_needs(catch_up: str) -> None:
    ladder = policy(
        send("one", {"after_due": "5d"}),
        send("notice", {"after_due": "12d"}, term="14d"),
        send("three", {"after_due": "19d"}),
        hand_off({"term_expired": "notice"}),
        catch_up=catch_up,
    )
    life = Life(ladder).at("2026-05-01").live("2026-06-30")
    assert "2026-05-01 notice" in life.steps
    # Sent 1 May, last day of the term 15 May.
    assert life.steps[-1] == "2026-05-16 handoff"


@pytest.mark.parametrize("catch_up", ["latest", "skip"])
def test_a_step_that_was_held_back_before_everyones_eyes_is_not_missed(catch_up: str) -> None:
    life = Life(policy(*THREE, catch_up=catch_up))
    life.surroundings = Surroundings(bank_covered_until=day("2026-03-01"))
    life.live("2026-03-09")
    assert life.steps == []
    life.surroundings = Surroundings()
    assert life.live("2026-03-31").steps == ["2026-03-09 one", "2026-03-13 two", "2026-03-20 three"]


def test_a_moment_in_a_closed_period_was_not_missed() -> None:
    life = Life(policy(*THREE, catch_up="skip")).live("2026-03-08")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live("2026-03-20").at("2026-03-21").hear("payment_reversed", {"payment": "p1"})
    # Step two was planned for 13 March and three for the 20th: both come when the case is opened again.
    assert life.live("2026-03-31").steps == ["2026-03-06 one", "2026-03-21 two", "2026-03-21 three"]
    assert life.passed == []


# Conditions and repeats -------------------------------------------------------------------------------------


def test_a_step_whose_condition_is_not_met_is_passed_over() -> None:
    ladder = policy(
        send("one", {"after_due": "5d"}, **{"if": {"open_at_least": "250.00"}}),
        send("two", {"after_due": "12d"}),
    )
    life = Life(ladder, invoice(amount="249.99")).live("2026-03-31")
    assert (life.steps, life.passed) == (["2026-03-13 two"], [("2026-03-06", "one")])


def test_a_condition_is_judged_at_the_moment_of_the_step() -> None:
    ladder = policy(send("one", {"after_due": "5d"}, **{"if": {"open_at_least": "250.00", "open_below": "1000"}}))
    assert Life(ladder, invoice(amount="250.00")).live("2026-03-31").steps == ["2026-03-06 one"]
    life = Life(ladder, invoice(amount="1000.00")).live("2026-03-04")
    life.hear("payment_received", {"id": "p1", "amount": "0.01"})
    assert life.live("2026-03-31").steps == ["2026-03-06 one"]


def test_conditions_and_tolerance_count_in_the_units_of_the_currency() -> None:
    ladder = policy(send("one", {"after_due": "5d"}, **{"if": {"open_at_least": "250"}}), tolerance="100")
    yen = Life(ladder, invoice(amount="250", currency="JPY")).live("2026-03-31")
    assert yen.steps == ["2026-03-06 one"]
    assert Life(ladder, invoice(amount="100", currency="JPY")).live("2026-03-01").case.closed is not None
    assert Life(ladder, invoice(amount="101", currency="JPY")).live("2026-03-01").case.closed is None


def test_what_waits_for_the_term_of_a_step_passed_over_is_passed_over_too() -> None:
    ladder = policy(
        send("notice", {"after_due": "5d"}, term="14d", **{"if": {"open_at_least": "2000.00"}}),
        hand_off({"term_expired": "notice"}),
    )
    life = Life(ladder).live("2026-05-31")
    assert (life.steps, [step for _, step in life.passed]) == ([], ["notice", "handoff"])
    assert life.open_tasks() == ["decide_next"]


def test_a_step_that_repeats_without_end_is_passed_over_once_when_its_term_can_never_run_out() -> None:
    ladder = policy(
        send("notice", {"after_due": "5d"}, term="14d", **{"if": {"open_at_least": "2000.00"}}),
        send("final", {"term_expired": "notice"}, repeat={"every": "7d"}),
    )
    assert [step for _, step in Life(ladder).live("2026-05-31").passed] == ["notice", "final"]


R7 = (
    send("one", {"after_invoice_date": "5d"}),
    send("two", {"after_invoice_date": "10d"}),
)


def test_a_repeated_step_goes_on_every_so_many_days() -> None:
    third = send("three", {"after_invoice_date": "15d"}, repeat={"every": "14d", "at_most": "3"})
    life = Life(policy(*R7, third), invoice("2024-03-01", "2024-03-01"), opened="2024-03-01").live("2024-12-31")
    assert life.steps == [
        "2024-03-06 one",
        "2024-03-11 two",
        "2024-03-16 three",
        "2024-03-30 three #2",
        "2024-04-13 three #3",
    ]
    assert life.open_tasks() == ["decide_next"]


def test_a_repeat_without_bound_goes_on() -> None:
    third = send("three", {"after_invoice_date": "15d"}, repeat={"every": "14d"})
    life = Life(policy(*R7, third), invoice("2024-03-01", "2024-03-01"), opened="2024-03-01").live("2024-05-31")
    assert life.steps[-3:] == ["2024-04-27 three #4", "2024-05-11 three #5", "2024-05-25 three #6"]


def test_every_missed_issue_counts_when_only_the_latest_is_taken() -> None:
    third = send("three", {"after_invoice_date": "15d"}, repeat={"every": "14d"})
    life = Life(policy(third, catch_up="latest"), invoice("2024-03-01", "2024-03-01"), opened="2024-03-01")
    # Missed: 16 March, 30 March, 13 April, 27 April; the next is due on 11 May.
    assert life.at("2024-05-01").live("2024-05-20").steps == ["2024-05-01 three #4", "2024-05-15 three #5"]


# Tasks ------------------------------------------------------------------------------------------------------

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


def test_no_term_starts_from_a_notice_that_came_back_before_its_outcome_was_known() -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-03-05")
    # The key under which this driver sends.
    life.hear("delivery_reported", {"key": "F-1/notice/1/email", "status": "bounced"})
    assert life.live("2026-06-30").case.stage == "notice"
    assert codes(life.decision) == ["term_unproven"]


def test_no_term_starts_from_a_notice_that_came_back() -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-03-07")
    notice = life.case.taken[0]
    life.case = replace(life.case, taken=(replace(notice, keys=("k1",)),))
    life.hear("delivery_reported", {"key": "k1", "status": "bounced"})
    assert life.live("2026-06-30").case.stage == "notice"
    assert "fix_contact" in life.open_tasks()
    assert codes(life.decision) == ["term_unproven"]


def test_a_case_that_reopens_at_the_end_of_its_ladder_asks_a_person_again() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}))).live("2026-03-10")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    assert life.live("2026-03-20").open_tasks() == []
    life.hear("payment_reversed", {"payment": "p1"})
    assert life.live("2026-03-31").open_tasks() == ["decide_next"]


# Approval ---------------------------------------------------------------------------------------------------

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
    assert life.live("2026-05-31").steps[-1] == "2026-05-01 handoff"
    assert life.open_tasks() == []


@pytest.mark.parametrize(("approved", "goes"), [("2026-03-11", True), ("2026-03-10", False)])
def test_an_approval_beforehand_lapses_after_ten_days(approved: str, goes: bool) -> None:
    # The hand-off is due on 21 March: ten days after the 11th.
    life = Life(policy(*TO_AGENCY)).live("2026-03-09").at(approved)
    life.ask("approve_handoff", {})
    life.live("2026-03-31")
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


# The law of the term ----------------------------------------------------------------------------------------


def test_s1_a_silent_business_is_handed_off_on_the_second_banking_day_after_the_term() -> None:
    life = Life(business_ladder(), invoice("2026-08-19", "2026-09-02", "2420.00"), opened="2026-08-19")
    life.live("2026-10-19").at("2026-10-20").ask("approve_handoff", {})
    assert life.live("2026-10-31").steps == [
        "2026-09-09 reminder",
        "2026-09-16 second",
        "2026-09-23 call",
        "2026-09-30 notice",
        "2026-10-20 handoff",
    ]


def test_s2_a_silent_consumer_gets_every_day_of_his_term() -> None:
    life = Life(
        consumer_ladder(), invoice("2026-10-16", "2026-10-30", "249.00", Kind.CONSUMER), opened="2026-10-16"
    ).live("2026-12-31")
    assert life.steps == [
        "2026-11-04 reminder",
        "2026-11-13 notice",
        "2026-12-04 final",
        "2026-12-15 handoff",
    ]


def test_s2_over_christmas_the_term_ends_in_the_new_year() -> None:
    life = Life(
        consumer_ladder(), invoice("2026-11-17", "2026-12-01", "249.00", Kind.CONSUMER), opened="2026-11-17"
    ).live("2027-01-08")
    assert life.steps == ["2026-12-08 reminder", "2026-12-15 notice", "2027-01-06 final"]


def test_a_debtor_of_unknown_kind_has_the_term_of_a_consumer() -> None:
    # Received Saturday 17 October; the 14th day is Saturday 31 October, so the last is Monday 2 November.
    ladder = policy(
        send("notice", {"after_due": "1d"}, term="14d", announces=["handoff"]),
        hand_off({"term_expired": "notice"}, claims="principal"),
        law="NL",
    )
    known = invoice("2026-10-01", "2026-10-13")
    unknown = known.model_copy(update={"legal_status": LegalStatus()})
    assert Life(ladder, unknown, opened="2026-10-01").live("2026-12-01").steps[-1] == "2026-11-04 handoff"
    # A business: last day Saturday the 31st, second banking day after it Tuesday 3 November.
    assert Life(ladder, known, opened="2026-10-01").live("2026-12-01").steps[-1] == "2026-11-03 handoff"


def test_a_proven_receipt_moves_the_term() -> None:
    life = Life(business_ladder(), invoice("2026-08-19", "2026-09-02", "2420.00"), opened="2026-08-19")
    life.live("2026-10-06")
    report = {"key": "F-1/notice/1/post", "status": "delivered", "received_on": "2026-10-06"}
    life.hear("delivery_reported", report)
    # 6 October and 14 days is Tuesday the 20th; second banking day after it Thursday the 22nd.
    assert life.decision.at == local("2026-10-22", "09:00")


def test_a_receipt_by_mail_does_not_shorten_a_term_given_by_post() -> None:
    ladder = policy(
        send("notice", {"after_due": "7d"}, send=["post", "email"], term="14d"),
        hand_off({"term_expired": "notice"}),
        law="NL",
    )
    life = Life(ladder, invoice("2026-08-19", "2026-09-23"), opened="2026-08-19").live("2026-10-01")
    report = {"key": "F-1/notice/1/email", "status": "delivered", "received_on": "2026-09-30"}
    life.hear("delivery_reported", report)
    # Posted on 30 September like in S1, so presumed received on 3 October.
    assert life.live("2026-11-30").steps[-1] == "2026-10-20 handoff"


def test_of_two_receipts_the_later_counts_in_any_order() -> None:
    for days in (("2026-10-02", "2026-10-06"), ("2026-10-06", "2026-10-02")):
        life = Life(business_ladder(), invoice("2026-08-19", "2026-09-02"), opened="2026-08-19").live("2026-10-06")
        for received in days:
            report = {"key": "F-1/notice/1/post", "status": "delivered", "received_on": received}
            life.hear("delivery_reported", report)
        assert life.decision.at == local("2026-10-22", "09:00")


# Holds ------------------------------------------------------------------------------------------------------


def paused(after_hold: str, pause: dict[str, Any], on: str = "2026-04-07", until: str = "2026-04-30") -> list[str]:
    ladder = policy(send("one", {"after_due": "5d"}), send("two", {"after_due": "40d"}), after_hold=after_hold)
    life = Life(ladder).live("2026-04-06").at(on)
    life.hear("pause", pause)
    return life.live(until).steps


def test_time_under_a_pause_does_not_count() -> None:
    # Step two was planned for 10 April; five days were paused.
    assert paused("shift", {"until": "2026-04-12"}) == ["2026-03-06 one", "2026-04-15 two"]


def test_time_under_a_pause_counts_when_the_policy_says_resume() -> None:
    assert paused("resume", {"until": "2026-04-12"}) == ["2026-03-06 one", "2026-04-12 two"]


def test_a_step_on_the_first_paused_day_comes_on_the_first_free_day() -> None:
    assert paused("shift", {"until": "2026-04-12"}, on="2026-04-10") == ["2026-03-06 one", "2026-04-12 two"]


def test_overlapping_pauses_count_once() -> None:
    life = Life(policy(send("two", {"after_due": "40d"}))).at("2026-04-03")
    life.hear("pause", {"until": "2026-04-08"})
    life.at("2026-04-06").hear("pause", {"until": "2026-04-11"})
    # Eight days from 3 to 10 April: 10 + 8.
    assert life.live("2026-04-30").steps == ["2026-04-18 two"]


def test_resume_ends_all_pauses_that_day() -> None:
    life = Life(policy(send("two", {"after_due": "40d"}))).at("2026-04-03")
    life.hear("pause", {"until": "2026-04-08"})
    life.hear("pause")
    assert life.decision.action == "task"
    life.at("2026-04-05").hear("resume")
    # Two days were paused.
    assert life.live("2026-04-30").steps == ["2026-04-12 two"]


def test_a_pause_resumed_the_same_day_costs_nothing() -> None:
    life = Life(policy(send("two", {"after_due": "40d"}))).at("2026-04-03")
    life.hear("pause")
    life.hear("resume")
    assert life.live("2026-04-30").steps == ["2026-04-10 two"]


def test_an_open_ended_pause_is_reviewed_after_14_days_and_once() -> None:
    life = Life(policy(send("two", {"after_due": "40d"}))).at("2026-04-07")
    life.hear("pause")
    assert (life.decision.task, life.decision.at, codes(life.decision)) == (
        "review_pause",
        local("2026-04-21", "12:00"),
        ["pause"],
    )
    life.live("2026-04-20")
    assert life.open_tasks() == []
    life.live("2026-06-30")
    assert life.open_tasks() == ["review_pause"]
    assert [t.raised_on for t in life.case.tasks] == [day("2026-04-21")]
    life.hear("resume")
    assert life.open_tasks() == []


def test_a_running_term_runs_on_under_a_pause_but_its_end_is_not_acted_on() -> None:
    life = Life(business_ladder(), invoice("2026-08-19", "2026-09-02"), opened="2026-08-19").live("2026-10-05")
    life.hear("pause", {"until": "2026-10-28"})
    life.live("2026-10-27").at("2026-10-28").ask("approve_handoff", {})
    assert life.live("2026-11-30").steps[-1] == "2026-10-28 handoff"


def test_a_dated_hold_says_until_when() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}))).at("2026-03-06")
    life.hear("pause", {"until": "2026-03-20"})
    assert [(b.code, str(b.until)) for b in life.decision.blockers] == [("pause", "2026-03-20")]


# The bank ---------------------------------------------------------------------------------------------------


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


# Money ------------------------------------------------------------------------------------------------------


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


# Unknown outcomes -------------------------------------------------------------------------------------------


def under_way(life: Life, *statuses: DeliveryStatus) -> Life:
    deliveries = tuple((f"c{n}", f"k{n}") for n in range(len(statuses)))
    life.add(
        f.StepIntended(
            id="i1",
            at=life.now,
            on=life.today,
            step="one",
            issue=1,
            message="F-1/one/1",
            deliveries=deliveries,
        )
    )
    for n, status in enumerate(statuses):
        if status is not DeliveryStatus.INTENDED:
            life.add(
                f.DeliveryConcluded(
                    id=f"c{n}",
                    at=life.now,
                    on=life.today,
                    key=f"k{n}",
                    status=status,
                    retry_at=life.now + RECONCILE_AFTER[1],
                )
            )
    return life


def test_an_intent_without_an_outcome_is_reconciled_after_a_grace() -> None:
    life = under_way(Life(policy(*THREE)).at("2026-03-06", "12:00"), DeliveryStatus.INTENDED)
    assert (life.decision.action, life.decision.step) == ("reconcile", "one")
    assert life.decision.at == life.now + INTENT_GRACE
    assert codes(life.decision) == ["outcome_unknown"]


def test_an_unknown_outcome_is_reconciled_when_its_wait_is_over() -> None:
    life = under_way(Life(policy(*THREE)).at("2026-03-06", "12:00"), DeliveryStatus.UNKNOWN)
    assert (life.decision.action, life.decision.at) == ("reconcile", life.now + RECONCILE_AFTER[1])


@pytest.mark.parametrize("status", [DeliveryStatus.UNKNOWN, DeliveryStatus.INTENDED])
def test_nothing_else_is_done_before_an_unknown_outcome_is_settled(status: DeliveryStatus) -> None:
    life = under_way(Life(policy(*THREE)).at("2026-03-06", "12:00"), DeliveryStatus.SENT, status)
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.hear("pause")
    assert life.decision.action == "reconcile"


def test_a_message_that_was_not_sent_is_planned_again_at_its_moment() -> None:
    life = under_way(Life(policy(*THREE)).at("2026-03-06", "12:00"), DeliveryStatus.NOT_SENT)
    assert (life.decision.action, life.decision.at) == ("send", life.now + RECONCILE_AFTER[1])
    assert codes(life.decision) == ["retry_later"]


def test_a_message_that_was_not_sent_is_dropped_when_the_case_closes() -> None:
    life = under_way(Life(policy(*THREE)).at("2026-03-06", "12:00"), DeliveryStatus.NOT_SENT)
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live("2026-03-06")
    assert (life.case.closed, life.case.attempt) == ("paid", None)


def test_an_unproven_notice_starts_no_term() -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-03-06")
    life.case = without_proof(life.case)
    assert (life.decision.action, life.decision.at, codes(life.decision)) == ("wait", None, ["term_unproven"])


# Changes ----------------------------------------------------------------------------------------------------


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
