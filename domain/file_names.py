"""Names from data, made fit to be file names on any system: in a folder, in an archive, beside an e-mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

__all__ = ["distinct_filenames", "extension_of", "safe_filename", "with_extension"]

_ALLOWED: Final = frozenset(" ._-()+,=&@")
_LONGEST: Final = 120
"""Bytes, not characters: file systems allow 255 of them, and what a caller adds must fit too."""
_LONGEST_EXTENSION: Final = 16

_INVISIBLE_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Fillers of Hangul: letters by their category, and nothing to see."""

_DEVICES: Final = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{device}{number}" for device in ("COM", "LPT") for number in "0123456789¹²³"))
)
"""Names that Windows keeps for devices, with any extension."""

_EXTENSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "application/xml": (".xml",),
    "application/zip": (".zip",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "message/rfc822": (".eml",),
    "text/csv": (".csv",),
    "text/plain": (".txt",),
    "text/xml": (".xml",),
}


def safe_filename(name: str, *, otherwise: str) -> str:
    """Return the name as one harmless part of a path.

    Letters and digits of any script stay; separators part words, everything else becomes `_`: also signs that nobody
    sees, or that turn the direction of writing. It does not begin with a dot or a hyphen, does not end with a dot or a
    space, is no device of Windows, and is at most 120 bytes long, with its extension. A safe name stays as it is.

    Args:
        name: Any text, perhaps hostile.
        otherwise: What to return when nothing of the name is left; a safe name.
    """
    parts = (part for part in PurePosixPath(name.replace("\\", "/")).parts if part.strip("/. "))
    flat = unicodedata.normalize("NFC", " ".join(parts))
    kept = "".join(char if _stays(char) else "_" for char in flat)
    kept = " ".join(kept.split()).strip(". ")
    if kept.startswith("-"):
        kept = f"_{kept[1:]}"
    if kept.split(".", 1)[0].rstrip().upper() in _DEVICES:
        kept = f"_{kept}"
    return _cut(kept, _LONGEST) or otherwise


def with_extension(name: str, media_type: str) -> str:
    """Return a safe name that ends as its media type does, so that it opens as what it is; of others as it is."""
    endings = _EXTENSIONS.get(_bare(media_type), ())
    return name if not endings or name.lower().endswith(endings) else _cut(f"{name}{endings[0]}", _LONGEST)


def extension_of(media_type: str) -> str:
    """Return the ending of files of a media type, with its dot; `.bin` of one that we do not know."""
    return _EXTENSIONS.get(_bare(media_type), (".bin",))[0]


def distinct_filenames(names: Iterable[str]) -> tuple[str, ...]:
    """Return safe names that differ also where capitals do not count; of two the later gets a number."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        number, unique = 1, name
        while _alike(unique) in taken:
            number += 1
            stem, extension = _split(name)
            mark = f" ({number}){extension}"
            unique = f"{_cut_bytes(stem, _LONGEST - len(mark.encode()))}{mark}"
        taken.add(_alike(unique))
        distinct.append(unique)
    return tuple(distinct)


def _stays(char: str) -> bool:
    return char in _ALLOWED or (char.isalnum() and char not in _INVISIBLE_LETTERS)


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _cut(name: str, most: int) -> str:
    if len(name.encode("utf-8")) <= most:
        return name
    stem, extension = _split(name)
    return f"{_cut_bytes(stem, most - len(extension.encode('utf-8')))}{extension}"


def _cut_bytes(text: str, most: int) -> str:
    """The beginning of a text in at most so many bytes, without half a letter or a dot at its end."""
    return text.encode("utf-8")[:most].decode("utf-8", "ignore").rstrip(". ")


def _split(name: str) -> tuple[str, str]:
    """Stem and extension; what is no extension belongs to the stem."""
    stem, dot, extension = name.rpartition(".")
    return (stem, f".{extension}") if dot and stem and len(extension.encode()) < _LONGEST_EXTENSION else (name, "")
