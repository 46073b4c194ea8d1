"""Calls: what was said is noted; who is called again stays to be called, at an hour at which one may."""

from __future__ import annotations

from datetime import date

import pytest

from domain.invoice import Kind
from domain.messages import Unreadable, read_message
from domain.views.timeline import bare_line
from tests.domain.builders import Life, call, invoice, policy, send

LADDER = (call("call", {"after_due": "5d"}, wait_for_task="3d"), send("letter", {"after_due": "6d"}))


def called(**content: str) -> Life:
    """On Friday 6 March at ten somebody called, and said this of it."""
    life = Life(policy(*LADDER)).live("2026-03-06").at("2026-03-06", "10:00")
    life.ask("log_call", {"outcome": "no answer", **content})
    return life


def test_who_is_called_again_stays_to_be_called_and_the_ladder_waits_no_longer_for_it() -> None:
    life = called(again_on="2026-03-10", again_at="10:30")
    (task,) = (task for task in life.case.tasks if task.done_on is None)
    assert (task.kind, task.again_on, task.again_at) == ("call", date(2026, 3, 10), "10:30")
    # Three days from the call that was asked for, whatever day was agreed with him.
    assert life.live("2026-03-31").steps == ["2026-03-06 call", "2026-03-09 letter"]


def test_a_call_that_came_off_finishes_what_was_put_off() -> None:
    life = called(again_on="2026-03-10")
    life.at("2026-03-10", "10:30").ask("log_call", {"outcome": "will pay"})
    assert life.open_tasks() == []


def test_a_call_that_nobody_asked_for_can_be_made_again_too() -> None:
    life = Life(policy(send("letter", {"after_due": "6d"}))).at("2026-03-02", "10:00")
    life.ask("log_call", {"outcome": "no answer", "again_on": "2026-03-03"})
    assert life.open_tasks() == ["call_again"]
    life.at("2026-03-03", "11:00").ask("log_call", {"outcome": "will pay"})
    assert life.open_tasks() == []


def test_the_later_agreement_counts() -> None:
    life = called(again_on="2026-03-10", again_at="10:30")
    life.at("2026-03-10", "11:00").ask("log_call", {"outcome": "no answer", "again_on": "2026-03-12"})
    (task,) = (task for task in life.case.tasks if task.done_on is None)
    assert (task.again_on, task.again_at) == (date(2026, 3, 12), "")


@pytest.mark.parametrize(
    "content", [{"again_on": "2026-03-05"}, {"again_on": "2026-03-06", "again_at": "09:59"}], ids=["day", "hour"]
)
def test_a_moment_that_has_passed_is_refused(content: dict[str, str]) -> None:
    life = Life(policy(*LADDER)).live("2026-03-06").at("2026-03-06", "10:00")
    assert "has passed" in (life.ask("log_call", content).refusal or "")
    assert life.open_tasks() == ["call"]


@pytest.mark.parametrize(
    ("content", "may"),
    [
        ({"again_on": "2026-03-09", "again_at": "07:00"}, True),
        ({"again_on": "2026-03-09", "again_at": "20:00"}, False),
        ({"again_on": "2026-03-09", "again_at": "06:59"}, False),
        ({"again_on": "2026-03-07", "again_at": "19:59"}, True),  # a Saturday
        ({"again_on": "2026-03-08"}, False),  # a Sunday
        ({"again_on": "2026-04-06"}, False),  # Easter Monday
    ],
)
def test_a_consumer_is_called_between_seven_and_eight_and_not_on_sundays_and_holidays(
    content: dict[str, str], may: bool
) -> None:
    """Besluit kwaliteit incassodienstverlening art. 4.2; practice.md, Consumers."""
    for kind in (Kind.CONSUMER, Kind.BUSINESS):
        life = Life(policy(*LADDER, kind=kind, law="NL"), invoice(kind=kind)).at("2026-03-06", "10:00")
        refusal = life.ask("log_call", content).refusal
        assert (refusal is None) == (may or kind is Kind.BUSINESS), (kind, refusal)


def test_an_hour_is_of_a_day() -> None:
    with pytest.raises(Unreadable, match="give the day"):
        read_message("log_call", b'{"again_at": "10:30"}')
    for wrong in ("25:00", "9:30", "10:60", "noon"):
        with pytest.raises(Unreadable):
            read_message("log_call", f'{{"again_on": "2026-03-10", "again_at": "{wrong}"}}'.encode())


def test_the_timeline_says_when() -> None:
    life = called(again_on="2026-03-10", again_at="10:30")
    said = [bare_line(fact) for fact in life.facts if fact.kind == "call_logged"]
    assert said == ["2026-03-06 call noted: he is called again on 2026-03-10 10:30"]


def test_a_call_that_somebody_asked_for_beside_the_ladder_is_finished_too() -> None:
    life = Life(policy(send("letter", {"after_due": "6d"}))).at("2026-03-02", "10:00")
    life.hear("raise_task", {"task": "call"})
    life.ask("log_call", {"outcome": "will pay"})
    assert life.open_tasks() == []


def test_a_call_finishes_the_call_and_not_the_supply_stop_that_was_asked_for_after_it() -> None:
    life = Life(policy(*LADDER)).live("2026-03-06").at("2026-03-06", "10:00")
    life.hear("raise_task", {"task": "stop_supply"})
    life.ask("log_call", {"outcome": "will pay"})
    assert life.open_tasks() == ["stop_supply"]
