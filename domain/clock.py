"""The clock of a case: real time, or in simulation mode a virtual time that runs beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_LAST = datetime(9999, 12, 30, tzinfo=UTC)
"""Beyond these no moment can be reckoned with, in whatever zone."""


class Clock(BaseModel):
    """Maps real moments to the moments a case lives in.

    Attributes:
        offset: Seconds added to real time.
        rate: Virtual seconds a real second; anything but 1 only in simulation mode.
        since: Real moment from which `rate` counts; needed when the rate is not 1.
    """

    model_config = ConfigDict(frozen=True)

    offset: float = 0.0
    rate: float = Field(default=1.0, gt=0)
    since: AwareDatetime | None = None

    def now(self, real: datetime) -> datetime:
        """The moment of the case at a real moment; no clock, whoever set it, leads beyond what can be reckoned with."""
        try:
            if self.since is None or self.rate == 1.0:
                moment = real + timedelta(seconds=self.offset)
            else:
                moment = self.since + timedelta(seconds=self.offset) + (real - self.since) * self.rate
        except (OverflowError, ValueError):
            return _FIRST if self.offset < 0 else _LAST
        return min(max(moment, _FIRST), _LAST)

    def real_wait(self, virtual: timedelta) -> timedelta:
        """How long to wait in real time for so much time of the case."""
        return virtual / self.rate


REAL_TIME = Clock()
"""The clock of every case outside a simulation."""
