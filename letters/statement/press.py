"""Prints the papers of a hand-off as PDF: PDF/A-3a and PDF/UA-1, the same bytes for the same paper."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from letters.errors import Unprintable
from letters.press import MISSING_SHAPE, STANDARDS, package_fonts

__all__ = ["press_paper"]

_LAYOUT = "statement.typ"
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
    layout = (files("letters.statement") / _LAYOUT).read_bytes()
    # A hand-off is rare: a compiler and a folder of its own cost less than keeping them.
    with TemporaryDirectory(prefix="statement-") as folder:
        place = Path(folder) / _LAYOUT
        place.write_bytes(layout)
        compiler = typst.Compiler(str(place), root=folder, font_paths=package_fonts())
        try:
            pdf, warnings = compiler.compile_with_warnings(
                format="pdf",
                sys_inputs={"paper": json.dumps(_breakable(paper), ensure_ascii=False)},
                pdf_standards=list(STANDARDS),
                timestamp=datetime.combine(on, time(), UTC),
            )
        except typst.TypstError as error:
            if missing := MISSING_SHAPE.search(error.message):
                raise Unprintable(
                    f"the statement contains {missing['text']!r}, which its fonts cannot print; "
                    "write that name or number in Latin letters"
                ) from error
            raise
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
