"""Handling: from a message to facts, or to the rule that forbids it. Pure, and the same for engine and simulation."""

from domain.handling.dispatch import handle, judge
from domain.handling.envelope import Envelope, Handled, Lookup
from domain.handling.refusal import Refused

__all__ = ["Envelope", "Handled", "Lookup", "Refused", "handle", "judge"]
