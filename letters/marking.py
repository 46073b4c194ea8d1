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
    return _MARKED.sub(r"\2", text) if _OPEN in text else text


def masked(text: str) -> str:
    """Return the wording alone: each value is replaced by its kind, such as `[amount]`."""
    return _MARKED.sub(r"[\1]", text) if _OPEN in text else text


def values(text: str, kind: Kind) -> tuple[str, ...]:
    """Return all values of one kind in a text, in their order."""
    return tuple(match[2] for match in _MARKED.finditer(text) if match[1] == kind)


def french_spaces(text: str) -> str:
    """Return the text with no-break spaces before French punctuation, data left alone."""
    return _FRENCH_SPACE.sub(lambda match: "\u00a0" if match[0] == " " else match[0], text)
