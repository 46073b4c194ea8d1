"""How often a page may be asked: by its token, and by the address that asks. Counted in memory, by the minute."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Pace", "Pacing"]

_MOST_KEPT = 20_000
"""Counters that are kept; the one that was used longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many in so many seconds."""

    most: int
    seconds: float


LOOKS_OF_TOKEN = Pace(120, 60)
DOES_OF_TOKEN = Pace(20, 600)
LOOKS_OF_ADDRESS = Pace(600, 60)
DOES_OF_ADDRESS = Pace(120, 600)
WRONG_OF_ADDRESS = Pace(60, 600)
"""Tokens that open nothing: nobody can guess one, but nobody needs to try that often either."""


class Pacing:
    """Counts; a counter begins anew when its time is over."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing is counted yet.

        Args:
            now: Seconds, of a clock that never goes back.
        """
        self._now = now
        self._counted: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def too_often(self, kind: str, whose: str, pace: Pace, *, count: bool = True) -> bool:
        """Whether that is too often; counts it unless told otherwise.

        Args:
            kind: What is counted.
            whose: A token or an address: only a hash of it is kept.
            pace: How often it may be.
            count: Count this one as well.
        """
        key = (kind, hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:32])
        now = self._now()
        since, number = self._counted.get(key, (now, 0))
        if now - since >= pace.seconds:
            since, number = now, 0
        if count:
            self._counted[key] = (since, number + 1)
            self._counted.move_to_end(key)
            while len(self._counted) > _MOST_KEPT:
                self._counted.popitem(last=False)
        return number + 1 > pace.most

    def counted(self, kind: str, whose: str, pace: Pace) -> int:
        """How many were counted in the time that runs; the arguments are those of `too_often`."""
        key = (kind, hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:32])
        since, number = self._counted.get(key, (self._now(), 0))
        return 0 if self._now() - since >= pace.seconds else number
