"""The documents that travel in an e-invoice, taken out: those that EN 16931 allows, and that are what they say."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from lxml import etree

from domain.file_names import safe_filename
from intake.findings import Unreadable, shown
from intake.ubl.document import EmbeddedDocument
from intake.ubl.names import written

__all__ = ["embedded_documents"]

# The kinds of document that EN 16931 lets an invoice carry, with the ending of their names.
_MEDIA: Final = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_BEGINS: Final = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8"}


def embedded_documents(
    elements: Iterable[etree._Element], warn: Callable[[etree._Element, str], None]
) -> tuple[EmbeddedDocument, ...]:
    """The documents that travel along. What is only linked to is not fetched.

    Args:
        elements: Those that hold a document in base64, with `mimeCode` and `filename`.
        warn: Told of each that is not taken out.
    """
    found: dict[str, EmbeddedDocument] = {}
    for number, each in enumerate(elements, start=1):
        media_type = (each.get("mimeCode") or "").strip().lower()
        if media_type not in _MEDIA:
            warn(each, f"a document of type {shown(media_type)} may not travel in an invoice: it stays in the XML")
            continue
        try:
            content = _base64(written(each))
        except Unreadable as problem:
            warn(each, str(problem))
            continue
        if not content.startswith(_BEGINS.get(media_type, b"")):
            warn(each, f"the document calls itself {media_type}, but is none: it stays in the XML")
            continue
        name = _file_name(each.get("filename"), f"document-{number}", _MEDIA[media_type])
        while name in found:
            name = f"{number}-{name}"
        found[name] = EmbeddedDocument(name, media_type, content)
    return tuple(found.values())


def _base64(text: str) -> bytes:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise Unreadable("the document in the file is damaged (no base64): it stays in the XML")
    return content


def _file_name(given: str | None, otherwise: str, ending: str) -> str:
    """A bare file name without signs that mean something to a system, with the ending of its kind."""
    bare = PurePosixPath(PureWindowsPath(given or "").name).name
    kept = re.sub(r"[^\w .()&+-]", "_", bare).strip(" .")
    stem = kept[: -len(ending)] if kept.lower().endswith(ending) else kept
    return safe_filename(f"{stem[:100].strip(' .') or otherwise}{ending}", otherwise=f"{otherwise}{ending}")
