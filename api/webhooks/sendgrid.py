"""`POST /webhooks/sendgrid`: what SendGrid's event webhook says of the mails we handed over.

Each event is stored before the request is answered, under its own id, so that it may come again and in any order. Of an
event only its id, the hashed send key, its kind, SendGrid's name for the mail and its moment are kept: the address
of the receiver and what other servers said of it are not.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.webhooks.kept_together import KeptTogether
from casefile.case_file import CaseFile
from casefile.mail_events import MailReport, served_by
from gateways.sendgrid.signature import SendgridSignature

__all__ = ["LARGEST_BODY", "STALE_AFTER", "Tell", "read_events", "sendgrid_events"]

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
_LAST_SECOND = 253_402_300_799  # 9999-12-31


class Tell(Protocol):
    """Makes a message to a case durable, then delivers it, as `engine.dispatcher.Dispatcher.tell` does."""

    def __call__(self, case_id: str, name: str, content: Mapping[str, object], delivery: str) -> Awaitable[object]:
        """Tell a case."""
        ...


def read_events(body: bytes) -> tuple[tuple[MailReport, ...], int]:
    """Read the events of a request.

    Returns:
        The events of mails with a send key, and how many others there were: mails that are not ours, and changes of
        the account.

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
    return reports, len(events) - len(reports)


def _report(event: Mapping[str, object]) -> MailReport | None:
    own, key = _text(event, "sg_event_id", _ID), _text(event, "send_key", _KEY)
    kind, at = _text(event, "event", _KIND), event.get("timestamp")
    if own is None or key is None or kind is None or type(at) is not int or not 0 <= at <= _LAST_SECOND:
        return None
    if kind == "bounce" and event.get("type") == "blocked":
        kind = "blocked"
    named = event.get("sg_message_id")
    reference = named.split(".", 1)[0] if isinstance(named, str) else ""
    return MailReport(
        id=own,
        key=key,
        kind=kind,
        # It is of a mail that was taken, with or without a name of its own.
        reference=reference if _REFERENCE.fullmatch(reference) else key,
        at=datetime.fromtimestamp(at, UTC),
    )


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
    together = KeptTogether(file)

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
            reports, others = read_events(body)
        except ValueError as problem:
            return refused(400, str(problem))
        try:
            await together.keep(reports)
            # Also of an event that is known: the process may have died before it told the case.
            told = [await _tell(file, report, tell) for report in reports if report.kind in _BOUNCED]
        except SQLAlchemyError as problem:
            log.warning("sendgrid_events_failed", reason=type(problem).__name__)
            # SendGrid brings them again.
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        log.info("sendgrid_events", kept=len(reports), cases_told=sum(told), not_ours=others)
        return Response(status_code=204)

    return router


async def _tell(file: CaseFile, report: MailReport, tell: Tell) -> int:
    """Tell the cases of a mail that it did not arrive; how many they are."""
    served = await asyncio.to_thread(served_by, file, report.key)
    if served is None:
        return 0
    content = {"id": f"sendgrid:{report.id}", "key": served.key, "status": "bounced"}
    for case_id in served.case_ids:
        await tell(case_id, "delivery_reported", content, f"sendgrid:{report.id}")
    return len(served.case_ids)


async def _body(request: Request) -> bytes | None:
    """The body, None when it is too large; of that no more is read than the limit."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
