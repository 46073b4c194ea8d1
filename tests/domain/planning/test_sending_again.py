"""A reminder that came back goes again once the contact is mended. Days are counted by hand; due is 2026-03-01."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.builders import Life, call, policy, send

REMINDERS = (
    send("reminder", {"after_due": "7d"}, send=["email"]),
    send("second", {"after_due": "30d"}, send=["email"]),
)


def bounced(*steps: dict[str, Any], **fields: Any) -> Life:
    """The reminder of 8 March came back that day."""
    life = Life(policy(*(steps or REMINDERS), **fields)).live("2026-03-08")
    life.hear("delivery_reported", {"key": "F-1/reminder/1/email", "status": "bounced"})
    assert life.open_tasks() == ["fix_contact"]
    return life


def mended(life: Life, on: str) -> Life:
    life.live(on).ask("complete_task", {"task": "fix_contact"})
    return life


def test_it_goes_again_when_the_contact_is_mended_and_the_ladder_goes_on() -> None:
    life = mended(bounced(), "2026-03-12").live("2026-04-30")
    assert life.steps == ["2026-03-08 reminder", "2026-03-12 reminder #2", "2026-03-31 second"]


def test_within_the_hours_of_the_policy() -> None:
    hours = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "until": "17:00"}
    life = Life(policy(*REMINDERS, calendar=hours)).live("2026-03-09")
    life.hear("delivery_reported", {"key": "F-1/reminder/1/email", "status": "bounced"})
    life = mended(life, "2026-03-13").live("2026-03-20")
    assert life.steps == ["2026-03-09 reminder", "2026-03-16 reminder #2"], "on Friday evening it is too late"


def test_never_twice_on_one_day() -> None:
    life = Life(policy(*REMINDERS)).live("2026-03-07").at("2026-03-08", "12:00")
    life.live("2026-03-08").at("2026-03-08", "13:00")
    life.hear("delivery_reported", {"key": "F-1/reminder/1/email", "status": "bounced"})
    life.ask("complete_task", {"task": "fix_contact"})
    assert life.live("2026-03-20").steps == ["2026-03-08 reminder", "2026-03-09 reminder #2"]


@pytest.mark.parametrize(
    ("fields", "on", "again"),
    [
        ({}, "2026-03-18", True),  # 8 + 10
        ({}, "2026-03-19", False),
        ({"send_again_within": "3d"}, "2026-03-11", True),
        ({"send_again_within": "3d"}, "2026-03-12", False),
        ({"send_again_within": "0d"}, "2026-03-08", False),
    ],
)
def test_so_many_days_after_it_was_sent(fields: dict[str, Any], on: str, again: bool) -> None:
    life = mended(bounced(**fields), on).live("2026-03-25")
    assert ("reminder #2" in " ".join(life.steps)) is again


def test_not_before_the_contact_is_mended_and_not_after_another_message() -> None:
    assert bounced().live("2026-03-30").steps == ["2026-03-08 reminder"]
    soon = (REMINDERS[0], send("second", {"after_due": "9d"}, send=["email"]))
    life = mended(bounced(*soon), "2026-03-11").live("2026-03-30")
    assert life.steps == ["2026-03-08 reminder", "2026-03-10 second"]


def test_a_call_meanwhile_does_not_count_as_a_message() -> None:
    steps = (REMINDERS[0], call("call", {"after_due": "9d"}), REMINDERS[1])
    life = mended(bounced(*steps), "2026-03-11").live("2026-03-30")
    assert life.steps == ["2026-03-08 reminder", "2026-03-10 call", "2026-03-11 reminder #2"]


def test_one_channel_that_arrived_is_enough() -> None:
    steps = (send("reminder", {"after_due": "7d"}, send=["email", "sms"]), REMINDERS[1])
    life = mended(bounced(*steps), "2026-03-11").live("2026-03-30")
    assert life.steps == ["2026-03-08 reminder"]


def test_what_starts_a_term_is_given_again_by_a_person_alone_where_the_policy_says_so() -> None:
    steps = (send("reminder", {"after_due": "7d"}, send=["email"], term="14d"), REMINDERS[1])
    life = mended(bounced(*steps, notice_again="never"), "2026-03-11").live("2026-03-30")
    assert life.steps == ["2026-03-08 reminder"]


def test_of_a_repeated_reminder_the_others_follow_at_their_distance() -> None:
    repeated = send("reminder", {"after_due": "7d"}, send=["email"], repeat={"every": "7d", "at_most": 3})
    life = mended(bounced(repeated), "2026-03-09").live("2026-04-30")
    assert life.steps[:3] == ["2026-03-08 reminder", "2026-03-09 reminder #2", "2026-03-16 reminder #3"]


@pytest.mark.parametrize("catch_up", ["in_order", "latest", "skip"])
def test_how_missed_steps_are_caught_up_with_changes_nothing(catch_up: str) -> None:
    life = mended(bounced(catch_up=catch_up), "2026-03-12").live("2026-03-30")
    assert life.steps == ["2026-03-08 reminder", "2026-03-12 reminder #2"]


def test_what_was_paid_meanwhile_is_not_asked_again() -> None:
    life = bounced()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    assert life.live("2026-03-30").steps == ["2026-03-08 reminder"]


def test_the_distance_between_messages_is_not_kept_to_one_that_reached_nobody() -> None:
    life = mended(bounced(spacing="7d"), "2026-03-10").live("2026-03-30")
    assert life.steps == ["2026-03-08 reminder", "2026-03-10 reminder #2"]


# The free first reminder of a Belgian consumer: it reached nobody, so no term began (Book XIX WER art. 2 counts its
# fourteen days from the day after the sending of a message that reaches the consumer).

BELGIAN = (
    send("first_reminder", {"after_due": "7d"}, send=["email"], term="14d", announces=["interest", "costs"]),
    send("second", {"term_expired": "first_reminder"}, send=["email"], letter="second_reminder", claims="all"),
)


def belgian() -> Life:
    life = Life(policy(*BELGIAN, law="BE", kind="consumer")).live("2026-03-09")
    (sent,) = life.case.taken
    assert (sent.legal, sent.on.isoformat()) == ("first_reminder", "2026-03-09")
    life.hear("delivery_reported", {"key": sent.keys[0], "status": "bounced"})
    return life


def test_a_first_reminder_that_came_back_starts_no_term() -> None:
    life = belgian().live("2026-05-30")
    assert life.steps == ["2026-03-09 first_reminder"]


def test_it_goes_again_as_the_first_and_its_full_term_begins_then() -> None:
    life = mended(belgian(), "2026-03-12").live("2026-05-30")
    again = life.case.taken[1]
    assert (again.step, again.issue, again.legal, again.on.isoformat()) == (
        "first_reminder",
        2,
        "first_reminder",
        "2026-03-13",  # Mended in the evening of the 12th, when nothing is sent to consumers.
    )
    # By e-mail: from 14 March, fourteen days to the 27th; the second on the day after.
    assert life.steps[2] == "2026-03-28 second"
    assert again.announces == ("interest", "costs") and again.claims == "principal"


def test_a_first_reminder_of_which_one_channel_arrived_stands() -> None:
    both = ({**BELGIAN[0], "send": ["email", "post"]}, BELGIAN[1])
    life = Life(policy(*both, law="BE", kind="consumer")).live("2026-03-09")
    life.hear("delivery_reported", {"key": "F-1/first_reminder/1/email", "status": "bounced"})
    life = mended(life, "2026-03-11").live("2026-03-20")
    assert life.steps == ["2026-03-09 first_reminder"]


def test_after_the_days_of_the_policy_a_person_gives_it_again() -> None:
    life = mended(belgian(), "2026-03-25").live("2026-03-27")
    assert life.steps == ["2026-03-09 first_reminder"]
    life.ask("reissue_notice", {"reason": "new address"})
    assert [taken.legal for taken in life.live("2026-04-02").case.taken] == ["first_reminder", "first_reminder"]
