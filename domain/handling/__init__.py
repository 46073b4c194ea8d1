"""Handling: from a message to facts, or to the rule that forbids it. Pure, and the same for engine and simulation."""

from domain.handling.dispatch import hear, judge
from domain.handling.envelope import Desk, Heard, Told
from domain.handling.refusal import Refused

__all__ = ["Desk", "Heard", "Refused", "Told", "hear", "judge"]
