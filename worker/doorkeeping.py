"""Keeping the door: the worker starts the process that takes webhooks, watches it, and starts it again.

The socket is the worker's, so that an address that is taken is known at the start, and who knocks while the door is
away waits a moment in the system's queue. The door lives in a process of its own and ends with the worker, however
that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from api.serving.server import listener_at
from api.webhooks.agencies import AGENCY_REPORTS
from api.webhooks.message_keys import MessageKeys
from api.webhooks.taking import PROVIDER_EVENTS
from config.connection_limits import MAIL_BODY_BYTES, WEBHOOKS, Limits
from config.settings import Settings
from engine.rung_cases import Nudges, RungCases
from worker.door import DoorWork
from worker.kept_process import FIRST_AGAIN_SECONDS, SILENT_SECONDS, KeptProcess
from worker.payment_providers import keys_of, served_by_nobody

__all__ = ["Door", "limits_of", "message_keys_of", "open_door"]


def message_keys_of(settings: Settings) -> MessageKeys:
    """What the webhooks about our messages are checked with, besides SendGrid's events."""
    through_twilio = "twilio" in (settings.sms, settings.call)
    return MessageKeys(
        twilio=settings.twilio_tokens if through_twilio and settings.public_url else (),
        public_url=settings.public_url,
        inbound=settings.inbound_secrets,
        inbound_key=settings.sendgrid_inbound_key,
        reply_domain=settings.reply_domain,
        agencies=settings.agency_secrets,
    )


def limits_of(settings: Settings) -> Limits:
    """What the clients of the door may take."""
    # Mails come in with their attachments.
    allowed = replace(WEBHOOKS, body_bytes=MAIL_BODY_BYTES, held_bytes=160_000_000, body_seconds=60)
    return replace(
        allowed if settings.inbound_secrets else WEBHOOKS,
        connections=settings.webhooks_connections,
        connections_of_one=min(settings.webhooks_connections_per_address, settings.webhooks_connections),
    )


@dataclass
class Door(KeptProcess):
    """The door, as the worker sees it.

    Attributes:
        work: What it is to do.
        listener: The socket that listens.
        rung: The cases that it rings for.
        provider_told: Called when it rings because a payment provider told something.
        partner_told: Called when it rings because a partner reported something.
        silent_seconds: After how long without a sign of life it is started again.
        again_seconds: How long to wait before it is started again.
    """

    module = "worker.door"
    called = "door"

    work: DoorWork
    listener: socket.socket
    rung: RungCases
    provider_told: Callable[[], None] = lambda: None
    partner_told: Callable[[], None] = lambda: None
    silent_seconds: float = SILENT_SECONDS
    again_seconds: float = FIRST_AGAIN_SECONDS

    def told(self) -> DoorWork:
        """What it is to do."""
        return self.work

    def environment(self) -> Mapping[str, str]:
        """Where Python finds our modules, and none of our settings and secrets."""
        return {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}

    def heard(self, line: str) -> None:
        """Take a ring."""
        if line == PROVIDER_EVENTS:
            self.provider_told()
        elif line == AGENCY_REPORTS:
            self.partner_told()
        else:
            self.rung.take(line)

    async def keep(self) -> None:
        """Start it again and again, and nudge the cases that it rings for, until cancelled; then end it."""
        nudging = asyncio.create_task(self.rung.nudge())
        try:
            await super().keep()
        finally:
            nudging.cancel()
            await asyncio.gather(nudging, return_exceptions=True)


@contextlib.asynccontextmanager
async def open_door(
    settings: Settings,
    nudges: Nudges,
    told: Callable[[], None] = lambda: None,
    reported: Callable[[], None] = lambda: None,
) -> AsyncIterator[Door | None]:
    """Take webhooks as long as the block runs, where the settings say.

    Args:
        settings: The deployment's settings.
        nudges: Wakes the cases that are told something.
        told: Called when a payment provider told something.
        reported: Called when a partner reported something.

    Raises:
        AddressTaken: nobody can listen there.
    """
    if settings.webhooks is None:
        unserved = served_by_nobody(settings)
        for name in unserved:
            structlog.get_logger("maanwerk.worker").warning(
                "webhook_not_served", reason=f"{name} is set, MAANWERK_WEBHOOKS is not: set it to host:port"
            )
        if not unserved and message_keys_of(settings).any:
            structlog.get_logger("maanwerk.worker").warning(
                "webhook_not_served",
                reason="MAANWERK_PUBLIC_URL or MAANWERK_SENDGRID_INBOUND_SECRET is set, so providers tell of "
                "messages, but MAANWERK_WEBHOOKS is not: set it to host:port",
            )
        yield None
        return
    with listener_at(settings.webhooks, "the webhooks", "MAANWERK_WEBHOOKS") as listener:
        work = DoorWork(
            listener=listener.fileno(),
            database=settings.database,
            sendgrid_webhook_key=settings.sendgrid_webhook_key,
            payments=keys_of(settings),
            messages=message_keys_of(settings),
            limits=limits_of(settings),
            log_level=logging.getLogger().getEffectiveLevel(),
            worker=os.getpid(),
        )
        door = Door(work, listener, RungCases(nudges), told, reported)
        keeping = asyncio.create_task(door.keep())
        try:
            yield door
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
