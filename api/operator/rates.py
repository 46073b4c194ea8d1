"""How often a key may ask: a bucket of tokens for each, which fills by itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Rate", "Rates"]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one may ask.

    Attributes:
        per_second: So many a second for ever.
        at_once: So many at once, after a rest.
    """

    per_second: float
    at_once: int


class Rates:
    """Counts the requests of each key, in the memory of this process."""

    def __init__(self, rate: Rate, seconds: Callable[[], float]) -> None:
        """Count from now on.

        Args:
            rate: How often one may ask.
            seconds: A clock that never goes back, in seconds.
        """
        self._rate, self._seconds = rate, seconds
        # Left in the bucket, and when that was counted.
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> int:
        """Count a request.

        Returns:
            Whole seconds after which the next may come; 0 when this one is within the rate.
        """
        now = self._seconds()
        left, at = self._buckets.get(key, (float(self._rate.at_once), now))
        left = min(float(self._rate.at_once), left + (now - at) * self._rate.per_second)
        if left < 1:
            self._buckets[key] = (left, now)
            return max(1, math.ceil((1 - left) / self._rate.per_second))
        self._buckets[key] = (left - 1, now)
        return 0
