"""One message per debtor and day."""

from __future__ import annotations

from typing import Any

from domain.bundle import Member, channels_of, joining, leading, may_carry, member_of, message_id
from domain.policy import Policy
from domain.surroundings import NOTHING_SPECIAL, Sibling, Surroundings
from tests.domain.builders import Life, day, invoice, local, policy, send

LADDER = policy(
    send("one", {"after_due": "5d"}),
    send("two", {"after_due": "12d"}, send=["email", "sms"]),
    send("notice", {"after_due": "24d"}, term="14d"),
    bundle="debtor",
)


def life(due: str, number: str = "F-1", ladder: Policy = LADDER, **fields: Any) -> Life:
    return Life(ladder, invoice("2026-02-01", due, number=number, **fields))


def aboard(key: str, lived: Life, currency: str = "EUR", at: str = "12:00") -> Member | None:
    leading_case = life("2026-03-01", "LEAD", currency=currency).case
    lead = Member("lead", leading_case, LADDER, LADDER.steps[0], 1, NOTHING_SPECIAL)
    return joining(lead, Sibling(key, lived.case, lived.policy), lived.surroundings, local("2026-03-06", at))


def test_a_case_with_a_reminder_on_the_same_day_goes_along() -> None:
    member = aboard("a", life("2026-03-01"))
    assert member is not None and (member.step.id, member.issue) == ("one", 1)


def test_a_reminder_due_later_the_same_day_goes_along() -> None:
    lived = life("2026-03-01")
    assert aboard("a", lived, at="09:00") is not None


def test_a_case_with_its_reminder_on_another_day_stays_behind() -> None:
    assert aboard("a", life("2026-03-02")) is None


def test_a_case_in_another_currency_stays_behind() -> None:
    assert aboard("a", life("2026-03-01"), "USD") is None
    assert aboard("a", life("2026-03-01", currency="USD"), "USD") is not None


def test_a_notice_never_travels_along() -> None:
    lived = life("2026-02-10").live("2026-03-05")
    assert lived.decision.step == "notice" and aboard("a", lived) is None
    lead = member_of("a", lived.case, LADDER, NOTHING_SPECIAL, lived.decision, lived.now)
    assert not may_carry(lead)


def test_a_paused_or_closed_case_stays_behind() -> None:
    paused, paid = life("2026-03-01"), life("2026-03-01")
    paused.hear("pause")
    paid.hear("payment_received", {"amount": "1000.00"})
    paid.live("2026-03-02")
    assert aboard("a", paused) is None and aboard("b", paid) is None


def test_a_last_request_and_a_question_before_the_due_date_take_only_their_like_along() -> None:
    for name in ("final_demand", "service_mail"):
        other = policy(send("one", {"after_due": "5d"}, letter=name), bundle="debtor")
        alike = life("2026-03-01", ladder=other)
        assert aboard("a", alike) is None
        lead = Member("lead", alike.case, other, other.steps[0], 1, NOTHING_SPECIAL)
        sibling = Sibling("b", life("2026-03-01", "F-2", ladder=other).case, other)
        assert joining(lead, sibling, NOTHING_SPECIAL, local("2026-03-06", "12:00")) is not None
        assert (
            joining(lead, Sibling("c", life("2026-03-01").case, LADDER), NOTHING_SPECIAL, local("2026-03-06", "12:00"))
            is None
        )


def test_a_policy_that_does_not_bundle_takes_nobody_along() -> None:
    alone = policy(send("one", {"after_due": "5d"}))
    assert aboard("a", life("2026-03-01", ladder=alone)) is None


def test_a_debtor_reminded_today_is_not_reminded_again() -> None:
    lived = life("2026-03-01")
    lived.surroundings = Surroundings(debtor_reminded_on=day("2026-03-06"))
    assert aboard("a", lived) is None


def members() -> list[Member]:
    first, firm = life("2026-03-01"), life("2026-02-22", "F-2").live("2026-03-05")
    found = [aboard("b", first), aboard("a", firm)]
    return [p for p in found if p is not None]


def test_the_firmest_step_gives_the_letter() -> None:
    both = members()
    assert [p.step.id for p in both] == ["one", "two"]
    assert leading(both).key == leading(both[::-1]).key == "a"


def test_of_equal_steps_the_oldest_invoice_leads() -> None:
    old = Member("z", life("2026-03-01").case, LADDER, LADDER.steps[0], 1, NOTHING_SPECIAL)
    new = Member("a", life("2026-03-02").case, LADDER, LADDER.steps[0], 1, NOTHING_SPECIAL)
    assert leading([new, old]).key == "z"


def test_a_message_goes_over_all_channels_of_its_steps_once() -> None:
    assert channels_of(members()) == ("email", "sms")


def test_a_bundle_is_named_by_debtor_and_day_and_a_single_message_by_its_step() -> None:
    both = members()
    assert message_id(both, "bakker", day("2026-03-06")) == "bakker/2026-03-06"
    assert message_id(both[:1], "bakker", day("2026-03-06")).endswith("/one/1")
