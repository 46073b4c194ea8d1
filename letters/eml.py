"""E-mails as files (RFC 5322): the same mail always gives the same bytes, so that its hash is evidence."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
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
    message = EmailMessage(policy=_POLICY)
    message["Date"] = format_datetime(on)
    message["From"] = _address("sender", sender, one_line(sender_name))
    message["To"] = _address("to", to)
    if reply_to is not None:
        message["Reply-To"] = _address("reply_to", reply_to)
    message["Subject"] = one_line(email.subject)
    message["Message-ID"] = f"<{digest[:32]}@maanwerk.invalid>"
    # RFC 3834 §5: keeps answering machines from answering a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text, cte="quoted-printable")
    message.add_alternative(email.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        kind, slash, form = attachment.media_type.partition("/")
        if not (slash and kind and form):
            raise ValueError(f"attachment: media type {attachment.media_type!r} has no form like application/pdf")
        message.add_attachment(
            attachment.content,
            maintype=kind,
            subtype=form,
            filename=one_line(attachment.filename),
            cte="base64",
        )
    multiparts = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        # "=_" occurs neither in quoted-printable nor in base64 (RFC 2045 §6.7), so no content can end a part.
        part.set_boundary(f"=_{digest[32:]}_{number}")
    return message.as_bytes()


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
