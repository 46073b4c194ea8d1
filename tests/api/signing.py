"""SendGrid's side of its event webhook: a key of its own, and requests signed as the vendor describes."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PRIVATE = ec.generate_private_key(ec.SECP256R1())
RECEIVER = "els@ochtend.example"


def public(key: Any = None) -> str:
    """A verification key as SendGrid shows it."""
    found = (key or PRIVATE).public_key()
    return base64.b64encode(found.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def event(key: str, kind: str, *, number: int = 1, at: int = 1_772_000_000, **more: object) -> dict[str, object]:
    """One event, with what SendGrid says beside it."""
    return {
        "email": RECEIVER,
        "timestamp": at,
        "smtp-id": "<sendgrid-1@geopod.example>",
        "event": kind,
        "sg_event_id": f"ZHJvcC0xMDk5-{number}",
        "sg_message_id": "sendgrid-1.filterdrecv-p3mdw1-18-5F5FC76C-9.0",
        "send_key": key,
        "reason": f"550 5.1.1 {RECEIVER} unknown",
        **more,
    }


def told_as(said: dict[str, object]) -> str:
    """The id under which cases are told of an event: of what makes it the same, whatever SendGrid numbers it."""
    same = [said["sg_message_id"], said["event"], said["timestamp"], said["email"]]
    return "sendgrid:" + hashlib.sha256(json.dumps(same).encode()).hexdigest()[:32]


def written(*events: object) -> bytes:
    """The body of a batch: SendGrid ends it with a line end."""
    return json.dumps(events).encode() + b"\r\n"


def signed(body: bytes, at: datetime, timestamp: str | None = None) -> dict[str, str]:
    """The headers of a request."""
    moment = timestamp or str(int(at.timestamp()))
    signature = PRIVATE.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "Content-Type": "application/json",
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": moment,
    }
