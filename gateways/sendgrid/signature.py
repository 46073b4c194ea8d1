"""Signatures of SendGrid's event webhook: ECDSA over P-256 with SHA-256, of the timestamp and the body as it came."""

from __future__ import annotations

import re
from datetime import UTC, datetime

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
