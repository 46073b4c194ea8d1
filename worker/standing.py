"""Channels that stand still, and days on which nothing leaves: the last look before a message is handed over.

The planner knows stops of all sending, too; one that is placed between its decision and the call is seen here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from casefile.case_file import CaseFile
from casefile.channel_stops import stop_channel, stop_of
from casefile.sending_stops import standing_stop
from gateways.provider_call import ASK_OPERATOR, opaque_key
from services.ports import Channel, Finding, Gateway, NotTaken, Outgoing, Sent
from services.today.day import office_day

__all__ = ["Standing", "standing"]

_LOOK_AGAIN = timedelta(minutes=5)
"""Wait before it is tried again; the planner, asked then, puts it off to the first free day."""

_TOLD_OF: tuple[Channel, ...] = ("email", "sms", "call")
"""Channels of which a provider tells what became of messages, and so whether they stand still."""


@dataclass(frozen=True)
class Standing:
    """A gateway that hands nothing over while its channel stands still, or all sending is stopped.

    Attributes:
        gateway: The way out.
        channel: Its channel.
        file: The case file, which knows.
        now: The real clock.
    """

    gateway: Gateway
    channel: Channel
    file: CaseFile
    now: Callable[[], datetime]

    async def send(self, message: Outgoing) -> Sent:
        """Send, if nothing stands still; the channel does from then on where the provider refuses our sender.

        Raises:
            NotTaken: it does, or as the gateway says.
            Refused: as the gateway says.
            OutcomeUnknown: as the gateway says.
        """
        if await asyncio.to_thread(standing_stop, self.file, office_day(self.now())) is not None:
            raise NotTaken("a person stopped all sending", _LOOK_AGAIN)
        stop = await asyncio.to_thread(stop_of, self.file, self.channel) if self.channel in _TOLD_OF else None
        if stop is not None:
            raise NotTaken(f"the channel {self.channel} stands still: {stop.reason}", ASK_OPERATOR)
        begun = self.now()
        try:
            return await self.gateway.send(message)
        except NotTaken as refused:
            if refused.stops:
                await asyncio.to_thread(self._stop, message.key, refused.reason, begun)
            raise

    def _stop(self, key: str, reason: str, begun: datetime) -> None:
        # Each try is an event of its own: let go on by a person and refused again, it stands still again.
        event = f"send:{opaque_key(key)}:{begun.isoformat()}"
        with self.file.write(key) as transaction:
            stop_channel(transaction.session, self.channel, reason, event, self.now(), begun)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask the gateway; what was sent before is found all the same."""
        return await self.gateway.find(key, since=since)


def standing(
    gateways: Mapping[Channel, Gateway], file: CaseFile, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> dict[Channel, Gateway]:
    """The gateways behind a last look: whether all sending is stopped, or the channel stands still.

    Args:
        gateways: The ways out.
        file: The case file.
        now: The real clock.
    """
    return {channel: Standing(gateway, channel, file, now) for channel, gateway in gateways.items()}
