"""What was sent, read back from its exact bytes: both forms of a mail, a text, the words of a letter, a dossier."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from pypdf import PdfReader

from casefile.deliveries import StoredDelivery
from domain.calendar import SendingCalendar
from speech.words import tr

CHANNEL_NAMES: Mapping[str, str] = {
    "email": "E-mail",
    "sms": "Text message",
    "call": "Call",
    "post": "Letter",
    "registered": "Registered letter",
    "agency": "To the agency",
}
"""What a channel is called in the report."""


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """One message as a person reads it.

    Attributes:
        key: Its send key.
        message: Shared by what was sent together.
        channel: How it travelled.
        channel_name: What that is called.
        on: Local day on which it was sent.
        to: Its receiver.
        subject: What it is about.
        text: Its words, also of a letter; of a dossier its README.
        html: The mail in HTML, None for anything else.
        rows: About how many lines it is long.
        contents: Attachments of a mail, files of a dossier: name and size in bytes.
        link: Address of the file, relative to the report; None when it is not in the folder.
        file: Name of that file.
        status: Where the delivery stands.
        crossed: Whether it crossed with a payment.
    """

    key: str
    message: str
    channel: str
    channel_name: str
    on: date
    to: str
    subject: str
    text: str
    html: str | None
    rows: int
    contents: tuple[tuple[str, int], ...]
    link: str | None
    file: str | None
    status: str
    crossed: bool


def read_message(
    delivery: StoredDelivery, file: Path | None, folder: Path, calendar: SendingCalendar, known: dict[str, ReadMessage]
) -> ReadMessage:
    """Read a delivery; one that serves several cases is read once.

    Args:
        delivery: The delivery with its bytes.
        file: Where it lies, None when it does not.
        folder: Where the report lies.
        calendar: For the local day.
        known: What was read before, by send key; added to.
    """
    if delivery.key in known:
        return known[delivery.key]
    text, html, contents = _read(delivery)
    read = ReadMessage(
        key=delivery.key,
        message=delivery.message,
        channel=delivery.channel,
        channel_name=tr(CHANNEL_NAMES.get(delivery.channel, delivery.channel)),
        on=calendar.local_date(delivery.intended_at),
        to=delivery.recipient,
        subject=delivery.subject,
        text=text.strip(),
        html=html,
        rows=sum(1 + len(line) // 74 for line in text.splitlines()),
        contents=contents,
        link=None if file is None else quote(file.relative_to(folder).as_posix()),
        file=None if file is None else file.name,
        status=delivery.status,
        crossed=delivery.crossed,
    )
    known[delivery.key] = read
    return read


def _read(delivery: StoredDelivery) -> tuple[str, str | None, tuple[tuple[str, int], ...]]:
    """Words, HTML and contents of the bytes that were sent."""
    match delivery.media_type:
        case "message/rfc822":
            return _mail(delivery.content)
        case "application/pdf":
            return _letter(delivery.content), None, ()
        case "application/zip":
            with zipfile.ZipFile(io.BytesIO(delivery.content)) as archive:
                contents = tuple((entry.filename, entry.file_size) for entry in archive.infolist())
                readme = archive.read("README.txt").decode() if "README.txt" in archive.namelist() else ""
            return readme, None, contents
        case _:
            return delivery.content.decode("utf-8", "replace"), None, ()


def _letter(content: bytes) -> str:
    """The words of a letter as they stand on the paper, without its wide margins."""
    text = "\n".join(page.extract_text(extraction_mode="layout") for page in PdfReader(io.BytesIO(content)).pages)
    narrow = re.sub(r" {40,}", lambda gap: " " * (len(gap[0]) - 32), text)
    return re.sub(r"\n\s*\n\s*\n+(?=\S)", "\n\n", narrow)


def _mail(content: bytes) -> tuple[str, str | None, tuple[tuple[str, int], ...]]:
    mail = message_from_bytes(content, _class=EmailMessage, policy=policy.SMTP)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    attached = tuple(
        (part.get_filename("attachment"), len(part.get_payload(decode=True) or b"")) for part in mail.iter_attachments()
    )
    return (
        "" if plain is None else str(plain.get_content()).replace("\r\n", "\n"),
        None if html is None else str(html.get_content()),
        attached,
    )
