"""`POST /webhooks/sendgrid`: what SendGrid's event webhook says of the mails we handed over.

Each event is stored before the request is answered, under its own id, so that it may come again and in any order. Of an
event only its id, the hashed send key, its kind, SendGrid's name for the mail and its moment are kept: the address
of the receiver and what other servers said of it are not.

An event may come again under another id: what is told to cases has the id of what makes it the same, which is
SendGrid's name for the mail, kind, moment and address.

That our sender is set up wrong (5.7.26, 5.7.515, 5.7.9) says nothing of the address: the channel stands still until a
person lets it go on. Who reports our mail as spam gets none any more.

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

from api.webhooks.bodies import body_of
from api.webhooks.kept_together import KeptTogether
from casefile.case_file import CaseFile
from casefile.channel_stops import stop_channel
from casefile.mail_events import MailReport, Served, keep_reports, served_by
from casefile.stray_bounces import StrayBounce, cases_written_to, served_by_name_or_time
from gateways.sendgrid.signature import SendgridSignature
from gateways.sendgrid.told import UNWANTED, sender_refused, suspended

__all__ = ["LARGEST_BODY", "STALE_AFTER", "Event", "Events", "Tell", "read_events", "sendgrid_events"]

LARGEST_BODY = 1_000_000
"""Bytes of a request; SendGrid's batches are a fraction of it."""
STALE_AFTER = timedelta(minutes=10)
"""How far the moment of a signature may lie from ours."""

_BOUNCED = frozenset({"bounce", "blocked", "dropped"})
"""Kinds after which the mail does not arrive."""
_WANTED_AGAIN = "group_resubscribe"
_SENDER_REFUSED = re.compile(r"(?<![0-9.])5\.7\.(?:26|515|9)(?![0-9.]*[0-9])")
"""Neither SPF nor DKIM passes, a large sender without DMARC, no authentication: what big receivers say of a sender."""
_SUSPENDED = ("compliance_suspend", "compliance_deactivate", "compliance_ban")
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
class Event:
    """An event of a mail with a send key.

    Attributes:
        report: What is stored of it.
        told_as: Under which id cases are told.
        refused: The code that says that our sender is set up wrong, if it does.
    """

    report: MailReport
    told_as: str
    refused: str | None


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a request.

    Attributes:
        events: Those of mails with a send key.
        strays: Those that say that a mail came back, without a send key.
        others: How many more there were: mails that are not ours, and changes of the account.
        suspended: Ids and moments of those that say that the account may send no more.
    """

    events: tuple[Event, ...]
    strays: tuple[StrayBounce, ...]
    others: int
    suspended: tuple[tuple[str, datetime], ...] = ()

    @property
    def reports(self) -> tuple[MailReport, ...]:
        """What is stored of them."""
        return tuple(event.report for event in self.events)


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
    ours = tuple(one for one in map(_event, events) if one is not None)
    strays = tuple(stray for stray in map(_stray, events) if stray is not None)
    suspended = tuple(one for one in map(_suspension, events) if one is not None)
    return Events(ours, strays, len(events) - len(ours) - len(strays), suspended)


def _event(event: Mapping[str, object]) -> Event | None:
    own, key = _text(event, "sg_event_id", _ID), _text(event, "send_key", _KEY)
    kind, at = _kind(event), _moment(event)
    if own is None or key is None or kind is None or at is None:
        return None
    # It is of a mail that was taken, with or without a name of its own.
    report = MailReport(id=own, key=key, kind=kind, reference=_reference(event) or key, at=at)
    return Event(report, _same(event) or own, _sender_refused(event))


def _same(event: Mapping[str, object]) -> str | None:
    """What makes an event the same under another id; None where SendGrid does not say enough."""
    said = [event.get(field) for field in ("sg_message_id", "event", "timestamp", "email")]
    if not all(said):
        return None
    return sha256(json.dumps(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _sender_refused(event: Mapping[str, object]) -> str | None:
    if event.get("event") not in _BOUNCED:
        return None
    said = " ".join(str(event.get(field) or "") for field in ("status", "reason", "response"))
    found = _SENDER_REFUSED.search(said[:2000])
    return found[0] if found else None


def _suspension(event: Mapping[str, object]) -> tuple[str, datetime] | None:
    at = _moment(event)
    kind = event.get("type")
    if event.get("event") != "account_status_change" or at is None or kind not in _SUSPENDED:
        return None
    return f"sendgrid:{kind}:{int(at.timestamp())}", at


def _stray(event: Mapping[str, object]) -> StrayBounce | None:
    """A mail that came back, told without our send key."""
    kind, at, address = _kind(event), _moment(event), _text(event, "email", _ADDRESS)
    if event.get("send_key") or kind not in _BOUNCED or at is None or address is None:
        return None
    # What SendGrid gives no id has one by what it says: brought again it is the same.
    said = json.dumps(event, sort_keys=True).encode("utf-8", "surrogatepass")
    own = _same(event) or _text(event, "sg_event_id", _ID) or sha256(said).hexdigest()
    return StrayBounce(id=own, address=address, reference=_reference(event), at=at, refused=_sender_refused(event))


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
    telling = _Telling(file, tell, now)

    def refused(status: int, reason: str) -> Response:
        log.warning("sendgrid_events_refused", status=status, reason=reason)
        return Response(reason + "\n", status, media_type="text/plain")

    @router.post("/webhooks/sendgrid")
    async def receive(request: Request) -> Response:
        """Store the events, tell the cases of those that did not arrive, answer 204."""
        body = await body_of(request, LARGEST_BODY)
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
            told = [await telling.of_event(event) for event in events.events]
            found = [await telling.of_stray(stray) for stray in events.strays]
            for own, at in events.suspended:
                await telling.stop(suspended(own.split(":")[1]), own, at)
        except SQLAlchemyError as problem:
            log.warning("sendgrid_events_failed", reason=type(problem).__name__)
            # SendGrid brings them again.
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        not_ours = events.others + found.count(0)
        log.info("sendgrid_events", kept=len(events.reports), cases_told=sum(told) + sum(found), not_ours=not_ours)
        return Response(status_code=204)

    return router


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells cases, and keeps what follows for channel and address. Twice means once."""

    file: CaseFile
    tell: Tell
    now: Callable[[], datetime]

    async def of_event(self, event: Event) -> int:
        """Do what an event means; how many cases were told."""
        kind = event.report.kind
        if kind not in _BOUNCED and kind not in UNWANTED and kind != _WANTED_AGAIN:
            return 0
        served = await asyncio.to_thread(served_by, self.file, event.report.key)
        if served is None:
            return 0
        if kind in _BOUNCED:
            return await self._bounced(served, event.told_as, event.refused, event.report.at)
        await asyncio.to_thread(self._keep_address, served.key, kind, event.told_as)
        if kind == _WANTED_AGAIN:
            return 0
        return await self._ask_for_contact(served.case_ids, event.told_as)

    async def of_stray(self, stray: StrayBounce) -> int:
        """Tell the cases of the mail that it must be; where that can't be said, ask people to mend the contact.

        Returns:
            How many cases were told; 0 for an address that we never wrote to.
        """
        served = await asyncio.to_thread(served_by_name_or_time, self.file, stray)
        if served is not None:
            return await self._bounced(served, stray.id, stray.refused, stray.at)
        written_to = await asyncio.to_thread(cases_written_to, self.file, stray.address)
        if not written_to or stray.refused is None:
            return await self._ask_for_contact(written_to, stray.id)
        await self.stop(sender_refused(stray.refused), f"sendgrid:{stray.id}", stray.at)
        return len(written_to)

    async def stop(self, reason: str, event: str, told_at: datetime) -> None:
        """Hand no mail over any more."""
        await asyncio.to_thread(self._stop, reason, event, told_at)

    async def _bounced(self, served: Served, own: str, refused: str | None, told_at: datetime) -> int:
        content: dict[str, object] = {"id": f"sendgrid:{own}", "key": served.key, "status": "bounced"}
        if refused is not None:
            # First: what is told may be sent again.
            await self.stop(sender_refused(refused), f"sendgrid:{own}", told_at)
            content |= {"status": "sender_refused", "reason": sender_refused(refused)}
        for case_id in served.case_ids:
            await self.tell(case_id, "delivery_reported", content, f"sendgrid:{own}")
        return len(served.case_ids)

    async def _ask_for_contact(self, case_ids: tuple[str, ...], own: str) -> int:
        content = {"id": f"sendgrid:{own}", "task": "fix_contact"}
        for case_id in case_ids:
            await self.tell(case_id, "raise_task", content, f"sendgrid:{own}")
        return len(case_ids)

    def _stop(self, reason: str, event: str, told_at: datetime) -> None:
        with self.file.write() as transaction:
            stop_channel(transaction.session, "email", reason, event, self.now(), told_at)

    def _keep_address(self, key: str, kind: str, own: str) -> None:
        with self.file.write() as transaction:
            delivery = transaction.deliveries.delivery(key)
            if delivery is None:
                return
            if kind == _WANTED_AGAIN:
                transaction.blocked.allow("email", delivery.recipient)
                return
            transaction.blocked.block("email", delivery.recipient, UNWANTED[kind], self.now(), f"sendgrid:{own}")
