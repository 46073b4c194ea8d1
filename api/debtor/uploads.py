"""Files that a debtor sends along: what they are is read from their bytes, whatever they are called."""

from __future__ import annotations

from dataclasses import dataclass

from domain.file_names import safe_filename, with_extension

__all__ = ["LARGEST", "MOST", "BadUpload", "Upload", "checked_upload"]

LARGEST = 10_000_000
"""Bytes of the largest file."""
MOST = 20
"""Files that a debtor may send about one case."""

_PDF_WITHIN = 1024  # bytes in which its mark stands, as readers of PDF look for it


class BadUpload(ValueError):
    """The file can't be taken: `too_large`, `wrong_type` or `empty`."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that can be kept: its name is safe and ends as its type does."""

    name: str
    media_type: str
    content: bytes


def checked_upload(name: str, content: bytes) -> Upload:
    """A file as it is kept.

    Args:
        name: What the debtor calls it.
        content: Its bytes.

    Raises:
        BadUpload: it is empty, too large, or neither PDF nor PNG nor JPEG.
    """
    if not content:
        raise BadUpload("empty")
    if len(content) > LARGEST:
        raise BadUpload("too_large")
    kind = _kind(content)
    if kind is None:
        raise BadUpload("wrong_type")
    return Upload(with_extension(safe_filename(name, otherwise="file"), kind), kind, content)


def _kind(content: bytes) -> str | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    start = content[:_PDF_WITHIN]
    # What stands before the mark of a PDF could be a page of HTML to a careless reader.
    if b"%PDF-" in start and not start[: start.index(b"%PDF-")].strip():
        return "application/pdf"
    return None
