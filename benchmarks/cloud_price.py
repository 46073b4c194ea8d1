"""What a month on Temporal Cloud costs, by the published tiers of the Business plan (documentation, cloud/pricing)."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.scale_constants import value

__all__ = ["PUBLISHED", "Month", "price_of_actions", "price_of_month", "price_of_storage"]

_MILLION = 1e6
_TIERS = ((5, 50), (10, 45), (20, 40), (50, 35), (100, 30), (200, 25))
"""Up to so many millions a month, so many dollars a million."""
PUBLISHED = 200 * _MILLION
"""No price is published for what comes above; it is counted at that of the last tier, so it is at most that."""


@dataclass(frozen=True)
class Month:
    """The parts of a month's bill, in dollars."""

    actions: float
    storage: float
    plan: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.actions + self.storage + self.plan


def price_of_actions(actions: float) -> float:
    """Dollars for so many actions in a month, those of the plan not among them."""
    paid, below = 0.0, 0.0
    for upto, dollars in _TIERS:
        within = min(actions / _MILLION, upto) - below
        if within <= 0:
            return paid
        paid, below = paid + within * dollars, float(upto)
    return paid + max(actions / _MILLION - below, 0) * _TIERS[-1][1]


def price_of_storage(active_gbh: float, retained_gbh: float) -> float:
    """Dollars for so many GB hours, those of the plan not among them."""
    return active_gbh * value("active_gbh") + retained_gbh * value("retained_gbh")


def price_of_month(actions: float, active_bytes: float, retained_bytes: float) -> Month:
    """The bill of a month in which so many bytes are kept all the time."""
    hours = value("month_hours")
    used = price_of_actions(max(actions - value("plan_actions"), 0))
    storage = price_of_storage(
        max(active_bytes / 1e9 - value("plan_active"), 0) * hours,
        max(retained_bytes / 1e9 - value("plan_retained"), 0) * hours,
    )
    return Month(used, storage, max(value("plan_least"), (used + storage) / 10))
