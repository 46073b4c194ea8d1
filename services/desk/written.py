"""A message as it went, to be read on a page, and whether its bytes are those that were written down."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Literal

from casefile.papers import Paper
from domain.policy import CORRESPONDENCE
from services.correspondence.proving import is_intact
from services.reports.case_deliveries import OwnDelivery

__all__ = ["Readable", "WrittenMessage", "is_readable_paper", "readable", "written_messages"]

PDF = "application/pdf"

BESIDE_THE_LADDER = tuple(CORRESPONDENCE)
"""Ids of the letters that answer a debtor."""


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message of a case, without its bytes.

    Attributes:
        place: Which of the messages of its case, from 0.
        at: When it was handed over, in UTC.
        form: How a page shows it.
        intact: Whether its bytes have the SHA-256 that was written down with them.
        text: Its text, where it is plain.
    """

    place: int
    step: str
    channel: str
    recipient: str
    subject: str
    status: str
    reason: str
    crossed: bool
    at: str
    form: Literal["mail", "pdf", "text", "file"]
    bytes: int
    sha256: str
    intact: bool
    text: str


@dataclass(frozen=True, slots=True)
class Readable:
    """A mail to be read.

    Attributes:
        html: Its HTML as it went; None where it has none.
        text: Its plain text.
        files: Names of what was enclosed.
    """

    html: str | None
    text: str
    files: tuple[str, ...]


def is_readable_paper(paper: Paper) -> bool:
    """Whether what a debtor sent is plain text, which can be read in place; all else is only ever kept."""
    return paper.media_type.partition(";")[0].strip().lower() == "text/plain"


def written_messages(deliveries: Sequence[OwnDelivery]) -> tuple[WrittenMessage, ...]:
    """What went out for a case, in the order in which it was intended."""
    return tuple(_written(place, each) for place, each in enumerate(deliveries))


def _written(place: int, each: OwnDelivery) -> WrittenMessage:
    stored = each.stored
    kind = stored.media_type.partition(";")[0].strip().lower()
    form: Literal["mail", "pdf", "text", "file"] = (
        "mail" if kind == "message/rfc822" else "pdf" if kind == PDF else "text" if kind == "text/plain" else "file"
    )
    return WrittenMessage(
        place=place,
        step=each.step,
        channel=stored.channel,
        recipient=stored.recipient,
        subject=stored.subject,
        status=stored.status,
        reason=stored.reason or "",
        crossed=stored.crossed,
        at=stored.intended_at.isoformat(),
        form=form,
        bytes=len(stored.content),
        sha256=stored.sha256,
        intact=is_intact(stored),
        text=stored.content.decode("utf-8", "replace") if form == "text" else "",
    )


def readable(content: bytes, media_type: str) -> Readable:
    """What is to be read of the bytes of a message: of a mail its parts, of a PDF the text in it."""
    if media_type == PDF:
        return Readable(None, _text_of_pdf(content), ())
    if media_type.partition(";")[0].strip().lower() != "message/rfc822":
        return Readable(None, content.decode("utf-8", "replace"), ())
    mail = message_from_bytes(content, policy=policy.default)
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    names = tuple(name for each in mail.iter_attachments() if (name := each.get_filename()))
    return Readable(
        None if html is None else str(html.get_content()), "" if text is None else str(text.get_content()), names
    )


def _text_of_pdf(content: bytes) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError

    try:
        return "\n\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    except PdfReadError:
        return ""
