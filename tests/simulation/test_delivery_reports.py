"""What providers tell of messages decides what goes again: `delivery-reports.yaml`, its days worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulation.pure import run
from simulation.scenario_file import load_scenario
from tests.simulation.test_script import scenario


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return run(load_scenario(Path("samples/scenarios/delivery-reports.yaml"))).as_json()


def steps(told: dict[str, Any], number: str) -> list[tuple[str, str]]:
    return [(row["on"][5:], row["step"]) for row in told["steps"] if row["invoice"] == number]


# Due on Wednesday 2 September: reminder after 7 days, text after 14, notice after 28; its 14 days end on 14 October.
REST = [("09-16", "text"), ("09-30", "notice"), ("10-15", "final")]


def test_what_arrived_changes_nothing(told: dict[str, Any]) -> None:
    assert steps(told, "DELIVERED") == [("09-09", "reminder"), *REST]


def test_what_came_back_goes_again_once_the_contact_is_mended(told: dict[str, Any]) -> None:
    # Mended on Friday the 11th.
    assert steps(told, "BOUNCED") == [("09-09", "reminder"), ("09-11", "reminder"), *REST]


def test_what_did_not_get_through_goes_again_the_next_day_twice_at_most(told: dict[str, Any]) -> None:
    sent = [("09-09", "reminder"), ("09-10", "reminder"), ("09-11", "reminder")]
    assert steps(told, "UNREACHED") == [*sent, *REST]


def test_what_our_sender_kept_back_goes_again(told: dict[str, Any]) -> None:
    assert steps(told, "REFUSED") == [("09-09", "reminder"), ("09-10", "reminder"), *REST]


def test_what_another_channel_brought_does_not_go_again(told: dict[str, Any]) -> None:
    assert steps(told, "OTHER-CHANNEL") == [("09-09", "reminder"), *REST]


def test_a_notice_that_came_back_is_given_again_with_its_full_term(told: dict[str, Any]) -> None:
    # Mended on Thursday 8 October: 14 days from then end on the 22nd.
    again = [("09-30", "notice"), ("10-08", "notice"), ("10-23", "final")]
    assert steps(told, "NOTICE") == [("09-09", "reminder"), ("09-16", "text"), *again]


def test_what_never_left_can_not_be_told_of(told: dict[str, Any]) -> None:
    assert [(row["on"], row["event"], row["reason"]) for row in told["refused"]] == [
        ("2026-09-03", "delivery", "DELIVERED: no reminder has left")
    ]


def test_a_step_that_sends_nothing_is_named() -> None:
    with pytest.raises(ValueError, match="policy one sends nothing under 'call'"):
        scenario("2026-03-07, invoice: F-1, delivery: {step: call, status: bounced}")


def test_a_channel_by_which_nothing_left_is_named() -> None:
    told = run(
        scenario("2026-03-09, invoice: F-1, delivery: {step: reminder, channel: sms, status: bounced}")
    ).as_json()
    assert told["refused"][0]["reason"] == "F-1: no reminder by sms has left"
