"""Signatures of SendGrid's webhooks: ECDSA over P-256 with SHA-256, of the timestamp and the body as it came.

Events are signed so, and with a security policy the mails of inbound parse (twilio.com, "Securing your Inbound Parse
Webhooks"); those are no UTF-8, which the library's own check needs.
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from sendgrid import EventWebhook

__all__ = ["SendgridSignature"]

_MOMENT = re.compile(r"[0-9]{1,11}")


class SendgridSignature:
    """Says whether a request is SendGrid's.

    Args:
        verification_key: The public key that SendGrid shows beside the webhook: base64 without a frame.

    Raises:
        ValueError: it is no such key; the text does not quote it.
    """

    def __init__(self, verification_key: str) -> None:
        try:
            self._webhook = EventWebhook(verification_key)
            curve = self._webhook.public_key.curve.name
        except Exception:
            # The library's errors differ with what is wrong, and some quote the key.
            curve = None
        if curve != "secp256r1":
            raise ValueError("it is no verification key: copy the one SendGrid shows for the signed event webhook")

    def signed_at(self, body: bytes, signature: str | None, timestamp: str | None) -> datetime | None:
        """When SendGrid signed a request; None when it did not.

        Args:
            body: The body, byte for byte: the line end after the last bracket is signed too.
            signature: Header `X-Twilio-Email-Event-Webhook-Signature`.
            timestamp: Header `X-Twilio-Email-Event-Webhook-Timestamp`, seconds since 1970.
        """
        if signature is None or timestamp is None or not _MOMENT.fullmatch(timestamp):
            return None
        try:
            good = self._webhook.verify_signature(body.decode("utf-8"), signature, timestamp)
        except ValueError:
            # Neither base64 nor UTF-8.
            return None
        return datetime.fromtimestamp(int(timestamp), UTC) if good else None

    def signs(self, body: bytes, signature: str | None, timestamp: str | None) -> bool:
        """Whether SendGrid signed these bytes, whatever they are and whenever; the arguments are as above."""
        if signature is None or timestamp is None or not _MOMENT.fullmatch(timestamp):
            return False
        try:
            written = base64.b64decode(signature, validate=True)
            self._webhook.public_key.verify(written, timestamp.encode() + body, ECDSA(SHA256()))
        except (ValueError, InvalidSignature):
            return False
        return True
