"""What a debtor is in: what it stops in a case, what ends it, and what nobody may make of it (practice.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import facts as f
from domain.claims.claim import claim_of, costs_due
from domain.debtor_status import DebtorStatus, told
from domain.invoice import Kind, TermBasis
from domain.reactions.statuses import status_facts
from domain.statuses import STATUS_HOLDS, StatusKind
from domain.surroundings import Surroundings
from tests.domain.builders import Life, business_ladder, day, eur, hand_off, invoice, policy, send
from tests.rows import in_rows

# Consumer, due Sun 2026-03-01: reminder Fri 03-06, letter on Tue 03-17 (14 days after is a Sunday).
LETTER = "2026-03-17"
# By the postal norm of practice.md it is received three delivery days later, Fri 03-20; E is Fri 04-03; that is no
# banking day (Good Friday), but a day of the term all the same, moved to Tue 04-07 after Easter.


def consumers() -> Life:
    """A consumer whose term was agreed, under a ladder whose letter announces costs."""
    ladder = policy(
        send("reminder", {"after_due": "5d"}),
        send("notice", {"after_due": "14d"}, send=["post"], term="14d", announces=["costs"]),
        send("final", {"term_expired": "notice"}, letter="final_demand", claims="all"),
        hand_off({"after_previous": "10d", "term_expired": "notice"}),
        law="NL",
        kind="consumer",
        calendar={"holidays": "NL", "days": ["tue", "wed", "thu", "fri"], "from": "09:00", "until": "16:00"},
    )
    return Life(ladder, invoice(kind=Kind.CONSUMER).model_copy(update={"term_basis": TermBasis.AGREED}))


def new(on: str = "2026-03-09") -> Life:
    """A consumer's case after its reminder, on a Monday."""
    return consumers().live("2026-03-08").at(on)


def lettered(on: str = "2026-03-23") -> Life:
    """The same after its 14-day letter, inside the term."""
    return consumers().live(LETTER).at(on)


def report(life: Life, status: str, **more: Any) -> str:
    return life.ask("report_debtor_status", {"status": status, "actor": "els", **more}).refusal or ""


def told_to(life: Life) -> tuple[DebtorStatus, ...]:
    """What the debtor is in, as it is kept of him after the facts of one case."""
    found: tuple[DebtorStatus, ...] = ()
    for fact in life.facts:
        if isinstance(fact, f.DebtorStatusReported | f.DebtorStatusProven | f.DebtorStatusEnded):
            found = told(found, fact)
    return found


# The table -------------------------------------------------------------------------------------------------------


@in_rows("status", StatusKind)
def test_every_status_is_a_hold_that_stops_steps_and_clock_whatever_the_policy_says(status: StatusKind) -> None:
    rule = status.hold.rule
    assert status.hold in STATUS_HOLDS
    assert {"sends", "clock", "frozen", "answers", "apology"} <= rule.stops
    assert not rule.by_intake
    assert bool(rule.lets) == (status.rule.sends == "neutral")


@in_rows("status", StatusKind)
def test_under_every_status_no_step_is_taken_nothing_is_handed_off_and_there_is_a_task_or_a_day(
    status: StatusKind,
) -> None:
    life = lettered()
    before = life.steps
    assert report(life, status, proven=True) == ""
    life.live("2026-09-30")
    assert life.steps == before
    assert not life.case.handed_off
    assert [hold.kind.value for hold in life.case.holds_on(life.today)] == [status.value]
    assert life.open_tasks()


@in_rows(
    ("status", "task"),
    [
        ("debt_help", "ask_debt_help_proof"),
        ("moratorium", "file_claim"),
        ("wsnp", "file_claim"),
        ("bankruptcy", "file_claim"),
        ("suspension", "file_claim"),
        ("deceased", None),
        ("minor", "find_representative"),
        ("guardianship", "find_representative"),
        ("vulnerable", "offer_help"),
        ("belgian_stop", "review_stop"),
    ],
)
def test_each_asks_its_own_task(status: str, task: str | None) -> None:
    life = new()
    report(life, status)
    assert life.open_tasks() == ([] if task is None else [task])


@in_rows("status", StatusKind)
def test_only_a_neutral_statement_leaves_and_only_where_the_table_says_so(status: StatusKind) -> None:
    life = new()
    report(life, status)
    expected = ["neutral_statement"] if status.rule.sends == "neutral" else []
    assert [each.letter for each in life.case.owing] == expected


def test_a_receipt_waits_under_a_status_and_the_statement_does_not() -> None:
    life = new()
    report(life, "debt_help")
    life.hear("payment_received", {"id": "p1", "amount": "100.00"})
    life.live("2026-03-12")
    assert [(each.letter, each.sent_on is not None) for each in life.case.owing] == [
        ("neutral_statement", True),
        ("receipt", False),
    ]


# Terms, costs, interest --------------------------------------------------------------------------------------------


@in_rows("status", StatusKind)
def test_no_costs_arise_while_it_lasts_and_those_of_before_stay(status: StatusKind) -> None:
    life = lettered()
    report(life, status, proven=True)
    life.live("2026-06-30")
    assert costs_due(life.case, life.policy, day("2026-06-30"), life.surroundings).is_zero
    late = consumers().live("2026-04-08")
    before = costs_due(late.case, late.policy, late.today, late.surroundings)
    assert before == eur("150.00")
    late.at("2026-04-09")
    report(late, status, proven=True)
    late.live("2026-06-30")
    assert costs_due(late.case, late.policy, day("2026-06-30"), late.surroundings) == before


def test_a_payment_that_comes_back_during_it_makes_no_costs_higher() -> None:
    life = lettered()
    life.hear("payment_received", {"id": "p1", "amount": "600.00", "credited_on": "2026-03-22"})
    life.live("2026-04-08").at("2026-04-09")
    # 15 % of the 400.00 that were left.
    assert costs_due(life.case, life.policy, life.today, life.surroundings) == eur("60.00")
    report(life, "bankruptcy")
    life.at("2026-04-10").hear("payment_reversed", {"id": "r1", "payment": "p1"})
    life.live("2026-04-30")
    assert costs_due(life.case, life.policy, life.today, life.surroundings) <= eur("60.00")


@pytest.mark.parametrize("status", ["deceased", "minor", "guardianship", "bankruptcy"])
def test_a_letter_whose_term_runs_is_void_and_given_again_afterwards(status: str) -> None:
    life = lettered()
    report(life, status)
    life.live("2026-03-24")
    (void,) = [fact for fact in life.facts if isinstance(fact, f.LetterVoided)]
    assert (void.steps, void.reason) == ((("notice", 1),), "debtor_status")


@pytest.mark.parametrize("status", ["debt_help", "vulnerable", "belgian_stop"])
def test_a_running_term_stands_still_and_runs_on_afterwards(status: str) -> None:
    life = lettered()
    report(life, status, proven=True)
    life.live("2026-04-01").at("2026-04-02")
    life.ask("end_debtor_status", {"status": status, "actor": "els"})
    life.ask("complete_task", {"task": "fresh_look", "actor": "els"})
    assert not [fact for fact in life.facts if isinstance(fact, f.LetterVoided)]
    # E without it: R Fri 03-20 + 14 = Fri 04-03, Good Friday, so Tue 04-07. Ten days later than Fri 04-03: Mon 04-13.
    assert costs_due(life.case, life.policy, day("2026-04-13"), life.surroundings).is_zero
    assert costs_due(life.case, life.policy, day("2026-04-14"), life.surroundings) == eur("150.00")


def test_no_interest_is_claimed_of_the_days_after_insolvency_and_all_of_it_when_that_is_over() -> None:
    life = new()
    report(life, "bankruptcy", since="2026-03-05")
    life.live("2026-06-30")
    # 1000.00 at 4 % from 03-02 to 03-05, four days; to 06-30 it would be 121 days.
    at = claim_of(life.case, life.policy, day("2026-06-30"), life.surroundings)
    assert (at.interest.text, at.interest) == ("0.44", eur("0.44"))
    assert any("insolvency" in remark for remark in at.remarks)
    life.at("2026-07-01").ask("end_debtor_status", {"status": "bankruptcy", "actor": "els"})
    assert claim_of(life.case, life.policy, day("2026-06-30"), life.surroundings).interest == eur("13.26")


def test_interest_runs_under_debt_help() -> None:
    life = new()
    report(life, "debt_help", proven=True)
    assert claim_of(life.case, life.policy, day("2026-06-30"), life.surroundings).interest == eur("13.26")


def test_a_frozen_clock_stands_still_under_a_policy_that_counts_holds() -> None:
    life = Life(policy(send("one", {"after_due": "14d"}), after_hold="resume")).live("2026-03-02").at("2026-03-03")
    report(life, "vulnerable")
    life.live("2026-03-12").at("2026-03-13")
    life.ask("end_debtor_status", {"status": "vulnerable", "actor": "els"})
    assert life.live("2026-04-30").steps == ["2026-03-25 one"]


# What ends it ------------------------------------------------------------------------------------------------------


def test_unproven_debt_help_ends_after_fourteen_days_without_a_fresh_look() -> None:
    life = new()
    report(life, "debt_help")
    life.live("2026-03-22")
    assert life.case.holds_on(life.today)
    life.live("2026-03-23")
    ended = [fact for fact in life.facts if isinstance(fact, f.DebtorStatusEnded)]
    assert [(str(fact.on), fact.reason) for fact in ended] == [("2026-03-23", "unproven")]
    assert life.case.holds_on(life.today) == ()
    assert life.open_tasks() == []


def test_debt_help_that_was_never_proven_holds_no_second_time_without_proof() -> None:
    life = new()
    report(life, "debt_help")
    life.live("2026-04-30").at("2026-05-04")
    assert "with proof only (proven: true)" in report(life, "debt_help")
    assert report(life, "debt_help", proven=True) == ""
    assert [hold.kind.value for hold in life.case.holds_on(life.today)] == ["debt_help"]


@pytest.mark.parametrize("way", ["report", "task"])
def test_proven_debt_help_stays_until_a_person_ends_it(way: str) -> None:
    life = new()
    report(life, "debt_help")
    life.at("2026-03-12")
    if way == "report":
        report(life, "debt_help", proven=True)
    else:
        life.ask("complete_task", {"task": "ask_debt_help_proof", "outcome": "proven", "actor": "els"})
    life.live("2026-06-30")
    assert [hold.end for hold in life.case.holds_on(life.today)] == [None]
    assert life.open_tasks() == ["review_status"]
    life.ask("end_debtor_status", {"status": "debt_help", "actor": "els"})
    assert life.open_tasks() == ["fresh_look"]
    assert [(h.kind.value, str(h.end)) for h in life.case.holds_on(life.today)] == [("fresh_look", "2026-07-07")]


def test_after_insolvency_nothing_goes_on_before_a_person_has_looked() -> None:
    life = new()
    report(life, "suspension")
    life.live("2026-04-30").at("2026-05-04")
    life.ask("end_debtor_status", {"status": "suspension", "actor": "els"})
    before = life.steps
    assert life.live("2026-08-31").steps == before
    life.at("2026-09-01").ask("complete_task", {"task": "fresh_look", "actor": "els"})
    assert life.live("2026-12-31").steps[len(before) :]


def test_the_belgian_stop_asks_every_week_until_a_person_ends_it() -> None:
    life = new()
    report(life, "belgian_stop")
    for on in ("2026-03-09", "2026-03-17", "2026-03-24"):
        life.live(on)
        life.ask("complete_task", {"task": "review_stop", "actor": "els"})
    life.live("2026-06-30")
    raised = [str(task.raised_on) for task in life.case.tasks if task.kind == "review_stop"]
    # Mon 03-09, then on the first sending day from Mon 03-16 on, a Tuesday, and every week after; the last stays open.
    assert raised == ["2026-03-09", "2026-03-17", "2026-03-24", "2026-03-31"]


def test_heirs_are_asked_for_three_months_after_the_death() -> None:
    life = new()
    report(life, "deceased", since="2026-03-05")
    life.live("2026-06-04")
    assert life.open_tasks() == []
    assert life.decision.task == "find_heirs"
    life.live("2026-06-05")
    assert life.open_tasks() == ["find_heirs"]


def test_a_statement_that_has_not_left_leaves_no_more_when_it_is_over() -> None:
    life = new()
    life.hear("pause")
    report(life, "vulnerable")
    life.ask("end_debtor_status", {"status": "vulnerable", "actor": "els"})
    assert [(each.letter, each.dropped) for each in life.case.owing] == [("neutral_statement", True)]


# Bad input, and messages that come twice ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"status": "debt_help", "since": "2026-03-10"}, "since 2026-03-10 is still to come"),
        ({"status": "rich"}, "status: Input should be"),
        ({}, "status: is missing"),
        ({"status": "wsnp", "ended": True}, "the debtor is not in wsnp; in force: none"),
    ],
)
def test_what_cannot_be_is_refused_with_the_rule_and_kept_as_a_signal(content: dict[str, Any], why: str) -> None:
    life = new()
    assert why in (life.ask("report_debtor_status", content).refusal or "")
    life.hear("debtor_status_reported", content)
    assert len(life.case.quarantined) == 1
    assert life.case.statuses == ()


def test_the_same_report_twice_counts_once_and_another_under_its_id_is_refused() -> None:
    life = new()
    assert report(life, "wsnp", id="s1") == ""
    before = life.case
    assert report(life, "wsnp", id="s1") == ""
    assert life.case == before
    assert "give it an id of its own" in report(life, "bankruptcy", id="s1")
    assert "on record since 2026-03-09, not 2026-03-01" in report(life, "wsnp", id="s2", since="2026-03-01")


def test_an_end_told_twice_counts_once() -> None:
    life = new()
    report(life, "wsnp")
    assert life.hear("debtor_status_reported", {"status": "wsnp", "ended": True}).facts
    assert life.hear("debtor_status_reported", {"status": "wsnp", "ended": True}).facts == ()


def test_several_statuses_are_all_kept_and_each_ends_by_itself() -> None:
    life = new()
    report(life, "vulnerable")
    report(life, "guardianship")
    life.ask("end_debtor_status", {"status": "vulnerable", "actor": "els"})
    assert [hold.kind.value for hold in life.case.holds_on(life.today)] == ["guardianship"]


def test_an_agency_that_has_the_case_is_told() -> None:
    life = consumers().live("2026-06-30")
    assert life.case.handed_off
    life.at("2026-07-01")
    report(life, "bankruptcy")
    assert "file_claim" in life.open_tasks()
    assert "agency_notice" in [each.letter for each in life.case.owing]


# The debtor's other cases ------------------------------------------------------------------------------------------


def test_a_case_takes_over_what_the_debtor_is_in_whenever_it_comes() -> None:
    one, other = new(), Life(business_ladder(), invoice(number="F-2"))
    report(one, "debt_help", id="s1", proven=True)
    other.surroundings = Surroundings(statuses=told_to(one))
    other.at("2026-05-04").live("2026-05-04")
    assert [hold.kind.value for hold in other.case.holds_on(other.today)] == ["debt_help"]
    one.at("2026-05-05").ask("end_debtor_status", {"status": "debt_help", "actor": "els"})
    other.surroundings = Surroundings(statuses=told_to(one))
    other.at("2026-05-06").live("2026-05-06")
    assert [hold.kind.value for hold in other.case.holds_on(other.today)] == ["fresh_look"]


def test_what_another_case_waited_for_in_vain_is_not_waited_for_again() -> None:
    one, other = new(), new("2026-04-30")
    report(one, "debt_help", id="s1")
    one.live("2026-04-30")
    report(other, "debt_help", id="s2")
    other.surroundings = Surroundings(statuses=told_to(one))
    follows = status_facts(other.case, other.policy, other.surroundings, other.now)
    assert [fact.kind for fact in follows.facts] == [
        "debtor_status_ended",
        "hold_lifted",
        "task_done",
        "letter_dropped",
    ]


def test_the_claim_is_reserved_when_it_would_be_barred_meanwhile() -> None:
    # Barred on 2031-03-01, five years after it was due; three weeks before that he is told that it stands.
    life = new()
    report(life, "debt_help", proven=True)
    life.live("2026-03-12").at("2031-02-07").live("2031-02-07")
    assert [each.letter for each in life.case.owing] == ["neutral_statement"]
    life.at("2031-02-08").live("2031-02-09")
    assert [each.letter for each in life.case.owing] == ["neutral_statement", "reservation"]
    assert timedelta(days=21) == day("2031-03-01") - day("2031-02-08")


def test_a_status_from_before_is_read_back() -> None:
    life = new()
    report(life, "debt_help", note="schrijft de gemeente")
    fact = next(each for each in life.facts if isinstance(each, f.DebtorStatusReported))
    assert f.FACT.validate_json(f.FACT.dump_json(fact)) == fact
    assert replace(life.case.statuses[0], note="") != life.case.statuses[0]
