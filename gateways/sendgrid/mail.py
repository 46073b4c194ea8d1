"""E-mail through SendGrid (v3 Mail Send), by the vendor's own library.

What is sent is what is stored: sender, receiver, subject, both bodies and the attachments are taken from the
composed message, and SendGrid is told to add nothing (no tracking, no footer). Of the case it learns a hash of
the send key, which comes back with every event.

SendGrid has no list to look a mail up in: only its events can say that it took one, and nothing can say that it
did not. So `find` never answers that a mail is not there.
"""

from __future__ import annotations

import base64
import email
import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import default as modern
from typing import Any

from python_http_client.client import Client as _VendorClient
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from domain.file_names import distinct_filenames, safe_filename
from gateways.provider_call import ASK_OPERATOR, checked_url, in_silence, opaque_key, provider_threads, retry_after
from gateways.trust_store import trust_store_of_the_system
from services.ports import (
    CannotTell,
    Finding,
    Found,
    NotTaken,
    OutcomeUnknown,
    Outgoing,
    Refused,
    SendFailure,
    Sent,
)

__all__ = ["EVENTS_WITHIN", "EventLookup", "MailEvent", "SendgridMail"]

EVENTS_WITHIN = timedelta(hours=6)
"""How long an event may take; after that none is expected any more."""

_OPERATOR = frozenset({401, 403, 404, 405})
"""Key, permission, sender identity or address of the API: nothing is wrong with the message."""
_FIELD = re.compile(r"[a-z0-9_.\[\]]{1,80}")
_REFERENCE = re.compile(r"[A-Za-z0-9_.\-]{1,200}")


@dataclass(frozen=True, slots=True)
class MailEvent:
    """What SendGrid's event webhook said of a mail.

    Attributes:
        status: Such as `processed`, `delivered`, `bounce`.
        reference: SendGrid's own name for the mail: what stands before the first dot of `sg_message_id`.
    """

    status: str
    reference: str


EventLookup = Callable[[str], MailEvent | None]
"""Gives the last event with a hashed send key (`opaque_key`), None when there was none; called in a thread."""


class _NeverConnected(OSError):
    """There was no connection, so no part of the request was written."""


class _HttpConnection(http.client.HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise _NeverConnected(type(error).__name__) from None


class _HttpsConnection(http.client.HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise _NeverConnected(type(error).__name__) from None


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HttpConnection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HttpsConnection, req, context=trust_store_of_the_system())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would take the key to another host, and turn the request into one for a page."""

    def redirect_request(self, *_: object) -> None:
        return None


class _Client(_VendorClient):  # type: ignore[misc]  # the library has no types
    """The vendor's client, which besides tells whether a connection was made, and follows no redirects."""

    def _build_client(self, name: str | None = None) -> _Client:
        return _Client(
            host=self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=[*self._url_path, name] if name else self._url_path,
            append_slash=self.append_slash,
            timeout=self.timeout,
        )

    def _make_request(self, opener: object, request: urllib.request.Request, timeout: float | None = None) -> Any:
        return super()._make_request(urllib.request.build_opener(_Http, _Https, _NoRedirects), request, timeout)


class SendgridMail:
    """The gateway for e-mail through SendGrid.

    Args:
        api_key: A key that may send mail.
        timeout: Seconds for connecting and again for the answer; all of it less than a step may take.
        now: The real clock.
        url: Address of the API; that of the EU is another one.
        events: What the event webhook has told so far; without it nothing can be found.
    """

    def __init__(
        self,
        api_key: str,
        *,
        timeout: float,
        now: Callable[[], datetime],
        url: str,
        events: EventLookup | None = None,
    ) -> None:
        """Keep the settings; no connection is made yet.

        Raises:
            ValueError: the address is not https.
        """
        self._api_key = api_key
        self._timeout = timeout
        self._now = now
        self._url = checked_url(url)
        self._events = events
        self._threads = provider_threads("sendgrid")

    async def send(self, message: Outgoing) -> Sent:
        """Hand the mail over; SendGrid's message id is the reference.

        Raises:
            NotTaken: no connection, too many requests, or something that only the operator can mend.
            Refused: SendGrid rejects the mail as it is, or it is no mail.
            OutcomeUnknown: no answer, or one of 5xx: it may have been taken.
        """
        if message.channel != "email" or message.media_type != "message/rfc822":
            raise Refused(f"sendgrid: no e-mail but {message.channel}, {message.media_type}")
        request = _request(message.content, opaque_key(message.key))
        if request is None:
            raise Refused("sendgrid: the stored message is not one mail with a text, a sender and a receiver")
        outcome = await in_silence(self._threads, lambda: self._post(request, message.key))
        if isinstance(outcome, SendFailure):
            raise outcome
        return outcome

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask the events; any event of a mail shows that it was taken, none shows that it was not."""
        events = self._events
        if events is not None:
            event = await in_silence(self._threads, lambda: events(opaque_key(key)))
            if event is not None:
                return Found(event.reference)
        if self._now() - since < EVENTS_WITHIN:
            return CannotTell("sendgrid: no event yet")
        return CannotTell(f"sendgrid: no event within {EVENTS_WITHIN.total_seconds() / 3600:.0f} hours")

    def _post(self, request: dict[str, object], key: str) -> Sent | SendFailure:
        """Post once. Failures are returned, so that none carries the library's own words along."""
        vendor = SendGridAPIClient(self._api_key, host=self._url)
        # One client per call: the library's has state that threads would share.
        vendor.client = _Client(
            host=self._url, request_headers=vendor.client.request_headers, version=3, timeout=self._timeout
        )
        try:
            answer = vendor.send(request)
        except HTTPError as error:
            return self._failure(error.status_code, error.headers, error.body)
        except urllib.error.URLError as error:
            if isinstance(error.reason, _NeverConnected):
                return NotTaken(f"sendgrid: no connection ({error.reason})")
            return OutcomeUnknown(f"sendgrid: broke off ({type(error.reason).__name__})")
        except Exception as error:
            # Whatever it was, it came after the request was begun.
            return OutcomeUnknown(f"sendgrid: no answer ({type(error).__name__})")
        if answer.status_code != 202:
            return OutcomeUnknown(f"sendgrid: {answer.status_code} instead of 202")
        reference = answer.headers.get("X-Message-Id") or ""
        # It is taken, with or without a name of its own.
        return Sent(reference if _REFERENCE.fullmatch(reference) else opaque_key(key))

    def _failure(self, status: int, headers: Any, body: bytes) -> SendFailure:
        """The outcome that an answer means (integrations: clear 4xx is not sent, 5xx is unknown)."""
        if status == 429:
            return NotTaken("sendgrid 429: too many requests", self._pause(headers))
        if status == 408:
            return NotTaken("sendgrid 408: the request did not arrive whole")
        if status >= 500:
            return OutcomeUnknown(f"sendgrid {status}")
        if status in _OPERATOR or status < 400:
            return NotTaken(f"sendgrid {status}: check key, permissions, sender and address of the API", ASK_OPERATOR)
        fields = _fields(body)
        return Refused(f"sendgrid {status}: {', '.join(fields)}" if fields else f"sendgrid {status}")

    def _pause(self, headers: Any) -> timedelta | None:
        now = self._now()
        named = retry_after(headers.get("Retry-After"), now)
        reset = str(headers.get("X-RateLimit-Reset") or "")
        if named is not None or not re.fullmatch(r"[0-9]{1,11}", reset):
            return named
        return min(max(datetime.fromtimestamp(int(reset), UTC) - now, timedelta(0)), timedelta(days=1))


def _request(eml: bytes, opaque: str) -> dict[str, object] | None:
    """The request for a composed mail; None when the bytes are not one.

    Not by the library's mail classes: they refuse any text that looks like a key of theirs, such as the invoice
    number SG.2026.17, and put custom arguments where the vendor's specification has a string.
    """
    message = email.message_from_bytes(eml, policy=modern)
    if not isinstance(message, EmailMessage):
        return None
    sender, to = _addresses(message, "From"), _addresses(message, "To")
    bodies = [(form, message.get_body((form,))) for form in ("plain", "html")]
    content = [{"type": f"text/{form}", "value": part.get_content()} for form, part in bodies if part is not None]
    if len(sender) != 1 or len(to) != 1 or not content or not message["Subject"]:
        return None
    origin = {"email": sender[0].addr_spec}
    if sender[0].display_name:
        origin["name"] = sender[0].display_name
    request: dict[str, object] = {
        "from": origin,
        # Here and not at the top, where the specification wants a string.
        "personalizations": [{"to": [{"email": to[0].addr_spec}], "custom_args": {"send_key": opaque}}],
        "subject": str(message["Subject"]),
        "content": content,
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
        "mail_settings": {"footer": {"enable": False}},
    }
    reply_to = _addresses(message, "Reply-To")
    if len(reply_to) == 1:
        request["reply_to"] = {"email": reply_to[0].addr_spec}
    if message["Auto-Submitted"]:
        request["headers"] = {"Auto-Submitted": str(message["Auto-Submitted"])}
    parts = [part for part in message.iter_attachments() if isinstance(part, MIMEPart)]
    names = distinct_filenames(safe_filename(part.get_filename() or "", otherwise="attachment") for part in parts)
    attachments = [_attachment(part, name) for part, name in zip(parts, names, strict=True)]
    if attachments:
        request["attachments"] = attachments
    return request


def _addresses(message: EmailMessage, name: str) -> tuple[Address, ...]:
    header = message[name]
    return tuple(getattr(header, "addresses", ()))


def _attachment(part: MIMEPart, name: str) -> dict[str, str]:
    content = part.get_payload(decode=True)
    return {
        "content": base64.b64encode(content if isinstance(content, bytes) else b"").decode("ascii"),
        "type": part.get_content_type(),
        "filename": name,
        "disposition": "attachment",
    }


def _fields(body: bytes) -> list[str]:
    """Names of the fields that SendGrid complains of; its sentences may quote an address."""
    try:
        errors = json.loads(body)["errors"]
        names = [str(error.get("field")) for error in errors if error.get("field")]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
    return [name for name in names if _FIELD.fullmatch(name)][:5]
