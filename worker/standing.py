"""Channels that stand still: nothing is handed over by them before a person lets them go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from casefile.case_file import CaseFile
from casefile.channel_stops import stop_channel, stop_of
from gateways.provider_call import ASK_OPERATOR, opaque_key
from services.ports import Channel, Finding, Gateway, NotTaken, Outgoing, Sent

__all__ = ["Standing", "standing"]


@dataclass(frozen=True)
class Standing:
    """A gateway that hands nothing over while its channel stands still.

    Attributes:
        gateway: The way out.
        channel: Its channel.
        file: The case file, which knows.
        now: The real clock.
    """

    gateway: Gateway
    channel: Channel
    file: CaseFile
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def send(self, message: Outgoing) -> Sent:
        """Send, if the channel does not stand still; it does from then on where the provider refuses our sender.

        Raises:
            NotTaken: it does, or as the gateway says.
            Refused: as the gateway says.
            OutcomeUnknown: as the gateway says.
        """
        stop = await asyncio.to_thread(stop_of, self.file, self.channel)
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


def standing(gateways: Mapping[Channel, Gateway], file: CaseFile) -> dict[Channel, Gateway]:
    """The gateways, those of which a provider tells what became of messages behind a look at their channel."""
    return {
        channel: Standing(gateway, channel, file) if channel in ("email", "sms", "call") else gateway
        for channel, gateway in gateways.items()
    }
