"""Pacing: no provider is asked for more messages a second than it takes.

The limit stands in the worker, not on Temporal's task queue: that one can't tell providers apart, and would hold
back recording with sending. It counts for one process; with several workers, divide.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.ports import Channel, Finding, Gateway, NotTaken, Outgoing, Sent

__all__ = ["Pace", "Paced", "paced"]

_WAITING_SHARE = 1 / 6
"""Part of a step's longest time that a message may wait here; the rest is for the provider."""

_FORGET_SECONDS = 3600.0
"""How long a turn is kept for a message that does not come back for it."""


@dataclass
class Pace:
    """The turns at one provider.

    Who comes when the queue is too long is told when to come back, and finds his turn kept then: so nobody is sent
    away twice, and the provider is never idle while somebody waits.

    Attributes:
        per_second: Messages a second, above zero.
        longest_wait: Longest time to wait here, in seconds.
        seconds_now: A clock that only runs forward, in seconds.
        kept: The turns of those who were told to come back, by key.
    """

    per_second: float
    longest_wait: float
    seconds_now: Callable[[], float] = time.monotonic
    _next: float = field(default=float("-inf"), init=False)
    kept: dict[str, float] = field(default_factory=dict, init=False)

    def wait(self, key: str) -> float:
        """Seconds to wait now for the turn of the message with this key.

        Raises:
            NotTaken: it is too long; come back then.
        """
        now = self.seconds_now()
        turn = self.kept.pop(key, None)
        if turn is None:
            turn = max(now, self._next)
            self._next = turn + 1 / self.per_second
        wait = max(turn - now, 0.0)
        if wait > self.longest_wait:
            self._forget(now - _FORGET_SECONDS)
            self.kept[key] = turn
            raise NotTaken("waits for its turn at the provider", retry_after=timedelta(seconds=wait))
        return wait

    def _forget(self, before: float) -> None:
        """Drop turns that nobody came for; the oldest come first."""
        while self.kept and (oldest := next(iter(self.kept.items())))[1] < before:
            del self.kept[oldest[0]]


@dataclass(frozen=True)
class Paced:
    """A gateway that keeps the pace of its provider.

    Attributes:
        gateway: The way out.
        pace: The turns; shared by all channels of one provider.
        sleep: Waits so many seconds.
    """

    gateway: Gateway
    pace: Pace
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def send(self, message: Outgoing) -> Sent:
        """Send at this message's turn.

        Raises:
            NotTaken: its turn comes too late to wait here, or as the gateway says.
            Refused: as the gateway says.
            OutcomeUnknown: as the gateway says.
        """
        await self.sleep(self.pace.wait(message.key))
        return await self.gateway.send(message)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask the gateway; questions are few and are not held back."""
        return await self.gateway.find(key, since=since)


def paced(
    gateways: Mapping[Channel, Gateway], per_second: Mapping[Channel, float], step_seconds: float
) -> dict[Channel, Gateway]:
    """The gateways, those with a limit behind their pace; `post` and `registered` go to one provider and share it.

    Args:
        gateways: The way out for each channel.
        per_second: Messages a second, for channels with a limit; that of `post` counts for `registered` too.
        step_seconds: Longest time one step may take, in seconds.
    """
    paces = {channel: Pace(limit, step_seconds * _WAITING_SHARE) for channel, limit in per_second.items()}
    if "post" in paces:
        paces["registered"] = paces["post"]
    return {
        channel: Paced(gateway, paces[channel]) if channel in paces else gateway
        for channel, gateway in gateways.items()
    }
