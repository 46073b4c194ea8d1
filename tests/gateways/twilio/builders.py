"""A Twilio account on the loopback interface, and messages to send through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from domain.calendar import SendingCalendar
from gateways.twilio.account import Sought, TwilioAccount
from gateways.twilio.calls import TwilioCalls
from gateways.twilio.messages import TwilioMessages
from services.ports import Channel, Outgoing
from tests.gateways.loopback_vendor import ACCOUNT

HOST = "https://api.twilio.com"
NOW = datetime(2026, 3, 6, 11, tzinfo=UTC)
"""A Friday, 12:00 in Amsterdam."""
TOKEN = "the-very-secret-token"
TO = "+31612345678"
SENDER = "+3197010281234"
TEXT = "Over factuur F-1 hebben wij u een bericht gestuurd. Vragen of niet eens? Bel +31 20 123 45 67. De Vaart & Zn"
HOURS = SendingCalendar(zone="Europe/Amsterdam", holidays=None, days=tuple(range(7)), opens=time(7), closes=time(20))
PERSONAL = (TO, TO.removeprefix("+"), "factuur F-1", "De Vaart", SENDER)


def key(channel: Channel) -> str:
    return f"case:devaart:2026-F-1/reminder/1/{channel}/finance"


def outgoing(channel: Channel, to: str = TO, text: str = TEXT) -> Outgoing:
    return Outgoing(
        key=key(channel),
        channel=channel,
        to=to,
        subject="Factuur F-1",
        media_type="text/plain",
        content=text.encode(),
        filename_hint="F-1",
    )


@dataclass
class Desk:
    """Settings, clock and memory around a gateway.

    Attributes:
        url: Where Twilio is.
        now: The time.
        sought: What was handed over, by send key.
        timeout: Seconds.
    """

    url: str
    now: datetime = NOW
    sought: dict[str, Sought] = field(default_factory=dict)
    timeout: float = 5.0

    @property
    def account(self) -> TwilioAccount:
        return TwilioAccount(sid=ACCOUNT, token=TOKEN, timeout=self.timeout, now=lambda: self.now, url=self.url)

    def messages(self, sender: str = SENDER) -> TwilioMessages:
        return TwilioMessages(self.account, sender=sender, hours=HOURS, sought=self.sought.get)

    def calls(self) -> TwilioCalls:
        return TwilioCalls(self.account, sender=SENDER, hours=HOURS, sought=self.sought.get)

    def handed_over(self, message: Outgoing, *others: str) -> None:
        """Keep what the case file would know of a message."""
        self.sought[message.key] = Sought(message.to, message.content, self.now, frozenset(others))

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)
