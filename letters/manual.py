"""Prints a procedure manual as PDF: typst, the layout `templates/manual.typ`, the fonts of this package alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import as_file, files

import typst

from letters.press import STANDARDS, package_fonts

__all__ = ["press_manual"]


def press_manual(content: Mapping[str, object], on: date) -> bytes:
    """A manual as a PDF.

    Args:
        content: Data of the layout; printed as it is, never evaluated.
        on: The day, which becomes that of the file.
    """
    with as_file(files("letters") / "templates" / "manual.typ") as layout:
        compiler = typst.Compiler(str(layout), root=str(layout.parent), font_paths=package_fonts())
        pdf = compiler.compile(
            format="pdf",
            sys_inputs={"manual": json.dumps(content, ensure_ascii=False)},
            pdf_standards=list(STANDARDS),
            timestamp=datetime.combine(on, time(), UTC),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned no single document")
    return pdf
