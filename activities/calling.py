"""Calling providers: each message once, and afterwards only the question what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from temporalio import activity

from casefile.deliveries import Letter
from domain.facts import DeliveryStatus
from services.ports import (
    CannotTell,
    Channel,
    Finding,
    Found,
    Gateway,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Refused,
)

__all__ = ["Calling", "Checkpoint", "Outcome", "Sought"]

Checkpoint = Callable[[str], None]
"""Called with the name of each point at which a kill must do no harm."""

_SENDING_SHARE = 0.8
"""Part of a step's longest time within which providers are called; after all of it others may reconcile."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery."""

    key: str
    status: DeliveryStatus
    reference: str | None = None
    reason: str = ""
    wait: timedelta | None = None
    intended: datetime | None = None
    """Real moment of the intent this is about: of an older try only that it was sent matters."""
    blocks: tuple[Channel, ...] = ()
    """Channels that are not to use its address any more."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A message whose fate is to be asked for.

    Attributes:
        key: Its send key.
        channel: Over which it went, if it did.
        since: Moment of the intent.
        real_since: Real moment of the intent.
    """

    key: str
    channel: str
    since: datetime
    real_since: datetime


@dataclass(frozen=True)
class Calling:
    """Calls the providers for one step.

    Attributes:
        gateways: The way out for each channel.
        checkpoint: Told the name of each point of the send protocol, for tests that kill there.
        real_now: The real clock, for the age of an intent.
        step_seconds: Longest time of the step, in seconds.
    """

    gateways: Mapping[Channel, Gateway]
    checkpoint: Checkpoint
    real_now: Callable[[], datetime]
    step_seconds: float

    async def send(self, letter: Letter, intended: datetime | None) -> Outcome:
        """Call the provider once, and not after others may have begun to reconcile."""
        outcome = await self._called(letter, intended)
        return replace(outcome, intended=intended)

    async def _called(self, letter: Letter, intended: datetime | None) -> Outcome:
        channel: Channel = letter.channel  # type: ignore[assignment]
        gateway = self.gateways.get(channel)
        if gateway is None:
            return Outcome(letter.key, DeliveryStatus.REFUSED, reason=f"no gateway for {channel} is set up")
        outgoing = Outgoing(
            key=letter.key,
            channel=channel,
            to=letter.recipient,
            subject=letter.subject,
            media_type=letter.media_type,
            content=letter.content,
            filename_hint=letter.filename_hint,
        )
        left = self.step_seconds * _SENDING_SHARE
        if intended is not None:
            left -= (self.real_now() - intended).total_seconds()
        if left <= 0:
            return Outcome(letter.key, DeliveryStatus.NOT_SENT, reason="too late to call the provider")
        try:
            async with asyncio.timeout(left):
                sent = await gateway.send(outgoing)
        except TimeoutError:
            return Outcome(letter.key, DeliveryStatus.UNKNOWN, reason="no answer in time")
        except NotTaken as error:
            return Outcome(letter.key, DeliveryStatus.NOT_SENT, reason=error.reason, wait=error.retry_after)
        except Refused as error:
            return Outcome(letter.key, DeliveryStatus.REFUSED, reason=error.reason, blocks=error.blocks)
        except OutcomeUnknown as error:
            return Outcome(letter.key, DeliveryStatus.UNKNOWN, reason=error.reason)
        except Exception as error:
            # A gateway that breaks its word: what it did before that nobody knows.
            activity.logger.exception("the gateway for %s failed in a way it may not", channel)
            return Outcome(letter.key, DeliveryStatus.UNKNOWN, reason=type(error).__name__)
        self.checkpoint("after_provider")
        return Outcome(letter.key, DeliveryStatus.SENT, reference=sent.reference)

    async def find(self, sought: Sought) -> Outcome:
        """Ask the provider what became of a message; never while its send may still be under way."""
        age = (self.real_now() - sought.real_since).total_seconds()
        if age < self.step_seconds:
            await asyncio.sleep(self.step_seconds - age)
        gateway = self.gateways.get(sought.channel)  # type: ignore[call-overload]
        finding: Finding = (
            CannotTell("no gateway") if gateway is None else await gateway.find(sought.key, since=sought.since)
        )
        outcome = partial(Outcome, sought.key, intended=sought.real_since)
        match finding:
            case Found(reference):
                return outcome(DeliveryStatus.SENT, reference=reference, reason="found at the provider")
            case NotThere():
                return outcome(DeliveryStatus.NOT_SENT, reason="not at the provider", wait=timedelta(0))
            case CannotTell(reason):
                return outcome(DeliveryStatus.UNKNOWN, reason=reason)
