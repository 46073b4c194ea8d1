"""Conditions of a step, and steps that repeat."""

from __future__ import annotations

from tests.domain.builders import Life, hand_off, invoice, policy, send


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
