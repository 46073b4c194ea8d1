"""Folders for what is written to be read once, and goes with its process: letters while they are printed, copies.

A process that is killed leaves its folder behind, and what stood in it is of persons. So each folder is locked by its
process, which the operating system undoes however it ends, and who begins removes those that nobody holds. A number
of a process would not do: where containers share a folder, each has a process 1.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path
from shutil import rmtree

__all__ = ["PassingFolder", "remove_left_folders"]

_PREFIX = "maanwerk-passing-"


class PassingFolder:
    """A folder that its owner alone may read; it goes with the block, with this object, or after this process.

    Attributes:
        path: Where it is.
    """

    def __init__(self, place: Path | None = None) -> None:
        """Make it.

        Args:
            place: Where; by default in the folder of the system for such.
        """
        place = place or Path(tempfile.gettempdir())
        _tidied(place)
        self.path, held = _made(place)
        self._remove = weakref.finalize(self, _removed, self.path, held, os.getpid())

    def __enter__(self) -> Path:
        """Give its path."""
        return self.path

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self._remove()


def remove_left_folders(place: Path | None = None) -> None:
    """Remove the folders of ours whose processes are gone; those of others, and of who lives, stay.

    Args:
        place: Where to look; by default in the folder of the system for such.
    """
    for path in (place or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        # What can't be opened or locked is somebody else's, or gone meanwhile.
        with suppress(OSError):
            _remove_if_left(path)


@cache
def _tidied(place: Path) -> None:
    """Once a process."""
    remove_left_folders(place)


def _made(place: Path) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        try:
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # Somebody took it for left already.
        # Shared, which NFS gives for a folder, too; where there are no locks nobody can take it for left.
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_SH)
        if path.exists():
            return path, held
        os.close(held)  # Or before it was locked.


def _remove_if_left(path: Path) -> None:
    held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(held).st_uid != os.geteuid():
            return
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        rmtree(path, ignore_errors=True)
    finally:
        os.close(held)


def _removed(path: Path, held: int, owner: int) -> None:
    if os.getpid() == owner:  # Who was forked since leaves it.
        rmtree(path, ignore_errors=True)
        os.close(held)
