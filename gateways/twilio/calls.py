"""Spoken messages through Twilio, by the vendor's own library: a call that says a short text, to a voice mail too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

from domain.calendar import SendingCalendar
from domain.telephone import international
from gateways.provider_call import in_silence, opaque_key
from gateways.twilio.account import (
    LISTED_AT_MOST,
    Listed,
    SoughtLookup,
    ToldLookup,
    TwilioAccount,
    created,
    receiver_and_text,
    time_left,
)
from gateways.twilio.callbacks import callback_url
from services.ports import CannotTell, Finding, NotTaken, Outgoing, Refused, Sent

__all__ = ["RING_SECONDS", "TALK_SECONDS", "TWIML_AT_MOST", "TwilioCalls"]

RING_SECONDS = 30
"""Long enough to get to the telephone."""

TALK_SECONDS = 120
"""Longest call; a loop between two machines ends here."""

TWIML_AT_MOST = 4000
"""Characters of instructions that Twilio takes with a call."""


class TwilioCalls:
    """The gateway for calls.

    Where a voice mail answers, Twilio waits for its tone, so that the whole text is on it.

    Args:
        account: The Twilio account.
        sender: A number of the account, or one verified for it.
        hours: When people may be called.
        sought: What was handed over under a send key.
        language: Language of the voice, such as `nl-NL`.
        public_url: Under which URL the outside reaches us; with it Twilio tells what became of each call.
        told: What it told so far.
    """

    def __init__(
        self,
        account: TwilioAccount,
        *,
        sender: str,
        hours: SendingCalendar,
        sought: SoughtLookup,
        language: str = "nl-NL",
        public_url: str | None = None,
        told: ToldLookup | None = None,
    ) -> None:
        """Keep the settings; no connection is made yet."""
        self._account = account
        self._sender = sender
        self._hours = hours
        self._sought = sought
        self._language = language
        self._public_url = public_url
        self._told = told

    async def send(self, message: Outgoing) -> Sent:
        """Have the call made; Twilio's call SID is the reference. That it was answered is told by its events.

        Raises:
            NotTaken: it is night, there is no connection, or Twilio says that it did not take it.
            Refused: the number can't be called.
            OutcomeUnknown: no answer, or one of 5xx: it may have been taken.
        """
        to, text = receiver_and_text(message, "call")
        spoken = VoiceResponse()
        spoken.say(text.strip(), language=self._language)
        spoken.hangup()
        twiml = spoken.to_xml(xml_declaration=False)
        if len(twiml) > TWIML_AT_MOST:
            raise Refused("twilio: the text is too long for a call")
        left = time_left(self._hours, self._account.now())
        # It must be over, and not only begun, when the hours end.
        if left < timedelta(seconds=RING_SECONDS + TALK_SECONDS):
            raise NotTaken("too late in the day for a call", left)

        tells: dict[str, object] = {}
        if self._public_url is not None:
            tells = {
                "status_callback": callback_url(self._public_url, "call", opaque_key(message.key)),
                "status_callback_event": ["completed"],
            }

        def create(client: Any) -> str | None:
            call = client.calls.create(
                to=to,
                from_=self._sender,
                twiml=twiml,
                machine_detection="DetectMessageEnd",
                timeout=RING_SECONDS,
                time_limit=TALK_SECONDS,
                **tells,
            )
            return str(call.sid) if call.sid else None

        return await self._account.create(create)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask what Twilio told, then look for the call in its list: by number and moment; a call keeps no text."""
        if (found := await self._account.told(self._told, key)) is not None:
            return found
        sought = await in_silence(self._account.threads, lambda: self._sought(key))
        to = international(sought.to) if sought else None
        if sought is None or to is None:
            return CannotTell("twilio: what was handed over is not known")

        def listed(client: Any) -> list[Listed]:
            # Not by `StartTime`: what still waits in Twilio's queue has none.
            return [
                Listed(record.sid or "", created(record.date_created), same=record.direction == "outbound-api")
                for record in client.calls.list(
                    to=to, from_=self._sender, limit=LISTED_AT_MOST, page_size=LISTED_AT_MOST
                )
            ]

        return await self._account.look_up(sought, listed)
