"""How the command line is called where one stands, so that a command that is printed runs as it is printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys

__all__ = ["as_here", "own_command"]

_NAME = "maanwerk"

_PRINTED = re.compile(r"\bmaanwerk (?=(?:case|desk|import|migrate|nudge|policy|samples|up|worker)\b)")
"""A command in a text of a room that does not know how it is called here."""


def as_here(text: str) -> str:
    """A text, in which commands stand as a person can type them here."""
    return text if _program() == _NAME else _PRINTED.sub(lambda _: f"{_program()} ", text)


def own_command(words: str = "") -> str:
    """A command as a person can type it here.

    Args:
        words: What stands behind `maanwerk`.

    Returns:
        `maanwerk …` where the shell finds this one under that name; else by its path, such as `.venv/bin/maanwerk …`.
    """
    return f"{_program()} {words}".rstrip()


def _program() -> str:
    called = sys.argv[0] if sys.argv else ""
    if os.path.basename(called) != _NAME or not os.path.isfile(called):
        return _NAME
    found = shutil.which(_NAME)
    if found is not None and os.path.samefile(found, called):
        return _NAME
    path = os.path.abspath(called)
    near = os.path.relpath(path)
    return shlex.quote(path if near.startswith(os.pardir) else near)
