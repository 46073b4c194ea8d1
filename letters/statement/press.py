"""Prints the papers of a hand-off as PDF: PDF/A-3a and PDF/UA-1, the same bytes for the same paper."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path

import typst

from letters.errors import Unprintable
from letters.press import MISSING_SHAPE, STANDARDS, Room

__all__ = ["press_paper"]

_LAYOUT = "statement.typ"
_DATA = "paper.json"
"""Where the layout reads what it prints."""
_ROOM = Room(Path(str(files("letters.statement") / _LAYOUT)))
_LONGEST = 34
"""Characters of a word that fits any column; a longer one may break anywhere."""


def press_paper(paper: Mapping[str, object], on: date) -> bytes:
    """Return a paper as PDF.

    Args:
        paper: Data of the layout; printed as it is, never evaluated.
        on: The day of the file.

    Raises:
        Unprintable: a text has characters that no bundled font has.
    """
    folder, compiler = _ROOM.open()
    data = folder / _DATA
    try:
        # A file, as of a letter (decision 0059).
        data.write_text(json.dumps(_breakable(paper), ensure_ascii=False), encoding="utf-8")
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards=list(STANDARDS), timestamp=datetime.combine(on, time(), UTC)
        )
    except typst.TypstError as error:
        if missing := MISSING_SHAPE.search(error.message):
            raise Unprintable(
                f"the statement contains {missing['text']!r}, which its fonts cannot print; "
                "write that name or number in Latin letters"
            ) from error
        raise
    finally:
        data.unlink(missing_ok=True)
    if warnings or not isinstance(pdf, bytes):
        raise RuntimeError(f"{_LAYOUT}: {warnings[0] if warnings else 'no single document'}")
    return pdf


def _breakable(value: object) -> object:
    """Let words without an end break anywhere rather than run off the page."""
    match value:
        case str():
            return re.sub(rf"[^\s\u200b]{{{_LONGEST + 1},}}", lambda word: "\u200b".join(word[0]), value)
        case Mapping():
            return {name: _breakable(item) for name, item in value.items()}
        case list() | tuple():
            return [_breakable(item) for item in value]
        case _:
            return value
