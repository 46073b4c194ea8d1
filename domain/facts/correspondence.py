"""Facts about letters beside the ladder: one answers something that happened, and leaves by itself."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import BaseFact


class LetterOwed(BaseFact):
    """The debtor is to be told something in writing; it is no step of the ladder and no reminder.

    Attributes:
        letter: Name of the letter (`domain/correspondence.py`), and `issue` which one of that name it is.
        of: What it answers: id of the dispute, payment, promise or whatever asked for it.
    """

    kind: Literal["letter_owed"] = "letter_owed"
    letter: str
    issue: int
    of: str


class LetterDropped(BaseFact):
    """A letter beside the ladder leaves no more; `reason` is a short text without personal data."""

    kind: Literal["letter_dropped"] = "letter_dropped"
    letter: str
    issue: int
    reason: str
