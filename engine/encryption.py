"""What Temporal keeps of a case, encrypted: AES-256-GCM on every payload, under a key that its metadata name.

Temporal sees ids, names, times and codes. A payload is bound to the id of its key and not to its case: what a person
types in the web page is encrypted by an endpoint that knows no case, and plain payloads count all the same, so that
binding would keep nothing out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.converter import PayloadCodec

from config.keys import KeyRing
from domain.views.details import CODES_HEAD
from engine.payload_marks import ENCRYPTED, KEY_ID, PLAIN

__all__ = ["PayloadEncryption"]

_NONCE = 12
_METADATA_OF_A_RUN = b"temporal.api.sdk.v1.WorkflowMetadata"


class PayloadEncryption(PayloadCodec):
    """Encrypts with the newest key and decrypts with any.

    What can't be decrypted stays as it is: a signal under a strange key must reach the quarantine, and not make the
    task of its case fail for ever. Where the content is needed, the payload converter says so.
    """

    def __init__(self, keys: KeyRing) -> None:
        """Use these keys."""
        self._newest = keys.newest.id
        self._ciphers = {key.id: AESGCM(key.secret) for key in keys.keys}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt what is not made to stay readable."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt what one of the keys encrypted; the rest stays as it is."""
        return [self._decrypted(payload) for payload in payloads]

    def encrypted(self, body: bytes) -> bytes:
        """Encrypt payloads in Temporal's remote codec protocol, `{"payloads": […]}`; what is encrypted stays so.

        Raises:
            ValueError: the body is none.
        """
        return _each(body, lambda payload: payload if _is_encrypted(payload) else self._sealed(payload))

    def decrypted(self, body: bytes) -> bytes:
        """Decrypt payloads in the same protocol; what can't be decrypted stays as it is.

        Raises:
            ValueError: the body is none.
        """
        return _each(body, self._decrypted)

    def _encrypted(self, payload: Payload) -> Payload:
        if PLAIN in payload.metadata:
            kept = Payload()
            kept.CopyFrom(payload)
            del kept.metadata[PLAIN]
            return kept
        return payload if _tells_codes_only(payload) else self._sealed(payload)

    def _sealed(self, payload: Payload) -> Payload:
        nonce = os.urandom(_NONCE)
        content = self._ciphers[self._newest].encrypt(nonce, payload.SerializeToString(), _bound_to(self._newest))
        return Payload(metadata={"encoding": ENCRYPTED, KEY_ID: self._newest.encode()}, data=nonce + content)

    def _decrypted(self, payload: Payload) -> Payload:
        if not _is_encrypted(payload):
            return payload
        key_id = payload.metadata.get(KEY_ID, b"").decode("utf-8", "replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None or len(payload.data) <= _NONCE:
            return payload
        try:
            content = cipher.decrypt(payload.data[:_NONCE], payload.data[_NONCE:], _bound_to(key_id))
            return Payload.FromString(content)
        except (InvalidTag, DecodeError):
            return payload


def _is_encrypted(payload: Payload) -> bool:
    return payload.metadata.get("encoding") == ENCRYPTED


def _each(body: bytes, change: Callable[[Payload], Payload]) -> bytes:
    try:
        written = json.loads(body)
        if not isinstance(written, dict):
            raise ValueError
        given = json_format.ParseDict(written, Payloads(), ignore_unknown_fields=True)
    except (ValueError, json_format.ParseError, RecursionError):
        # What these say would quote the body.
        raise ValueError("no payloads in Temporal's JSON") from None
    return json_format.MessageToJson(Payloads(payloads=map(change, given.payloads)), indent=None).encode()


def _bound_to(key_id: str) -> bytes:
    return b"maanwerk payload 1\0" + key_id.encode()


def _tells_codes_only(payload: Payload) -> bool:
    """Whether it is what the web page shows of a running case, without amount or number."""
    if payload.metadata.get("messageType") != _METADATA_OF_A_RUN:
        return False
    try:
        shown = json_format.Parse(payload.data, WorkflowMetadata()).current_details
    except json_format.ParseError:
        return False
    return not shown or shown.startswith(CODES_HEAD)
