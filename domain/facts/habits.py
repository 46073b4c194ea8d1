"""Facts about habits: how late the debtor usually pays."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import BaseFact


class HabitNoted(BaseFact):
    """When the first step would have come, the debtor was known to pay so many days late: the ladder waits so long.

    Attributes:
        days: Days of grace: the median of how late he paid, at most what the policy allows.
        invoices: How many paid invoices of his that is the median of.
    """

    kind: Literal["habit_noted"] = "habit_noted"
    days: int
    invoices: int
