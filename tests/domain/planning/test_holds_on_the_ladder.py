"""Holds: time under a pause, and its review."""

from __future__ import annotations

from typing import Any

from tests.domain.builders import Life, business_ladder, day, invoice, local, policy, send
from tests.domain.planning.ladders import codes


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


def test_a_pause_is_looked_at_after_fourteen_days_also_where_the_ladder_has_no_further_step() -> None:
    life = Life(policy(send("one", {"after_due": "5d"}))).live("2026-03-10")
    assert life.open_tasks() == ["decide_next"]
    life.hear("pause")
    life.live("2026-03-23")
    assert "review_pause" not in life.open_tasks()
    assert "review_pause" in life.live("2026-03-24").open_tasks()
