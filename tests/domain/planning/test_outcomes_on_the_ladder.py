"""An unknown outcome is settled before anything else is done."""

from __future__ import annotations

import pytest

from domain import facts as f
from domain.facts import DeliveryStatus
from domain.planning.planner import INTENT_GRACE
from domain.reactions.sending import RECONCILE_AFTER
from tests.domain.builders import Life, policy
from tests.domain.planning.ladders import THREE, codes


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
