"""Prints a letter in a process of its own, and kills itself while typst has it: `kill -9`."""

from __future__ import annotations

import os
import signal
import sys
import tempfile

import typst

from letters.render import render_pdf
from tests.letters.builders import example


class Killing:
    """In the place of a compiler: the process ends when it is asked for a letter."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take whatever a compiler takes."""

    def compile_with_warnings(self, **_: object) -> None:
        """End."""
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    tempfile.tempdir = sys.argv[1]
    typst.Compiler = Killing  # type: ignore[assignment, misc]
    render_pdf(example("reminder"))
