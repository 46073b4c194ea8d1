"""E-mails as files (RFC 5322): the same mail always gives the same bytes, so that its hash is evidence."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.quoprimime import body_encode
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from letters.attachment import Attachment
from letters.lines import one_line
from letters.render import Email

__all__ = ["Attachment", "BadAddress", "compose_email"]


class _KeptForms(HeaderRegistry):
    """The forms of headers, each made once: Python's own makes one anew for every header of every mail."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = super().__getitem__(name)
        return kept


_POLICY = SMTP.clone(header_factory=_KeptForms())


class BadAddress(ValueError):
    """Not one plain e-mail address; the message says whose and what is wrong, never the address."""


def compose_email(
    *,
    email: Email,
    sender: str,
    sender_name: str,
    to: str,
    key: str,
    on: datetime,
    attachments: Sequence[Attachment] = (),
    reply_to: str | None = None,
) -> bytes:
    """Return the complete message: text and HTML as alternatives, then the attachments.

    Boundaries and Message-ID are made from the send key, the date from `on`, so equal arguments give equal
    bytes.

    Args:
        email: Subject and both forms of the text.
        sender: Address of the sender.
        sender_name: Name shown with it; line breaks in it are made spaces.
        to: Address of the one receiver.
        key: The send key.
        on: Aware moment of sending.
        attachments: In the order in which the reader sees them.
        reply_to: Where an answer goes, if not to the sender.

    Raises:
        BadAddress: `sender` or `to` is not one plain address, for example because it holds a line break.
        ValueError: `on` has no time zone, or the media type of an attachment has no two parts.
    """
    if on.tzinfo is None:
        raise ValueError("on: the moment has no time zone; give an aware datetime")
    digest = sha256(key.encode("utf-8")).hexdigest()
    headers = [
        f"Date: {format_datetime(on)}\r\n".encode(),
        _from_line(sender, one_line(sender_name)),
        _line("To", _address("to", to)),
    ]
    if reply_to is not None:
        headers.append(_line("Reply-To", _address("reply_to", reply_to)))
    headers.append(_line("Subject", one_line(email.subject)))
    headers.append(f"Message-ID: <{digest[:32]}@maanwerk.invalid>\r\n".encode())
    # RFC 3834 §5: keeps answering machines from answering a machine.
    headers.append(b"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n")
    # "=_" occurs neither in quoted-printable nor in base64 (RFC 2045 §6.7), so no content can end a part.
    boundary = f"=_{digest[32:]}_"
    parts = [_PLAIN + _quoted(email.text), _HTML + _quoted(email.html)]
    if not attachments:
        return b"".join(headers) + _multipart("alternative", f"{boundary}0", parts)
    enclosed = [_attached(attachment) for attachment in attachments]
    parts = [_multipart("alternative", f"{boundary}1", parts), *enclosed]
    return b"".join(headers) + _multipart("mixed", f"{boundary}0", parts)


# Python's own library makes a form of every header of every part, and reads it back to write it: a quarter of a step.
# So what is the same in every mail is written as it writes it (`tests/letters/test_eml.py` holds the two together), and
# what comes of others is left to it.

_PLAIN = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
_HTML = (
    b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
    b"MIME-Version: 1.0\r\n\r\n"
)


def _line(name: str, value: str | Address) -> bytes:
    """A header, encoded and folded."""
    return _POLICY.fold_binary(*_POLICY.header_store_parse(name, value))


@lru_cache(maxsize=256)
def _from_line(sender: str, name: str) -> bytes:
    """The header of the sender: there are as many as creditors."""
    return _line("From", _address("sender", sender, name))


def _quoted(text: str) -> bytes:
    """A text as quoted-printable (RFC 2045 §6.7)."""
    lines = b"".join(line + b"\n" for line in text.encode("utf-8").splitlines() or (b"",))
    quoted = body_encode(lines.decode("latin-1"), _POLICY.max_line_length or 0)
    return quoted.replace("\n", "\r\n").encode("ascii")


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Several parts as one, with its own headers."""
    # As long as the line may be, and no longer.
    space = "\r\n " if kind == "alternative" else " "
    head = f'Content-Type: multipart/{kind};{space}boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
    return head.encode() + f"\r\n--{boundary}\r\n".encode().join(parts) + f"\r\n--{boundary}--\r\n".encode()


def _attached(attachment: Attachment) -> bytes:
    """An attachment with its headers."""
    kind, slash, form = attachment.media_type.partition("/")
    if not (slash and kind and form):
        raise ValueError(f"attachment: media type {attachment.media_type!r} has no form like application/pdf")
    part = EmailMessage(policy=_POLICY)
    part.set_content(
        attachment.content, maintype=kind, subtype=form, filename=one_line(attachment.filename), cte="base64"
    )
    return part.as_bytes()


def _address(role: str, address: str, name: str = "") -> Address:
    if any(char.isspace() or unicodedata.category(char).startswith("C") for char in address):
        raise BadAddress(f"{role}: the address holds a space, a line break or a control character; give one address")
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or not local.isascii():
        raise BadAddress(f"{role}: not an e-mail address of the form name@domain, with a name in plain letters")
    try:
        return Address(display_name=name, addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")
    except (HeaderParseError, ValueError, IndexError) as error:
        raise BadAddress(f"{role}: not one e-mail address of the form name@domain") from error
