"""Temporal's server as tests start it: quicker, for it does not read the whole of its own program.

A worker of its own numbers its build by the file that the program was started from, all 156 MB of it: two thirds of the
processor time that a start takes. The same program under another name, behind which an empty file stands, numbers it by
that one. What people start is started as it is: `maanwerk up` of the README.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

from engine import embedded
from machine.passing_folders import PassingFolder

__all__ = ["start_lightly"]


_as_installed = embedded.binary
_kept: list[PassingFolder] = []


def start_lightly() -> None:
    """From now on this process, and what it forks, starts Temporal's server so."""
    embedded.binary = _binary


def _binary(name: str) -> Path:
    return _light(_as_installed(name)) if name == "temporal" else _as_installed(name)


@cache
def _light(program: Path) -> Path:
    """The program by another path; as it is, where no other name can be given to it."""
    if sys.platform == "linux":
        # A second name is of the same disk.
        for place in (Path(tempfile.gettempdir()), program.parent):
            with contextlib.suppress(OSError):
                return _under_another_name(program, place)
    return program


def _under_another_name(program: Path, place: Path) -> Path:
    folder = PassingFolder(place)
    name = folder.path / program.name
    os.link(program, name)
    # As long as we live it can be started by this descriptor; its name is that of a file which is empty.
    held = os.open(name, os.O_RDONLY)
    name.unlink()
    name.touch()
    _kept.append(folder)  # What was forked ends before us.
    return Path(f"/proc/{os.getpid()}/fd/{held}")
