"""The ladders that several tests of sending share: one step on one channel, and a notice."""

from __future__ import annotations

from domain.policy import Policy
from tests.domain.builders import hand_off, policy, send

PDF = b"%PDF-1.7 the invoice itself"


def one(channel: str, **more: object) -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=[channel], **more))


def notice() -> Policy:
    return policy(send("notice", {"after_due": "5d"}, send=["post"], term="14d"), hand_off({"term_expired": "notice"}))
