"""What a procedure manual is made of, whether it is read as a page, as a PDF or at the terminal."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Line", "Manual", "Part"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Line(_Value):
    """A term, and what is to be said of it."""

    term: str
    text: str


class Part(_Value):
    """A part with its heading: sentences, then terms."""

    heading: str
    intro: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


class Manual(_Value):
    """The manual of one policy, in one language.

    Attributes:
        policy: Its name, and `version` its version.
        rungs: A part for each rung, in order.
        parts: The other parts.
    """

    language: str
    title: str
    subtitle: str
    policy: str
    version: int
    intro: tuple[str, ...]
    rungs: tuple[Part, ...]
    parts: tuple[Part, ...]
