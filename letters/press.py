"""Prints letters as PDF, with typst, the layout `templates/letter.typ` and the fonts of this package alone."""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from letters.attachment import Attachment
from letters.enclosing import put_in, stand_in
from letters.errors import Unprintable
from letters.lines import one_line
from machine.passing_folders import PassingFolder

FONTS = Path(str(files("letters") / "fonts"))
LAYOUT = Path(str(files("letters") / "templates" / "letter.typ"))
STATEMENT = LAYOUT.with_name("statement.typ")
"""Layout of a statement of account."""

DATA = "letter.json"
"""Where a layout reads what it prints."""
NUMBER_OF_PAGES = "pages.json"
"""Where it reads how many pages that comes to; a file of its own, so that all else is the same to typst."""

STANDARDS: tuple[Literal["a-3a"], Literal["ua-1"]] = ("a-3a", "ua-1")
"""PDF/A-3a keeps for decades and holds the invoice as a file; PDF/UA-1 can be read aloud."""

MISSING_SHAPE = re.compile(r'the text `"(?P<text>.*)"` could not be displayed', re.DOTALL)

# The page tree is the first object that typst writes, before anything that a letter says or holds.
_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")


@cache
def package_fonts() -> typst.Fonts:
    """Return the fonts of this package and those inside typst: the same bytes on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


class _Folder:
    """A folder with one layout, and the number of pages that it counts on; removed with this object."""

    def __init__(self, layout: Path) -> None:
        self._passing = PassingFolder()
        self.path = self._passing.path
        self.layout = self.path / layout.name
        self.pages = self.path / NUMBER_OF_PAGES
        self.layout.write_bytes(layout.read_bytes())
        self.pages.write_bytes(b"1")

    @property
    def is_whole(self) -> bool:
        return self.layout.exists() and self.pages.exists()


class Room(threading.local):
    """A compiler, and the folder that it may read: each thread has its own.

    A compiler that is kept knows the layout already, and what it laid out for the last letters: of a letter only what
    it says otherwise is laid out, as long as no style of a whole page differs. It keeps what it was last given, too, so
    all that a letter depends on is given anew each time.
    """

    def __init__(self, layout: Path) -> None:
        """Nothing is opened yet.

        Args:
            layout: The layout that it prints.
        """
        self._layout = layout
        self._folder: _Folder | None = None
        self._compiler: typst.Compiler | None = None

    def open(self) -> tuple[Path, typst.Compiler]:
        """Return the folder and the compiler; anew if something cleaned the folder away."""
        if self._folder is None or self._compiler is None or not self._folder.is_whole:
            self._folder = _Folder(self._layout)
            self._compiler = typst.Compiler(
                str(self._folder.layout), root=str(self._folder.path), font_paths=package_fonts()
            )
        return self._folder.path, self._compiler


_ROOM = Room(LAYOUT)
_ROOM_OF_STATEMENTS = Room(STATEMENT)


def warm_up() -> None:
    """Open the compiler of this thread, with its fonts, before there is a letter."""
    _ROOM.open()


def press(letter: Mapping[str, object], on: date, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return a letter as a PDF.

    Args:
        letter: Data of the layout; printed as it is, never evaluated.
        on: Date of the letter, which becomes the date of the file.
        attachments: Files that go inside.

    Raises:
        Unprintable: a text has characters that no bundled font has.
    """
    folder, compiler = _ROOM.open()
    enclosed: list[Mapping[str, str]] = []
    put_aside: dict[bytes, bytes] = {}
    # typst reads files, not bytes of ours, and none outside its root; none of them outlives its letter.
    with ExitStack() as stack:
        for place, attachment in enumerate(attachments):
            file = folder / f"enclosed-{place}"
            stack.callback(file.unlink, missing_ok=True)
            standing_in = stand_in(attachment.content)
            if standing_in != attachment.content:
                put_aside[standing_in] = attachment.content
            file.write_bytes(standing_in)
            enclosed.append({"file": file.name, **_described(attachment, place, attachments)})
        pdf = _compiled(folder, compiler, {**letter, "attachments": enclosed}, on)
    return put_in(pdf, put_aside) if put_aside else pdf


def press_statement(statement: Mapping[str, object], on: date) -> bytes:
    """Return a statement of account as a PDF.

    Args:
        statement: Data of its layout; printed as it is, never evaluated.
        on: Its date, which becomes the date of the file.

    Raises:
        Unprintable: a text has characters that no bundled font has.
    """
    folder, compiler = _ROOM_OF_STATEMENTS.open()
    return _compiled(folder, compiler, statement, on)


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


def _compiled(folder: Path, compiler: typst.Compiler, letter: Mapping[str, object], on: date) -> bytes:
    """Return the PDF; if it has more than one page, with page numbers, which leave the pages as they are."""
    pdf = _once(folder, compiler, letter, on)
    pages = _PAGES.search(pdf)
    if pages is None:
        raise RuntimeError("letter.typ: typst wrote a PDF without a plain page tree; press._PAGES has to follow it")
    if pages[1] == b"1":
        return pdf
    try:
        (folder / NUMBER_OF_PAGES).write_bytes(pages[1])
        return _once(folder, compiler, letter, on)
    finally:
        (folder / NUMBER_OF_PAGES).write_bytes(b"1")


def _once(folder: Path, compiler: typst.Compiler, letter: Mapping[str, object], on: date) -> bytes:
    # A file, and no input of typst's: its library is made anew for an input, which takes a seventh of a letter.
    data = folder / DATA
    try:
        data.write_text(json.dumps(letter, ensure_ascii=False), encoding="utf-8")
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf",
            pdf_standards=list(STANDARDS),
            timestamp=datetime.combine(on, time(), UTC),
        )
    except typst.TypstError as error:
        # PDF/A allows no character without a shape, and a letter to an empty box would be worth nothing.
        if missing := MISSING_SHAPE.search(error.message):
            raise Unprintable(
                f"the letter contains {missing['text']!r}, which its fonts cannot print; "
                "write that name or number in Latin letters"
            ) from error
        raise
    finally:
        data.unlink(missing_ok=True)
    if warnings:
        raise RuntimeError(f"letter.typ: {warnings[0]}; the layout must compile without warnings")
    if not isinstance(pdf, bytes):
        raise RuntimeError(f"letter.typ: typst returned {type(pdf).__name__} instead of one document")
    return pdf
