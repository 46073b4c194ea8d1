"""A ladder of the planner's tests, and what is to be seen of a decision."""

from __future__ import annotations

from domain.planning.decision import Decision
from tests.domain.builders import send


def codes(decision: Decision) -> list[str]:
    return [blocker.code for blocker in decision.blockers]


THREE = (
    send("one", {"after_due": "5d"}),
    send("two", {"after_due": "12d"}),
    send("three", {"after_due": "19d"}),
    send("four", {"after_due": "40d"}),
)
