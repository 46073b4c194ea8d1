"""Files and folders for their owner alone: they hold names, debts, and what was sent to whom.

They are made closed, whatever the umask, not closed after they were made: in between anybody could open them. Those
that an earlier version left open to others are closed when they are opened again, if they are ours.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from machine.regular import check_plain

__all__ = [
    "UMASK",
    "close_database",
    "close_file",
    "close_folder",
    "make_database",
    "make_folder",
    "private_opener",
    "write_private",
]

UMASK = 0o077
"""For a process that makes files of its own: they are its owner's alone."""

_FOLDER, _FILE = 0o700, 0o600
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database; it gives them the mode that the database has."""


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, for the owner alone; what is there stays as it is.

    Raises:
        OSError: it can't be made, or something else has its name.
    """
    missing = []
    for each in (folder, *folder.parents):
        if each.is_dir():
            break
        missing.append(each)
    for each in reversed(missing):
        try:
            os.mkdir(each, _FOLDER)
        except FileExistsError:
            if not each.is_dir():  # Otherwise another process was faster.
                raise


def close_folder(folder: Path, is_ours: Callable[[str], bool]) -> None:
    """Take from others what they may in a folder that is ours alone.

    One that belongs to somebody else, or holds anything that is not ours, is left as it is: it may be a folder of the
    system, or shared on purpose. Our files in it are closed all the same.

    Args:
        folder: The folder; nothing happens when it is not there.
        is_ours: Whether an entry of this name is one that we make.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # What we may not even read is none of ours.
    try:
        if _is_open_to_others(os.fstat(descriptor)) and all(map(is_ours, os.listdir(descriptor))):
            os.fchmod(descriptor, stat.S_IMODE(os.fstat(descriptor).st_mode) & ~UMASK)
    finally:
        os.close(descriptor)


def close_file(file: Path) -> None:
    """Take from others what they may with a file of ours; nothing happens when it is not there or not ours.

    By its name, not through a descriptor: closing one on a database would end all locks that this process has on it
    (POSIX advisory locks; https://www.sqlite.org/howtocorrupt.html §2.2).
    """
    try:
        state = os.stat(file)
    except FileNotFoundError:
        return
    if stat.S_ISREG(state.st_mode) and _is_open_to_others(state):
        os.chmod(file, stat.S_IMODE(state.st_mode) & ~UMASK)


def close_database(file: Path) -> None:
    """Close a SQLite database, and what lies beside it, to others."""
    for each in (file, *(file.with_name(file.name + ending) for ending in _BESIDE)):
        close_file(each)


def make_database(file: Path) -> None:
    """Make an empty SQLite database for the owner alone; one that is there is closed to others, and stays as it is.

    Raises:
        OSError: it can't be made.
    """
    try:
        # Only a file that is not there is opened: nobody can have a lock on it that is lost when it is closed.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE))
    except FileExistsError:
        close_database(file)


def private_opener(path: str, flags: int) -> int:
    """Open a file for `open(…, opener=private_opener)`: a new one is the owner's alone, an open one is closed."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, _FILE)
    try:
        _close(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write_private(file: Path, content: bytes, *, replace: bool) -> None:
    """Write a file for the owner alone.

    Args:
        file: Where to.
        content: Its bytes.
        replace: Whether a file that is there may be replaced.

    Raises:
        FileExistsError: it is there, and may not be replaced.
        NotPlainFile: it is there, and is a folder, pipe, socket or device.
        OSError: it can't be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    if replace and file.exists():
        check_plain(os.stat(file).st_mode)
    descriptor = os.open(file, flags if replace else flags | os.O_EXCL, _FILE)
    with os.fdopen(descriptor, "wb") as out:
        check_plain(os.fstat(descriptor).st_mode)
        _close(descriptor)
        out.truncate(0)
        out.write(content)


def _close(descriptor: int) -> None:
    state = os.fstat(descriptor)
    if stat.S_ISREG(state.st_mode) and _is_open_to_others(state):
        os.fchmod(descriptor, stat.S_IMODE(state.st_mode) & ~UMASK)


def _is_open_to_others(state: os.stat_result) -> bool:
    return state.st_uid == os.geteuid() and bool(state.st_mode & UMASK)
