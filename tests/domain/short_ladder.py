"""A case on a short ladder, one of its days, and what is to be seen of it."""

from __future__ import annotations

from typing import Any

from domain import facts as f
from domain.facts import DeliveryStatus
from tests.domain.builders import Life, hand_off, invoice, policy, send

LADDER = policy(
    send("one", {"after_due": "5d"}),
    send("two", {"after_due": "12d"}),
    hand_off({"after_due": "20d"}, approval="required"),
    tolerance="1.00",
)


def new(**fields: Any) -> Life:
    return Life(LADDER, invoice(**fields)).live("2026-03-07")


def handed_off() -> Life:
    life = Life(LADDER).live("2026-03-20").at("2026-03-21", "08:00")
    life.ask("approve_handoff", {"actor": "anna"})
    return life.live("2026-03-22")


def stage(life: Life) -> tuple[str, str | None]:
    return life.case.stage, life.case.closed


def unknown() -> Life:
    life = Life(LADDER).at("2026-03-06", "12:00")
    keys = (("email", "k1"),)
    life.add(f.StepIntended(id="i", at=life.now, on=life.today, step="one", issue=1, message="m", deliveries=keys))
    life.add(f.DeliveryConcluded(id="c", at=life.now, on=life.today, key="k1", status=DeliveryStatus.UNKNOWN))
    return life
