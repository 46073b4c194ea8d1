"""Telephone numbers as providers take them."""

from __future__ import annotations

__all__ = ["international"]

_BETWEEN = {ord(sign): None for sign in " \u00a0.-/()"}


def international(number: str) -> str | None:
    """A number with `+` and country (E.164), without spaces and signs between; None when it has no country."""
    bare = number.translate(_BETWEEN)
    # E.164: at most 15 digits, and no country begins with 0.
    valid = bare.startswith("+") and bare.isascii() and bare[1:].isdecimal() and 8 <= len(bare) <= 16 and bare[1] != "0"
    return bare if valid else None
