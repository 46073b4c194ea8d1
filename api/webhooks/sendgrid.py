"""`POST /webhooks/sendgrid`: what SendGrid's event webhook says of the mails we handed over.

Each event is stored before the request is answered, under its own id, so that it may come again and in any order. Of an
event only its id, the hashed send key, its kind, SendGrid's name for the mail and its moment are kept: the address
of the receiver and what other servers said of it are not.

Another server may send a mail back long after it took it, and then nothing of ours is in the event: such a bounce finds
its message by SendGrid's name for the mail, else by address and time; or people are asked (`casefile.stray_bounces`).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.webhooks.kept_together import KeptTogether
from casefile.case_file import CaseFile
from casefile.mail_events import MailReport, Served, keep_reports, served_by
from casefile.stray_bounces import StrayBounce, cases_written_to, served_by_name_or_time
from gateways.sendgrid.signature import SendgridSignature

__all__ = ["LARGEST_BODY", "STALE_AFTER", "Events", "Tell", "read_events", "sendgrid_events"]

LARGEST_BODY = 1_000_000
"""Bytes of a request; SendGrid's batches are a fraction of it."""
STALE_AFTER = timedelta(minutes=10)
"""How far the moment of a signature may lie from ours."""

_BOUNCED = frozenset({"bounce", "blocked", "dropped"})
"""Kinds after which the mail does not arrive."""
_ID = re.compile(r"[A-Za-z0-9_.+/=\-]{1,150}")
_KEY = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z_]{1,32}")
_REFERENCE = re.compile(r"[A-Za-z0-9_\-]{1,200}")
_ADDRESS = re.compile(r"[^\s@<>]{1,200}@[^\s@<>]{1,200}")
_LAST_SECOND = 253_402_300_799  # 9999-12-31


class Tell(Protocol):
    """Makes a message to a case durable, then delivers it, as `engine.dispatcher.Dispatcher.tell` does."""

    def __call__(self, case_id: str, name: str, content: Mapping[str, object], delivery: str) -> Awaitable[object]:
        """Tell a case."""
        ...


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a request.

    Attributes:
        reports: Those of mails with a send key.
        strays: Those that say that a mail came back, without a send key.
        others: How many more there were: mails that are not ours, and changes of the account.
    """

    reports: tuple[MailReport, ...]
    strays: tuple[StrayBounce, ...]
    others: int


def read_events(body: bytes) -> Events:
    """Read the events of a request.

    Raises:
        ValueError: the body is no JSON list of objects; the text does not quote it.
    """
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the body is no JSON") from None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ValueError("the body is no list of events")
    reports = tuple(report for report in map(_report, events) if report is not None)
    strays = tuple(stray for stray in map(_stray, events) if stray is not None)
    return Events(reports, strays, len(events) - len(reports) - len(strays))


def _report(event: Mapping[str, object]) -> MailReport | None:
    own, key = _text(event, "sg_event_id", _ID), _text(event, "send_key", _KEY)
    kind, at = _kind(event), _moment(event)
    if own is None or key is None or kind is None or at is None:
        return None
    # It is of a mail that was taken, with or without a name of its own.
    return MailReport(id=own, key=key, kind=kind, reference=_reference(event) or key, at=at)


def _stray(event: Mapping[str, object]) -> StrayBounce | None:
    """A mail that came back, told without our send key."""
    kind, at, address = _kind(event), _moment(event), _text(event, "email", _ADDRESS)
    if event.get("send_key") or kind not in _BOUNCED or at is None or address is None:
        return None
    # What SendGrid gives no id has one by what it says: brought again it is the same.
    said = json.dumps(event, sort_keys=True).encode("utf-8", "surrogatepass")
    own = _text(event, "sg_event_id", _ID) or sha256(said).hexdigest()
    return StrayBounce(id=own, address=address, reference=_reference(event), at=at)


def _kind(event: Mapping[str, object]) -> str | None:
    kind = _text(event, "event", _KIND)
    return "blocked" if kind == "bounce" and event.get("type") == "blocked" else kind


def _moment(event: Mapping[str, object]) -> datetime | None:
    at = event.get("timestamp")
    return datetime.fromtimestamp(at, UTC) if type(at) is int and 0 <= at <= _LAST_SECOND else None


def _reference(event: Mapping[str, object]) -> str | None:
    """SendGrid's name for the mail."""
    named = event.get("sg_message_id")
    reference = named.split(".", 1)[0] if isinstance(named, str) else ""
    return reference if _REFERENCE.fullmatch(reference) else None


def _text(event: Mapping[str, object], field: str, form: re.Pattern[str]) -> str | None:
    value = event.get(field)
    return value if isinstance(value, str) and form.fullmatch(value) else None


def sendgrid_events(signature: SendgridSignature, file: CaseFile, tell: Tell, now: Callable[[], datetime]) -> APIRouter:
    """The route.

    Args:
        signature: Says whether a request is SendGrid's.
        file: The case file.
        tell: Tells a case.
        now: The real clock.
    """
    router = APIRouter()
    log = structlog.get_logger("maanwerk.api")
    together = KeptTogether(file, keep_reports)

    def refused(status: int, reason: str) -> Response:
        log.warning("sendgrid_events_refused", status=status, reason=reason)
        return Response(reason + "\n", status, media_type="text/plain")

    @router.post("/webhooks/sendgrid")
    async def receive(request: Request) -> Response:
        """Store the events, tell the cases of those that did not arrive, answer 204."""
        body = await _body(request)
        if body is None:
            return refused(413, f"the body is larger than {LARGEST_BODY} bytes")
        headers = request.headers
        signed_at = signature.signed_at(
            body,
            headers.get("X-Twilio-Email-Event-Webhook-Signature"),
            headers.get("X-Twilio-Email-Event-Webhook-Timestamp"),
        )
        if signed_at is None:
            return refused(403, "the signature is not SendGrid's")
        if abs(now() - signed_at) > STALE_AFTER:
            return refused(403, "the signature is too old, or the clock of this machine is wrong")
        try:
            events = read_events(body)
        except ValueError as problem:
            return refused(400, str(problem))
        try:
            await together.keep(events.reports)
            # Also of an event that is known: the process may have died before it told the case.
            told = [await _tell(file, report, tell) for report in events.reports if report.kind in _BOUNCED]
            found = [await _tell_of_stray(file, stray, tell) for stray in events.strays]
        except SQLAlchemyError as problem:
            log.warning("sendgrid_events_failed", reason=type(problem).__name__)
            # SendGrid brings them again.
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        not_ours = events.others + found.count(0)
        log.info("sendgrid_events", kept=len(events.reports), cases_told=sum(told) + sum(found), not_ours=not_ours)
        return Response(status_code=204)

    return router


async def _tell(file: CaseFile, report: MailReport, tell: Tell) -> int:
    """Tell the cases of a mail that it did not arrive; how many they are."""
    served = await asyncio.to_thread(served_by, file, report.key)
    return 0 if served is None else await _tell_bounced(served, report.id, tell)


async def _tell_bounced(served: Served, event_id: str, tell: Tell) -> int:
    content = {"id": f"sendgrid:{event_id}", "key": served.key, "status": "bounced"}
    for case_id in served.case_ids:
        await tell(case_id, "delivery_reported", content, f"sendgrid:{event_id}")
    return len(served.case_ids)


async def _tell_of_stray(file: CaseFile, stray: StrayBounce, tell: Tell) -> int:
    """Tell the cases of the mail that it must be; where that can't be said, ask people to mend the contact.

    Returns:
        How many cases were told; 0 for an address that we never wrote to.
    """
    served = await asyncio.to_thread(served_by_name_or_time, file, stray)
    if served is not None:
        return await _tell_bounced(served, stray.id, tell)
    written_to = await asyncio.to_thread(cases_written_to, file, stray.address)
    content = {"id": f"sendgrid:{stray.id}", "task": "fix_contact"}
    for case_id in written_to:
        await tell(case_id, "raise_task", content, f"sendgrid:{stray.id}")
    return len(written_to)


async def _body(request: Request) -> bytes | None:
    """The body, None when it is too large; of that no more is read than the limit."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
