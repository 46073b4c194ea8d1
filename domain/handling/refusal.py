"""Refusal: the answer of a rule that forbids a message."""

from __future__ import annotations


class Refused(ValueError):
    """A message that a rule forbids; the text names the rule and what would be accepted."""
