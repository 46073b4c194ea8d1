"""Signatures of Twilio's callbacks: HMAC-SHA1 by the auth token, of the public URL and what the form holds."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha1, sha256
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

__all__ = ["Form", "TwilioSignature", "read_form"]

Form = tuple[tuple[str, str], ...]
"""Names and values in the order in which they came; a name may come twice."""

_MOST_FIELDS = 200
_PORTS = {"https": 443, "http": 80}


def read_form(body: bytes) -> Form:
    """Read a form (application/x-www-form-urlencoded).

    Raises:
        ValueError: it is none, in UTF-8; the text does not quote it.
    """
    try:
        text = body.decode("ascii")
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise ValueError("the body is no form") from None


class TwilioSignature:
    """Says whether a request is Twilio's.

    Not by the vendor's validator: it fails on a signature that is no ASCII, on a body that is no form, and compares in
    a time that shows how much is right.

    Args:
        tokens: The auth token; two of them while it is changed.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tuple(token.encode("utf-8") for token in tokens)

    def signs(self, url: str, told: Form | str, signature: str | None) -> bool:
        """Whether a request was signed with one of the tokens.

        Args:
            url: What Twilio called, as it knows it, with its query: never what reached us behind a proxy.
            told: The form; or a body of another kind, whose hash stands in the query as `bodySHA256`.
            signature: Header `X-Twilio-Signature`.
        """
        if signature is None or not signature.isascii():
            return False
        if isinstance(told, str):
            hashed = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
            if not hmac.compare_digest(hashed.encode(), sha256(told.encode("utf-8")).hexdigest().encode()):
                return False
            fields = ""
        else:
            # Of what comes twice with one value Twilio signs one.
            fields = "".join(name + value for name, value in sorted(set(told)))
        given = signature.encode("ascii")
        right = False
        for token in self._tokens:
            for called in _with_and_without_port(url):
                made = hmac.new(token, (called + fields).encode("utf-8", "surrogatepass"), sha1).digest()
                right |= hmac.compare_digest(base64.b64encode(made), given)
        return right


def _with_and_without_port(url: str) -> tuple[str, str]:
    """Twilio signs the usual port at times, and at times not."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = host[: -len(f":{parts.port}")] if parts.port else host
    port = parts.port or _PORTS.get(parts.scheme, 443)
    before = parts.netloc[: len(parts.netloc) - len(host)]
    return tuple(urlunsplit(parts._replace(netloc=before + each)) for each in (bare, f"{bare}:{port}"))  # type: ignore[return-value]
