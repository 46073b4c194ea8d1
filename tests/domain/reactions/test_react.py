"""What follows for a case by itself: it closes, opens again, and brings what was under way to an end."""

from __future__ import annotations

import pytest

from domain.facts import DeliveryStatus
from domain.reactions.sending import RECONCILE_AFTER, concluded, intended
from tests.domain.builders import Life, call, eur, policy
from tests.domain.short_ladder import LADDER, handed_off, new, stage, unknown


def test_a_payment_in_full_closes_the_case() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    assert stage(life.live("2026-03-08")) == ("closed", "paid")


def test_a_reversal_after_closing_opens_the_case_where_it_stood() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live("2026-03-10").hear("payment_reversed", {"payment": "p1", "amount": "400.00"})
    life.live("2026-03-13")
    assert (life.steps, life.case.open) == (["2026-03-06 one", "2026-03-13 two"], eur("400.00"))


def test_too_much_paid_closes_and_raises_a_task_that_outlives_it() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "1200.00"})
    assert stage(life.live("2026-03-08")) == ("closed", "paid")
    assert (life.open_tasks(), life.case.overpaid) == (["overpayment"], eur("200.00"))


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (["payment_received", "invoice_credited"], "credited"),
        (["invoice_credited", "payment_received"], "paid"),
        (["payment_received", "write_off"], "written_off"),
    ],
)
def test_a_mix_closes_by_what_brought_it_to_zero(order: list[str], reason: str) -> None:
    life = new()
    for number, name in enumerate(order):
        life.hear(name, {"id": f"x{number}", "amount": "500.00"})
    assert stage(life.live("2026-03-08")) == ("closed", reason)


def test_a_rest_within_the_tolerance_closes_the_case() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "999.00"})
    assert stage(life.live("2026-03-08")) == ("closed", "below_tolerance")


def test_after_the_hand_off_our_ladder_has_ended() -> None:
    assert stage(handed_off()) == ("handed_off", "handed_off")


def test_closing_does_away_with_what_nobody_needs_to_do_any_more() -> None:
    life = Life(policy(call("phone", {"after_due": "5d"}))).live("2026-03-06")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    assert life.live("2026-03-07").open_tasks() == []


# Sending ----------------------------------------------------------------------------------------------------


def test_a_message_that_failed_often_is_still_looked_for_when_its_outcome_is_unknown() -> None:
    life = unknown()
    for _ in range(6):
        life.add(concluded(life.case, "k1", DeliveryStatus.NOT_SENT, life.now, life.today))
    life.add(intended(life.case, LADDER.steps[0], 1, "m", (("email", "k1"),), life.now, life.today))
    waits = []
    for _ in RECONCILE_AFTER:
        fact = concluded(life.case, "k1", DeliveryStatus.UNKNOWN, life.now, life.today)
        waits.append((fact.retry_at or life.now) - life.now)
        life.add(fact)
    assert tuple(waits) == RECONCILE_AFTER
    last = concluded(life.case, "k1", DeliveryStatus.UNKNOWN, life.now, life.today)
    assert last.status is DeliveryStatus.UNPROVEN


def test_what_went_over_one_channel_before_the_case_closed_was_a_step() -> None:
    life = Life(LADDER).at("2026-03-06", "12:00")
    keys = (("email", "k1"), ("sms", "k2"))
    life.add(intended(life.case, LADDER.steps[0], 1, "m", keys, life.now, life.today))
    life.add(concluded(life.case, "k1", DeliveryStatus.SENT, life.now, life.today))
    life.add(concluded(life.case, "k2", DeliveryStatus.NOT_SENT, life.now, life.today))
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live("2026-03-06")
    assert (life.steps, life.case.attempt, life.case.closed) == (["2026-03-06 one"], None, "paid")
    life.hear("payment_reversed", {"payment": "p1"})
    assert life.live("2026-03-20").steps == ["2026-03-06 one", "2026-03-13 two"]
