"""What SendGrid's events say of our sender and of who does not want our mail, in words that are kept and shown."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["UNWANTED", "sender_refused", "suspended"]

UNWANTED: Mapping[str, str] = {
    "spamreport": "the receiver reported our mail as spam",
    "unsubscribe": "the receiver unsubscribed from our mail",
    "group_unsubscribe": "the receiver unsubscribed from our mail",
}
"""Kinds after which SendGrid, and we, send nothing more to that address."""


def sender_refused(code: str) -> str:
    """Why no mail is handed over any more: what a receiver said of our sender."""
    return f"receivers refuse our sender ({code}): set up SPF, DKIM and DMARC of its domain"


def suspended(kind: str) -> str:
    """Why no mail is handed over any more: what became of the account."""
    return f"SendGrid lets the account send no more ({kind})"
