"""Text messages through Twilio, by the vendor's own library, never delivered at night."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

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
from services.ports import CannotTell, Finding, Outgoing, Sent

__all__ = ["LONGEST_VALIDITY", "TwilioMessages"]

LONGEST_VALIDITY = timedelta(hours=4)
"""A reminder that waits longer than that in a queue is not sent any more; Twilio's own limit is ten hours."""

_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


class TwilioMessages:
    """The gateway for text messages.

    Args:
        account: The Twilio account.
        sender: A number of the account, a name of at most 11 characters, or a messaging service (`MG…`).
        hours: When people may be disturbed; what is not delivered before they end is dropped by Twilio.
        sought: What was handed over under a send key.
        public_url: Under which URL the outside reaches us; with it Twilio tells what became of each text.
        told: What it told so far.
    """

    def __init__(
        self,
        account: TwilioAccount,
        *,
        sender: str,
        hours: SendingCalendar,
        sought: SoughtLookup,
        public_url: str | None = None,
        told: ToldLookup | None = None,
    ) -> None:
        """Keep the settings; no connection is made yet."""
        self._account = account
        self._sender = sender
        self._hours = hours
        self._sought = sought
        self._public_url = public_url
        self._told = told

    async def send(self, message: Outgoing) -> Sent:
        """Hand the text over; Twilio's message SID is the reference.

        Raises:
            NotTaken: it is night, there is no connection, or Twilio says that it did not take it.
            Refused: the number can't get text messages, or the receiver opted out.
            OutcomeUnknown: no answer, or one of 5xx: it may have been taken.
        """
        to, body = receiver_and_text(message, "sms")
        validity = min(time_left(self._hours, self._account.now()), LONGEST_VALIDITY)
        service = _SERVICE.fullmatch(self._sender)
        named = {"messaging_service_sid" if service else "from_": self._sender}
        if self._public_url is not None:
            named["status_callback"] = callback_url(self._public_url, "sms", opaque_key(message.key))

        def create(client: Any) -> str | None:
            message = client.messages.create(to=to, body=body, validity_period=int(validity.total_seconds()), **named)
            return str(message.sid) if message.sid else None

        return await self._account.create(create)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask what Twilio told, then look for the text in its list: by number, moment and hash."""
        if (found := await self._account.told(self._told, key)) is not None:
            return found
        sought = await in_silence(self._account.threads, lambda: self._sought(key))
        to = international(sought.to) if sought else None
        if sought is None or to is None:
            return CannotTell("twilio: what was handed over is not known")
        digest = _digest(sought.content.decode("utf-8"))

        def listed(client: Any) -> list[Listed]:
            # Not by `DateSent`: what still waits in Twilio's queue has none.
            return [
                Listed(record.sid or "", created(record.date_created), same=digest == _digest(record.body or ""))
                for record in client.messages.list(to=to, limit=LISTED_AT_MOST, page_size=LISTED_AT_MOST)
            ]

        return await self._account.look_up(sought, listed)


def _digest(text: str) -> bytes:
    # Without the spaces around it, which are not kept everywhere.
    return sha256(text.strip().encode("utf-8")).digest()
