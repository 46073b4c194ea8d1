"""`POST /webhooks/twilio/message` and `…/voice`: what became of text messages and calls that we handed over.

The hash of the send key stands in the query of the URL that Twilio was asked to call, which it signs. A status, what it
means for the cases of its message, and for the number, are stored in one transaction before the request is answered:
so it may come again, late, and in any order. Neither the number nor the rest of what is posted is kept.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.webhooks.bodies import body_of
from casefile.case_file import CaseFile, Transaction
from casefile.channel_stops import stop_channel
from casefile.mail_events import served_by
from casefile.phone_events import PhoneReport, keep_phone_report, keys_with_code
from casefile.telling import accept_once
from gateways.twilio.callbacks import FILTERED, OVERRIDES, PATHS, Callback, Meaning, Told, meaning_of, read_callback
from gateways.twilio.signature import Form, TwilioSignature, read_form

__all__ = ["LARGEST_BODY", "MANY_FILTERED", "twilio_callbacks"]

LARGEST_BODY = 64 * 1024
"""Bytes of a request; Twilio's have about one kB."""

MANY_FILTERED = 3
"""So many texts that carriers filter within a day are no longer about a text or a number, but about our sender."""
_FILTERED_WITHIN = timedelta(days=1)

_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Stored:
    """What was stored.

    Attributes:
        known: Whether it was of a message of ours.
        told: Cases that have something waiting now.
    """

    known: bool
    told: tuple[str, ...] = ()


def twilio_callbacks(
    signature: TwilioSignature,
    public_url: str,
    file: CaseFile,
    ring: Callable[[str], None],
    now: Callable[[], datetime],
) -> APIRouter:
    """The routes.

    Args:
        signature: Says whether a request is Twilio's.
        public_url: Under which URL Twilio was asked to call us.
        file: The case file.
        ring: Told of each case that has something waiting.
        now: The real clock.
    """
    router = APIRouter()
    log = structlog.get_logger("maanwerk.api")

    def refused(status: int, reason: str) -> Response:
        log.warning("twilio_callback_refused", status=status, reason=reason)
        return Response(reason + "\n", status, media_type="text/plain")

    async def receive(channel: Told, request: Request) -> Response:
        body = await body_of(request, LARGEST_BODY)
        if body is None:
            return refused(413, f"the body is larger than {LARGEST_BODY} bytes")
        try:
            form = read_form(body)
        except ValueError:
            # What is no form was not signed as one.
            return refused(401, "the signature is not Twilio's")
        if not _signed(signature, public_url + PATHS[channel], request, form):
            return refused(401, "the signature is not Twilio's")
        key, callback = request.query_params.get("k", ""), read_callback(channel, form)
        if callback is None or not _KEY.fullmatch(key):
            # Twilio's, and nothing that we can use: brought again it would be no better.
            log.info("twilio_callback_not_ours", channel=channel)
            return Response(status_code=204)
        try:
            stored = await asyncio.to_thread(_store, file, channel, key, callback, now())
        except SQLAlchemyError as problem:
            log.warning("twilio_callback_failed", reason=type(problem).__name__)
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        for case_id in stored.told:
            ring(case_id)
        log.info("twilio_callback", channel=channel, status=callback.status, code=callback.code, known=stored.known)
        return Response(status_code=204)

    @router.post(PATHS["sms"])
    async def message(request: Request) -> Response:
        """Store what became of a text message, tell its cases, answer 204."""
        return await receive("sms", request)

    @router.post(PATHS["call"])
    async def voice(request: Request) -> Response:
        """Store what became of a call, tell its cases, answer 204."""
        return await receive("call", request)

    return router


def _signed(signature: TwilioSignature, url: str, request: Request, form: Form) -> bool:
    query = request.scope.get("query_string", b"").decode("latin-1")
    called = f"{url}?{query}" if query else url
    given = request.headers.get("X-Twilio-Signature")
    # Whether what stands behind # is signed, Twilio does not say.
    return signature.signs(called, form, given) or signature.signs(called + OVERRIDES, form, given)


def _store(file: CaseFile, channel: Told, key: str, callback: Callback, at: datetime) -> _Stored:
    """Store a status and all that follows from it."""
    report = PhoneReport(
        key, channel, callback.sid, callback.status, callback.rank, callback.code, callback.answered_by, at
    )
    served = served_by(file, key)
    # The cases of a message are of one debtor, so the lock of one covers them all.
    with file.write(served.case_ids[0] if served and served.case_ids else key) as transaction:
        stands = keep_phone_report(transaction.session, report)
        if served is None:
            return _Stored(known=False)
        meaning = meaning_of(stands.channel, stands.status, stands.code, stands.answered_by)
        if meaning is None:
            return _Stored(known=True)
        _about_the_number(transaction, served.key, stands, meaning, at)
        if meaning.stops or (stands.code == FILTERED and _many_filtered(transaction, at)):
            stop_channel(transaction.session, channel, meaning.reason, f"twilio:{stands.id}", at, at)
        content = _content(served.key, stands, meaning)
        for case_id in served.case_ids:
            accept_once(transaction, case_id, "delivery_reported", content, at)
        return _Stored(known=True, told=served.case_ids)


def _many_filtered(transaction: Transaction, at: datetime) -> bool:
    return keys_with_code(transaction.session, FILTERED, at - _FILTERED_WITHIN) >= MANY_FILTERED


def _content(key: str, stands: PhoneReport, meaning: Meaning) -> dict[str, object]:
    content: dict[str, object] = {"id": f"twilio:{stands.id}", "key": key, "status": meaning.status}
    return {**content, "reason": meaning.reason} if meaning.reason else content


def _about_the_number(transaction: Transaction, key: str, stands: PhoneReport, meaning: Meaning, at: datetime) -> None:
    delivery = transaction.deliveries.delivery(key)
    if delivery is None:
        return
    for channel in meaning.blocks:
        transaction.blocked.block(channel, delivery.recipient, meaning.reason, at, f"twilio:{stands.id}")
