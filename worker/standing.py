"""Channels that stand still: nothing is handed over by them before a person lets them go on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from casefile.case_file import CaseFile
from casefile.channel_stops import stop_of
from gateways.provider_call import ASK_OPERATOR
from services.ports import Channel, Finding, Gateway, NotTaken, Outgoing, Sent

__all__ = ["Standing", "standing"]


@dataclass(frozen=True)
class Standing:
    """A gateway that hands nothing over while its channel stands still.

    Attributes:
        gateway: The way out.
        channel: Its channel.
        file: The case file, which knows.
    """

    gateway: Gateway
    channel: Channel
    file: CaseFile

    async def send(self, message: Outgoing) -> Sent:
        """Send, if the channel does not stand still.

        Raises:
            NotTaken: it does, or as the gateway says.
            Refused: as the gateway says.
            OutcomeUnknown: as the gateway says.
        """
        stop = await asyncio.to_thread(stop_of, self.file, self.channel)
        if stop is not None:
            raise NotTaken(f"the channel {self.channel} stands still: {stop.reason}", ASK_OPERATOR)
        return await self.gateway.send(message)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask the gateway; what was sent before is found all the same."""
        return await self.gateway.find(key, since=since)


def standing(gateways: Mapping[Channel, Gateway], file: CaseFile) -> dict[Channel, Gateway]:
    """The gateways, those of which a provider tells what became of messages behind a look at their channel."""
    return {
        channel: Standing(gateway, channel, file) if channel in ("email", "sms", "call") else gateway
        for channel, gateway in gateways.items()
    }
