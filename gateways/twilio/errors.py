"""Twilio's error codes by what is to be done (https://www.twilio.com/docs/api/errors)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from services.ports import Channel

__all__ = ["NEVER", "OPERATOR", "RETRY", "blocked_by", "told_by"]

RETRY: Mapping[int, tuple[str, timedelta | None]] = {
    20429: ("too many requests", None),
    20503: ("not available", None),
    30001: ("queue full", timedelta(minutes=30)),
    30003: ("handset not reachable", timedelta(minutes=30)),
    30008: ("unknown error", timedelta(minutes=30)),
    30036: ("validity ran out", timedelta(minutes=30)),
    30410: ("time-out at the carrier", timedelta(minutes=30)),
}
OPERATOR: Mapping[int, str] = {
    20003: "check account and token",
    20404: "check account and address of the API",
    21603: "no sender is set",
    21606: "the sender can't be used for this number",
    21608: "a trial account sends to verified numbers only",
    21612: "the sender can't reach this number",
    21659: "the sender is not a number of this account",
    30002: "the account is suspended",
}
NEVER: Mapping[int, str] = {
    21211: "not a telephone number",
    21214: "not a telephone number",
    21217: "not a telephone number",
    21401: "not a telephone number",
    21610: "the receiver opted out",
    21614: "not a mobile number",
    21617: "the text is too long",
    30004: "blocked",
    30005: "unknown handset",
    30006: "landline or not reachable by this channel",
    30007: "filtered for its content",
}

_OPTED_OUT = 21610
_NUMBER_IS_BAD = frozenset({21211, 21214, 21217, 21401, 30005, 13223, 13224})
"""There is no such number, for no channel."""
_NO_TEXTS = frozenset({21614, 30004, 30006, _OPTED_OUT})
"""Text messages do not reach it, or he answered STOP; a call may."""


def blocked_by(code: int | None) -> tuple[Channel, ...]:
    """The channels that do not use a number any more after a code."""
    if code in _NUMBER_IS_BAD:
        return ("sms", "call")
    return ("sms",) if code in _NO_TEXTS else ()


def told_by(code: int) -> str:
    """A code in words."""
    words = NEVER.get(code) or OPERATOR.get(code) or RETRY.get(code, ("", None))[0]
    return f"twilio {code}: {words}" if words else f"twilio {code}"
