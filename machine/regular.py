"""Reading files that a person names: plain files and nothing else.

A named pipe waits for a writer for ever, a device gives bytes without an end or does something when it is opened. What
it is is looked at before it is opened, and again afterwards, for it may have been exchanged in between.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

__all__ = ["NotPlainFile", "check_plain", "read_plain"]

_KINDS: tuple[tuple[Callable[[int], bool], int, str], ...] = (
    (stat.S_ISDIR, errno.EISDIR, "it is a folder: name a file"),
    (stat.S_ISFIFO, errno.EINVAL, "it is a pipe: write what comes out of it to a file, and name that"),
    (stat.S_ISSOCK, errno.EINVAL, "it is a socket: name a file"),
    (stat.S_ISCHR, errno.EINVAL, "it is a device: name a file"),
    (stat.S_ISBLK, errno.EINVAL, "it is a device: name a file"),
)


class NotPlainFile(OSError):
    """What was named is no plain file; `strerror` says what it is and what to do, and names no path."""


def check_plain(mode: int) -> None:
    """See that something on the disk is a plain file.

    Args:
        mode: Its `st_mode`.

    Raises:
        NotPlainFile: it is a folder, pipe, socket or device.
    """
    if stat.S_ISREG(mode):
        return
    for is_of_kind, number, says in _KINDS:
        if is_of_kind(mode):
            raise NotPlainFile(number, says)
    raise NotPlainFile(errno.EINVAL, "it is no plain file: name a file")


def read_plain(path: Path, most: int) -> bytes:
    """Read a plain file, or what a link to one leads to.

    Args:
        path: The file.
        most: How many bytes are read at most, however it grows; ask for one more than may be there.

    Raises:
        NotPlainFile: it is a folder, pipe, socket or device; it was not opened in a way that waits.
        OSError: it is not there, or can't be read.
    """
    check_plain(os.stat(path).st_mode)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        check_plain(os.fstat(descriptor).st_mode)
        return file.read(most)
