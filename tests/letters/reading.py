"""Reads letters back: the words of a PDF and of an HTML mail."""

import io
import re
from html import unescape

from pypdf import PdfReader

from letters.content import LetterContent
from letters.render import render_email, render_pdf


def printed(pdf: bytes) -> str:
    """Return the words of a PDF, with line ends and no-break spaces as spaces."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"[\s\u200b]+", " ", text)


def words(html: str) -> str:
    """Return the words of an HTML text, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<title>.*?</title>|<[^>]+>", " ", html, flags=re.DOTALL)))


def all_forms(content: LetterContent) -> list[str]:
    """The plain text, the words of the HTML and the words of the PDF."""
    email = render_email(content)
    return [email.text, words(email.html), printed(render_pdf(content))]
