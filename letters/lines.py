"""Texts of letters as one line of data, and the frozen values that hold them.

Line breaks, control characters and characters that turn the reading direction are taken out when a value is made, so
that a debtor's name can neither add a paragraph to a letter nor a header to an e-mail.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

# Directional embeddings, overrides and isolates: they could show an amount or an account number backwards.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
# Private-use characters with which rendering marks what is data; nobody's name needs them.
_MARKS = frozenset("\ue000\ue001\ue002")


def one_line(text: str) -> str:
    """Return the text as one line: no line breaks, controls, direction characters or doubled spaces."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in text
        if char not in _TURNING and char not in _MARKS
    )
    return " ".join(part for part in visible.split(" ") if part)


Line = Annotated[str, AfterValidator(one_line)]
FilledLine = Annotated[Line, AfterValidator(lambda text: _filled(text))]


def _filled(text: str) -> str:
    if not text:
        raise ValueError("is empty; give at least one visible character")
    return text


class Frozen(BaseModel):
    """A value of a letter: it never changes, and has no field that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
