"""What did not get through goes again by itself, twice at most; a notice that came back is given again once mended.

Days are counted by hand; due is 2026-03-01.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.builders import Life, policy, send

STEPS = (
    send("reminder", {"after_due": "7d"}, send=["sms"]),
    send("second", {"after_due": "30d"}, send=["email"]),
)


def life(*steps: dict[str, Any], **fields: Any) -> Life:
    return Life(policy(*(steps or STEPS), **fields)).live("2026-03-08")


def unreached(case: Life, issue: int, channel: str = "sms", step: str = "reminder") -> Life:
    key = f"F-1/{step}/{issue}/{channel}"
    case.hear("delivery_reported", {"key": key, "status": "unreached", "reason": "twilio 30003"})
    return case


def test_a_text_that_did_not_get_through_goes_again_the_next_day_twice_and_then_a_person_is_asked() -> None:
    case = unreached(life(), 1)
    assert case.open_tasks() == []
    unreached(case.live("2026-03-09"), 2)
    assert case.open_tasks() == []
    unreached(case.live("2026-03-10"), 3)
    assert case.open_tasks() == ["fix_contact"]
    assert case.live("2026-03-30").steps == [
        "2026-03-08 reminder",
        "2026-03-09 reminder #2",
        "2026-03-10 reminder #3",
    ]
    assert case.live("2026-04-01").steps[3:] == ["2026-03-31 second"], "then the ladder goes on over its next channel"


def test_what_got_through_at_the_second_try_goes_no_third_time() -> None:
    case = unreached(life(), 1).live("2026-03-30")
    assert case.steps == ["2026-03-08 reminder", "2026-03-09 reminder #2"]


def test_told_twice_it_goes_again_once() -> None:
    case = unreached(unreached(life(), 1), 1).live("2026-03-30")
    assert case.steps == ["2026-03-08 reminder", "2026-03-09 reminder #2"]


def test_where_another_channel_may_have_brought_it_nothing_goes_again() -> None:
    case = unreached(life(send("reminder", {"after_due": "7d"}, send=["email", "sms"]), STEPS[1]), 1)
    assert (case.open_tasks(), case.live("2026-03-30").steps) == ([], ["2026-03-08 reminder"])


def test_a_policy_that_sends_nothing_again_asks_a_person_at_once() -> None:
    case = unreached(life(send_again_within="0d"), 1)
    assert case.open_tasks() == ["fix_contact"]
    assert case.live("2026-03-30").steps == ["2026-03-08 reminder"]


def test_what_was_paid_meanwhile_does_not_go_again() -> None:
    case = unreached(life(), 1)
    case.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    assert case.live("2026-03-30").steps == ["2026-03-08 reminder"]


NOTICE = (
    send("notice", {"after_due": "7d"}, send=["email"], term="14d"),
    send("last", {"term_expired": "notice"}, send=["email"]),
)


def returned(on: str, **fields: Any) -> Life:
    case = Life(policy(*NOTICE, **fields)).live("2026-03-08")
    case.hear("delivery_reported", {"key": "F-1/notice/1/email", "status": "bounced"})
    case.live(on).ask("complete_task", {"task": "fix_contact"})
    return case


@pytest.mark.parametrize("mended", ["2026-03-12", "2026-04-12"])
def test_a_notice_that_came_back_is_given_again_whenever_the_contact_is_mended(mended: str) -> None:
    case = returned(mended).live("2026-06-01")
    again = case.case.taken[1]
    assert (again.step, again.issue, again.on.isoformat() >= mended) == ("notice", 2, True)
    assert case.case.taken[0].void_for == "came_back"
    assert case.case.taken[2].step == "last" and (case.case.taken[2].on - again.on).days >= 14, "a full new term"


def test_a_policy_may_leave_that_to_a_person() -> None:
    case = returned("2026-03-12", notice_again="never").live("2026-06-01")
    assert case.steps == ["2026-03-08 notice"]


def test_a_notice_that_one_channel_brought_stands() -> None:
    both = ({**NOTICE[0], "send": ["email", "sms"]}, NOTICE[1])
    case = Life(policy(*both)).live("2026-03-08")
    case.hear("delivery_reported", {"key": "F-1/notice/1/email", "status": "bounced"})
    case.live("2026-03-12").ask("complete_task", {"task": "fix_contact"})
    assert [step for step in case.live("2026-03-20").steps] == ["2026-03-08 notice"]


def test_where_our_sender_was_refused_a_person_mends_that_and_not_the_contact() -> None:
    case = Life(policy(*NOTICE)).live("2026-03-08")
    case.hear("delivery_reported", {"key": "F-1/notice/1/email", "status": "sender_refused", "reason": "5.7.26"})
    assert case.open_tasks() == ["mend_sender"]
    case.live("2026-03-20").ask("complete_task", {"task": "mend_sender"})
    assert case.live("2026-03-21").steps == ["2026-03-08 notice", "2026-03-20 notice #2"]


def test_a_notice_that_did_not_get_through_waits_for_a_person() -> None:
    case = Life(policy({**NOTICE[0], "send": ["sms"]}, NOTICE[1])).live("2026-03-08")
    unreached(case, 1, step="notice")
    assert case.open_tasks() == ["fix_contact"]
    assert case.live("2026-03-30").steps == ["2026-03-08 notice"]
