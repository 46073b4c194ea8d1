"""Where a case file lies, so that two processes can tell whether they use the same one and not a copy of it."""

from __future__ import annotations

import os

from casefile.database import database_url, sqlite_file
from casefile.file_place import place_of

__all__ = ["whereabouts"]


def whereabouts(url: str) -> tuple[str, str]:
    """Where the case file of a URL lies, and SQLite's file itself, which a copy does not share.

    Args:
        url: As `database_url` takes it.

    Returns:
        The absolute path, or the URL without password; then device and inode, "" of another database and of no file.
    """
    parsed = database_url(url)
    file = sqlite_file(parsed)
    if file is None:
        return parsed.render_as_string(hide_password=True), ""
    place = place_of(file)
    return os.path.abspath(file), "" if place is None else f"{place.device}:{place.inode}"
