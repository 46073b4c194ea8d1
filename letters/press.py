"""Prints letters as PDF, with typst, the layout `templates/letter.typ` and the fonts of this package alone."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import typst

from letters.attachment import Attachment
from letters.content import one_line
from letters.errors import Unprintable

FONTS = Path(str(files("letters") / "fonts"))
LAYOUT = Path(str(files("letters") / "templates" / "letter.typ"))
STANDARDS: tuple[Literal["a-3a"], Literal["ua-1"]] = ("a-3a", "ua-1")
"""PDF/A-3a keeps for decades and holds the invoice as a file; PDF/UA-1 can be read aloud."""

_MISSING_SHAPE = re.compile(r'the text `"(?P<text>.*)"` could not be displayed', re.DOTALL)

# The page tree is the first object that typst writes, before anything that a letter says or holds.
_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")


@cache
def _layout() -> bytes:
    return LAYOUT.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of this package and those inside typst: the same bytes on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def press(letter: Mapping[str, object], on: date, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return a letter as a PDF.

    Every letter has a compiler of its own: it costs nothing beside the fonts, which all share, and nothing of one
    debtor can be left in it for the next.

    Args:
        letter: Data of the layout; printed as it is, never evaluated.
        on: Date of the letter, which becomes the date of the file.
        attachments: Files that go inside.

    Raises:
        Unprintable: a text has characters that no bundled font has.
    """
    if not attachments:
        return _compiled(LAYOUT.parent, letter, on)
    # typst reads files, not bytes of ours, and none outside its root.
    with TemporaryDirectory(prefix="letter-") as folder:
        root = Path(folder)
        enclosed = []
        for place, attachment in enumerate(attachments):
            name = f"enclosed-{place}"
            (root / name).write_bytes(attachment.content)
            enclosed.append({"file": name, **_described(attachment, place, attachments)})
        return _compiled(root, {**letter, "attachments": enclosed}, on)


def _described(attachment: Attachment, place: int, attachments: Sequence[Attachment]) -> Mapping[str, str]:
    name = one_line(attachment.filename).replace("/", "-").replace("\\", "-") or f"{place + 1}"
    if any(other.filename == attachment.filename for other in attachments[:place]):
        name = f"{place + 1} {name}"  # two files of one name would be one
    # ISO 32000-2 §7.11.3: what the letter is about as data, or what goes with it for a reader.
    structured = attachment.media_type.partition(";")[0].endswith("xml")
    return {
        "name": name,
        "media_type": attachment.media_type,
        "relationship": "data" if structured else "supplement",
    }


def _compiled(root: Path, letter: Mapping[str, object], on: date) -> bytes:
    """Return the PDF; if it has more than one page, with page numbers, which leave the pages as they are."""
    pdf = _once(root, {**letter, "pages": 1}, on)
    pages = _PAGES.search(pdf)
    if pages is None:
        raise RuntimeError("letter.typ: typst wrote a PDF without a plain page tree; press._PAGES has to follow it")
    return pdf if pages[1] == b"1" else _once(root, {**letter, "pages": int(pages[1])}, on)


def _once(root: Path, letter: Mapping[str, object], on: date) -> bytes:
    compiler = typst.Compiler(_layout(), root=str(root), font_paths=_fonts())
    try:
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf",
            sys_inputs={"letter": json.dumps(letter, ensure_ascii=False)},
            pdf_standards=list(STANDARDS),
            timestamp=datetime.combine(on, time(), UTC),
        )
    except typst.TypstError as error:
        # PDF/A allows no character without a shape, and a letter to an empty box would be worth nothing.
        if missing := _MISSING_SHAPE.search(error.message):
            raise Unprintable(
                f"the letter contains {missing['text']!r}, which its fonts cannot print; "
                "write that name or number in Latin letters"
            ) from error
        raise
    if warnings:
        raise RuntimeError(f"letter.typ: {warnings[0]}; the layout must compile without warnings")
    if not isinstance(pdf, bytes):
        raise RuntimeError(f"letter.typ: typst returned {type(pdf).__name__} instead of one document")
    return pdf
