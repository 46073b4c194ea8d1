"""Reads letters back: the words of a PDF and of an HTML mail."""

import io
import re
import struct
from collections.abc import Mapping
from functools import cache
from html import unescape
from typing import Any

from pypdf import PageObject, PdfReader

from letters import render
from letters.content import LetterContent
from letters.render import Email, render_email, render_pdf

_LINE = re.compile(rb"BT\b.*?\bET\n", re.DOTALL)
"""Where a page writes (ISO 32000-2 §9.4.1): typst begins anew for each line, and for each font in it."""
_STRING = rb"(?:[^\\()]|\\.)*"
for _ in range(8):
    _STRING = rb"(?:[^\\()]|\\.|\(" + _STRING + rb"\))*"
_PIECE = re.compile(
    rb"/ActualText ?(?:\(" + _STRING + rb"\)|<[0-9A-Fa-f]*>)"
    rb"|/(\w+) [\d.]+ Tf|\((" + _STRING + rb")\)|<([0-9A-Fa-f]+)>",
    re.DOTALL,
)
"""What is read aloud in the place of glyphs (§14.9.4), and passed over; a font; what is written in it: a string whose
brackets stand as they are where they have a partner, or in hexadecimal digits (§7.3.4)."""
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(", b")": b")", b"\\": b"\\"}
"""What stands for another byte (§7.3.4.2)."""
_STANDS_FOR = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n")
"""The text of a glyph (§9.10.3)."""


def printed(pdf: bytes) -> str:
    """Return the words of a PDF, with line ends and no-break spaces as spaces."""
    text = " ".join(_words_of(page) for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"[\s\u200b]+", " ", text)


def _words_of(page: PageObject) -> str:
    """Its words, line by line; pypdf looks at where each letter stands, and takes ten times as long."""
    contents = page.get_contents()
    assert contents is not None
    fonts: Any = page["/Resources"]
    texts = {name[1:].encode(): _texts_of(font.get_object()) for name, font in fonts["/Font"].items()}
    return " ".join(_said(line, texts) for line in _LINE.findall(contents.get_data()))


def _texts_of(font: Any) -> dict[int, str]:
    """What each of its glyphs says."""
    assert font["/Encoding"] == "/Identity-H"
    said = font["/ToUnicode"].get_data()
    assert b"beginbfrange" not in said
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in _STANDS_FOR.findall(said)}


def _said(line: bytes, texts: Mapping[bytes, Mapping[int, str]]) -> str:
    found: list[str] = []
    glyphs: Mapping[int, str] = {}
    for font, string, digits in _PIECE.findall(line):
        if font:
            glyphs = texts[font]
            continue
        codes = bytes.fromhex(digits.decode()) if digits else _ESCAPE.sub(_byte, string)
        found += [glyphs[code] for (code,) in struct.iter_unpack(">H", codes)]
    return "".join(found)


def _byte(escape: re.Match[bytes]) -> bytes:
    return _ESCAPED[escape[1]] if escape[1] in _ESCAPED else bytes([int(escape[1], 8)])


def words(html: str) -> str:
    """Return the words of an HTML text, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<title>.*?</title>|<[^>]+>", " ", html, flags=re.DOTALL)))


@cache
def all_forms(content: LetterContent) -> tuple[str, str, str]:
    """The plain text, the words of the HTML and the words of the PDF; reading a PDF is slow, so each is read once."""
    return *mailed(content), printed(pdf_of(content))


@cache
def pdf_of(content: LetterContent) -> bytes:
    """Its PDF, printed once: the same letter has the same bytes (`test_pdf.py`)."""
    return render_pdf(content)


@cache
def mail_of(content: LetterContent) -> Email:
    """Its e-mail, made once, for tests that change no template."""
    return render_email(content)


@cache
def mailed(content: LetterContent) -> tuple[str, str]:
    """The plain text and the words of the HTML."""
    email = mail_of(content)
    return email.text, words(email.html)


def laid_out(content: LetterContent) -> str:
    """The words that go into the layout of the paper, with line ends and no-break spaces as spaces."""
    letter = render._printed(content, render._checked_words(content, paper=True))
    return re.sub(r"[\s\u200b]+", " ", " ".join(render._texts(letter)).replace("\u200b", ""))
