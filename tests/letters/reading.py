"""Reads letters back: the words of a PDF and of an HTML mail."""

import io
import re
from functools import cache
from html import unescape

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, DecodedStreamObject, NameObject

from letters import render
from letters.content import LetterContent
from letters.render import Email, render_email, render_pdf

_TEXT = re.compile(rb"(BT\b.*?\bET\n)", re.DOTALL)
"""Where a page writes (ISO 32000-2 §9.4.1)."""
_PLACES = re.compile(rb"(?<!\S)(?:q|Q|(?:-?[\d.]+ ){6}cm)\b")
"""What of the rest says where that is. Lines, colours and marks are no words, and most of what there is to read."""
_KERNING = re.compile(rb"(?<!\\)\)-?\d{1,2}(?:\.\d+)?\(")
"""Where two letters of a word stand a tenth of their size nearer to each other, or less: no end of a word."""


def printed(pdf: bytes) -> str:
    """Return the words of a PDF, with line ends and no-break spaces as spaces."""
    reader = PdfReader(io.BytesIO(pdf))
    text = " ".join(_words_of(page, reader) for page in reader.pages)
    return re.sub(r"[\s\u200b]+", " ", text)


def _words_of(page: PageObject, reader: PdfReader) -> str:
    contents = page.get_contents()
    assert contents is not None
    parts = _TEXT.split(contents.get_data())
    undrawn = DecodedStreamObject()
    kept = (_KERNING.sub(b"", part) if at % 2 else b" ".join(_PLACES.findall(part)) for at, part in enumerate(parts))
    undrawn.set_data(b"\n".join(kept))
    page[NameObject("/Contents")] = ContentStream(undrawn, reader, "bytes")
    return page.extract_text()


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
