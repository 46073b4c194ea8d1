"""A Twilio account: calls by the vendor's own library, what its errors mean, and looking up what was sent.

Twilio has no idempotency key, so an answer that did not come leaves an unknown outcome. Its lists then tell: what
was sent to that number about that moment, and does not belong to another send key.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3.exceptions
from twilio.base.exceptions import TwilioRestException, TwilioServiceException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from domain.calendar import SendingCalendar
from domain.telephone import international, why_unusable
from gateways.provider_call import ASK_OPERATOR, checked_url, in_silence, opaque_key, provider_threads, retry_after
from gateways.twilio.connecting import TrustingAdapter
from gateways.twilio.errors import NEVER, OPERATOR, RETRY, blocked_by
from services.ports import (
    CannotTell,
    Channel,
    Finding,
    Found,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Refused,
    SendFailure,
    Sent,
)

__all__ = [
    "LISTED_WITHIN",
    "Listed",
    "Sought",
    "SoughtLookup",
    "ToldLookup",
    "TwilioAccount",
    "created",
    "receiver_and_text",
    "time_left",
]

LISTED_WITHIN = timedelta(minutes=10)
"""How long Twilio's list may lag behind what it took; before that an absence proves nothing."""

LISTED_AT_MOST = 1000
"""Most records to one number that are looked at; with more, nobody can be sure to have seen all."""

_CLOCKS_DIFFER = timedelta(minutes=2)
_LEAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sought:
    """What was handed over under a send key, to recognise it in Twilio's list.

    Attributes:
        to: The receiver's number.
        content: The exact bytes.
        at: Aware, real moment of the intent.
        of_others: Twilio's names for what was sent to that number under other send keys.
    """

    to: str
    content: bytes
    at: datetime
    of_others: frozenset[str] = frozenset()


SoughtLookup = Callable[[str], Sought | None]
"""Gives what was handed over under a send key, None when nothing was; called in a thread."""


ToldLookup = Callable[[str], str | None]
"""Gives Twilio's name for what its callbacks told of under a hashed send key, None when nothing; called in a thread."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One record of a Twilio list.

    Attributes:
        sid: Twilio's name for it.
        created: Aware moment at which Twilio took it.
        same: Whether it is what was sought, as far as the record can show.
    """

    sid: str
    created: datetime
    same: bool


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """The vendor's blocking client for one call, which can go to another host and keeps `Retry-After`."""

    def __init__(self, url: str, timeout: float) -> None:
        # No max_retries: a POST goes out once.
        super().__init__(timeout=timeout)
        self.session.mount("https://", TrustingAdapter())
        self._host = urlsplit(url)
        self.retry_after: str | None = None

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        target = urlunsplit(urlsplit(url)._replace(scheme=self._host.scheme, netloc=self._host.netloc))
        # Never a redirect: it would take the token to another host.
        response = super().request(method, target, params, data, headers, auth, timeout, False)
        self.retry_after = (response.headers or {}).get("Retry-After")
        return response

    def close(self) -> None:
        if self.session is not None:
            self.session.close()


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """An account, and how to reach it.

    Attributes:
        sid: The account's name.
        token: Its secret.
        timeout: Seconds for connecting and again for the answer; all of it less than a step may take.
        now: The real clock.
        url: Address of the API.
        listed_within: How long the list may lag behind.
    """

    sid: str = field(repr=False)
    token: str = field(repr=False)
    timeout: float
    now: Callable[[], datetime]
    url: str
    listed_within: timedelta = LISTED_WITHIN
    threads: ThreadPoolExecutor = field(default_factory=lambda: provider_threads("twilio"), repr=False)

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            ValueError: it is not https.
        """
        object.__setattr__(self, "url", checked_url(self.url))

    async def create(self, work: Callable[[Any], str | None]) -> Sent:
        """Do one call that creates something, once.

        Args:
            work: Given the vendor's client, makes the call and returns the name of what was created.

        Raises:
            NotTaken: certainly not created, may be tried again.
            Refused: certainly not created, and it never will be.
            OutcomeUnknown: perhaps created.
        """
        outcome = await in_silence(self.threads, lambda: self._create(work))
        if isinstance(outcome, SendFailure):
            raise outcome
        return outcome

    async def told(self, lookup: ToldLookup | None, key: str) -> Found | None:
        """What Twilio's callbacks show to have been taken under a send key; None when they show nothing."""
        if lookup is None:
            return None
        sid = await in_silence(self.threads, lambda: lookup(opaque_key(key)))
        return None if sid is None else Found(sid)

    async def look_up(self, sought: Sought, work: Callable[[Any], list[Listed]]) -> Finding:
        """Find what was sent in a list.

        Args:
            sought: What was handed over.
            work: Given the vendor's client, reads all records to that number, at most `LISTED_AT_MOST`.
        """
        listed = await in_silence(self.threads, lambda: self._list(work))
        if isinstance(listed, CannotTell):
            return listed
        until = sought.at + self.listed_within
        unexplained = [
            record
            for record in listed
            if sought.at - _CLOCKS_DIFFER <= record.created <= until and record.sid not in sought.of_others
        ]
        for record in unexplained:
            if record.same:
                return Found(record.sid)
        if self.now() < until:
            return CannotTell("twilio: not listed yet")
        if len(listed) >= LISTED_AT_MOST:
            return CannotTell("twilio: the list is too long to be sure")
        if unexplained:
            # Twilio may have changed or hidden the text: that it is another message would be a guess.
            return CannotTell("twilio: something else went to that number, which no send key explains")
        return NotThere()

    def _create(self, work: Callable[[Any], str | None]) -> Sent | SendFailure:
        http = _HttpClient(self.url, self.timeout)
        try:
            sid = work(Client(self.sid, self.token, http_client=http))
        except (TwilioRestException, TwilioServiceException) as error:
            return _failure(error.status, error.code, retry_after(http.retry_after, self.now()))
        except requests.RequestException as error:
            if _never_written(error):
                return NotTaken(f"twilio: no connection ({type(error).__name__})")
            return OutcomeUnknown(f"twilio: no answer ({type(error).__name__})")
        except Exception as error:
            # Whatever it was, it came after the request was begun.
            return OutcomeUnknown(f"twilio: answer not understood ({type(error).__name__})")
        finally:
            http.close()
        return Sent(sid) if sid else OutcomeUnknown("twilio: answer without a name")

    def _list(self, work: Callable[[Any], list[Listed]]) -> list[Listed] | CannotTell:
        http = _HttpClient(self.url, self.timeout)
        try:
            return work(Client(self.sid, self.token, http_client=http))
        except Exception as error:
            # Nothing that goes wrong in reading a list says anything about the message.
            return CannotTell(f"twilio: the list can't be read ({type(error).__name__})")
        finally:
            http.close()


def _failure(status: int, code: int | None, wait: timedelta | None) -> SendFailure:
    """The outcome that an error of the API means."""
    code = code or status
    if code in (20429, 20503) or status == 429:
        return NotTaken(f"twilio {code}: {RETRY.get(code, RETRY[20429])[0]}", wait)
    if status >= 500:
        # Also 20500: Twilio says that a repeated request may then reach the receiver twice.
        return OutcomeUnknown(f"twilio {code}, status {status}")
    if code in RETRY:
        text, least = RETRY[code]
        return NotTaken(f"twilio {code}: {text}", wait or least)
    if code in NEVER:
        return Refused(f"twilio {code}: {NEVER[code]}", blocked_by(code))
    if code in OPERATOR:
        return NotTaken(f"twilio {code}: {OPERATOR[code]}", ASK_OPERATOR, stops=True)
    if status in (401, 403, 404) or status < 400:
        return NotTaken(f"twilio {code}: check account, token and address", ASK_OPERATOR)
    if status == 408:
        return NotTaken(f"twilio {code}: the request did not arrive whole", wait)
    return Refused(f"twilio {code}, status {status}")


def _never_written(error: BaseException) -> bool:
    """Whether there was no connection, or no request to write; anything less certain is False."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return True
    if not isinstance(error, requests.ConnectionError) or not error.args:
        return False
    reason = getattr(error.args[0], "reason", error.args[0])
    if isinstance(reason, urllib3.exceptions.ProxyError):
        reason = reason.original_error
    if isinstance(reason, urllib3.exceptions.SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))


def created(moment: object) -> datetime:
    """The aware moment of a record.

    Raises:
        ValueError: it has none, so that nobody can say what it belongs to.
    """
    if not isinstance(moment, datetime):
        raise ValueError("a record without its moment of creation")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def receiver_and_text(message: Outgoing, channel: Channel) -> tuple[str, str]:
    """The number and the text of a message for a channel.

    Raises:
        Refused: it is for another channel, or Twilio could do nothing with it.
    """
    if message.channel != channel or message.media_type != "text/plain":
        raise Refused(f"twilio: nothing for {channel} but {message.media_type} for {message.channel}")
    to = international(message.to)
    if to is None:
        raise Refused("twilio: the number does not begin with + and a country")
    if (why := why_unusable(to)) is not None:
        raise Refused(f"twilio: the number is {why}, and was not used")
    try:
        text = message.content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text.strip():
        raise Refused("twilio: the stored message is no text")
    return to, text


def time_left(hours: SendingCalendar, now: datetime) -> timedelta:
    """Time until nobody may be disturbed any more today; at least a minute.

    Raises:
        NotTaken: it is night, or will be within a minute; says how long.
    """
    day = hours.local_date(now)
    closing = hours.moment(day, hours.closes) if hours.closes else hours.day_start(day + timedelta(days=1))
    left = closing - now
    if hours.fit(now) == now and left >= _LEAST:
        return left
    # In the last minute the moment itself would still fit.
    opening = hours.fit(max(now, closing) if left < _LEAST else now)
    raise NotTaken("outside the hours in which people may be disturbed", opening - now)
