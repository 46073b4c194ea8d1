"""Names from data, made fit to be file names on any system."""

import unicodedata
from pathlib import PurePosixPath

_ALLOWED = frozenset(" ._-()+,=&@")
# Bytes, not characters: file systems allow 255 bytes, and what a caller adds must fit too.
_LONGEST = 120


def safe_filename(name: str, *, otherwise: str) -> str:
    """Return the name as one harmless part of a path: no separators or controls, not hidden, not too long.

    Letters and digits of any script stay; separators part words, everything else becomes `_`.

    Args:
        name: Any text, perhaps hostile.
        otherwise: What to return when nothing of the name is left.
    """
    parts = (part for part in PurePosixPath(name.replace("\\", "/")).parts if part.strip("/. "))
    flat = unicodedata.normalize("NFC", " ".join(parts))
    kept = "".join(char if char.isalnum() or char in _ALLOWED else "_" for char in flat)
    kept = " ".join(kept.split()).strip(". ")
    while len(kept.encode("utf-8")) > _LONGEST:
        # From the middle: the end may be an extension, the beginning sorts.
        half = len(kept) // 2
        kept = kept[: half - 1] + kept[half + 1 :]
    return kept or otherwise
