"""Marks that tell data from wording in a text that is filled in.

What a debtor is called must never make a letter void, and what a letter says must be judged as it leaves. So every
value is marked when it is put into the wording; the marks are taken off for printing, and the data for judging.
The marks are private-use characters, which `content.one_line` takes out of all data.
"""

import re
from typing import Literal

Kind = Literal["text", "amount", "date", "number"]

_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKED = re.compile(f"{_OPEN}([a-z]+){_MIDDLE}([^{_CLOSE}]*){_CLOSE}")
# A French question mark, colon, semicolon or exclamation mark keeps to its word.
_FRENCH_SPACE = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}| (?=[?!:;])")


def mark(kind: Kind, text: str | None) -> str:
    """Return a value with its marks; nothing stays nothing, so that templates can ask whether it is there."""
    return f"{_OPEN}{kind}{_MIDDLE}{text}{_CLOSE}" if text else ""


def printed(text: str) -> str:
    """Return the text as it is printed, without marks."""
    if _OPEN not in text:
        return text
    # Words, kind, value, words, kind, value, …, words.
    pieces = _MARKED.split(text)
    del pieces[1::3]
    return "".join(pieces)


def masked(text: str) -> str:
    """Return the wording alone: each value is replaced by its kind, such as `[amount]`."""
    if _OPEN not in text:
        return text
    pieces = _MARKED.split(text)
    del pieces[2::3]
    pieces[1::2] = [f"[{kind}]" for kind in pieces[1::2]]
    return "".join(pieces)


def values(text: str, kind: Kind) -> tuple[str, ...]:
    """Return all values of one kind in a text, in their order."""
    pieces = _MARKED.split(text)
    return tuple(value for its, value in zip(pieces[1::3], pieces[2::3], strict=True) if its == kind)


def french_spaces(text: str) -> str:
    """Return the text with no-break spaces before French punctuation, data left alone."""
    return _FRENCH_SPACE.sub(lambda match: "\u00a0" if match[0] == " " else match[0], text)
