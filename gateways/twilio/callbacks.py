"""Twilio's status callbacks: where they are asked for, how they are read, and what each status means for a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from gateways.twilio.errors import NEVER, OPERATOR, blocked_by, told_by
from gateways.twilio.signature import Form

__all__ = ["FILTERED", "OVERRIDES", "PATHS", "Callback", "Meaning", "callback_url", "meaning_of", "read_callback"]

Told = Literal["sms", "call"]

PATHS: Mapping[Told, str] = {"sms": "/webhooks/twilio/message", "call": "/webhooks/twilio/voice"}
"""Where each kind of callback comes in."""

OVERRIDES = "#rc=5&rp=all"
"""Twilio brings a callback again, five times, when it was not answered with 2xx (connection overrides); by itself once,
and only when there was no connection. No part of the URL that is called."""

RANKS: Mapping[str, int] = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "initiated": 1,
    "sending": 2,
    "ringing": 2,
    "sent": 3,
    "in-progress": 3,
    "answered": 3,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    "busy": 4,
    "no-answer": 4,
    "delivered": 5,
    "completed": 5,
    "read": 6,
}
"""How far along a message or call is. From 4 on it has ended; that it arrived counts before that it did not."""

FILTERED = 30007
"""A carrier filtered it for its content or its number: about that message, unless it happens to many."""

_OURS = frozenset({*OPERATOR, 21617, FILTERED})
"""What only we can mend: sender, account, or the text itself."""

_SID = re.compile(r"(?:SM|MM|CA)[0-9a-fA-F]{32}")
_STATUS = re.compile(r"[a-z-]{1,32}")
_CODE = re.compile(r"[0-9]{1,6}")
_ANSWERED = re.compile(r"[a-z_]{1,32}")
_FIELDS: Mapping[Told, tuple[str, str]] = {"sms": ("MessageSid", "MessageStatus"), "call": ("CallSid", "CallStatus")}


@dataclass(frozen=True, slots=True)
class Callback:
    """One status of a message or call.

    Attributes:
        sid: Twilio's name for it.
        status: The status.
        rank: How far along that is.
        code: Error code, where it did not arrive.
        answered_by: Of a call: `human`, `machine_end_beep` and others.
    """

    sid: str
    status: str
    rank: int
    code: int | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an ended message or call means.

    Attributes:
        status: What the case is told: `delivered`, `failed` (the number is no good) or `unreached` (it is, but the
            message did not get through), `sender_refused` (nor did it, for our sender is set up wrong).
        reason: Why, in words, without personal data.
        blocks: Channels that do not use the number any more.
        stops: Whether the channel stands still until a person has mended it.
    """

    status: Literal["delivered", "failed", "unreached", "sender_refused"]
    reason: str = ""
    blocks: tuple[str, ...] = ()
    stops: bool = False


def callback_url(public_url: str, channel: Told, key: str) -> str:
    """Where Twilio is asked to tell of a message.

    Args:
        public_url: Under which URL the outside reaches us.
        channel: Of what it tells.
        key: Hash of the send key: the URL is signed, so it comes back as it was.
    """
    return f"{public_url}{PATHS[channel]}?{urlencode({'k': key})}{OVERRIDES}"


def read_callback(channel: Told, form: Form) -> Callback | None:
    """What a callback tells; None where it names no message, or a status that is none we know."""
    told = dict(form)
    sid_field, status_field = _FIELDS[channel]
    sid, status = told.get(sid_field, ""), told.get(status_field, "")
    if not _SID.fullmatch(sid) or not _STATUS.fullmatch(status) or status not in RANKS:
        return None
    code, answered = told.get("ErrorCode", ""), told.get("AnsweredBy", "")
    return Callback(
        sid=sid,
        status=status,
        rank=RANKS[status],
        code=int(code) or None if _CODE.fullmatch(code) else None,
        answered_by=answered if _ANSWERED.fullmatch(answered) else None,
    )


def meaning_of(channel: str, status: str, code: int | None, answered_by: str | None) -> Meaning | None:
    """What a status means for the case (integrations: Twilio errors and what to do); None while it is under way."""
    if RANKS.get(status, 0) < 4:
        return None
    if status in ("delivered", "read"):
        return Meaning("delivered")
    if status == "completed":
        return _answered(answered_by)
    said = told_by(code) if code else f"twilio: {status}"
    if code in _OURS:
        return Meaning("sender_refused", said, stops=code != FILTERED)
    if blocks := blocked_by(code):
        return Meaning("failed", said, blocks)
    # Of a call: it could not be put through as it was dialled.
    no_good = (channel == "call" and status == "failed") or code in NEVER
    return Meaning("failed" if no_good else "unreached", said)


def _answered(by: str | None) -> Meaning:
    if by == "fax":
        return Meaning("failed", "twilio: a fax answered", ("call",))
    if by is not None and by.startswith("machine"):
        return Meaning("delivered", "twilio: it is on the answering machine")
    return Meaning("delivered")
