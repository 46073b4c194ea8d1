"""What a decision must know outside the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The world around one case at the moment of deciding.

    Attributes:
        bank_covered_until: Last day that the bank statements cover; None when no bank feed is watched, which
            counts as covered up to yesterday.
        debtor_contacted_on: Last day on which another case of the same debtor sent a message.
        debtor_reminded_on: Last day on which another case of the same debtor sent a message of the reminder class,
            as far as its policy bundles: what does not travel together anyway holds nobody back.
    """

    bank_covered_until: date | None = None
    debtor_contacted_on: date | None = None
    debtor_reminded_on: date | None = None


NOTHING_SPECIAL = Surroundings()
"""No bank feed watched, no other case of the debtor."""
