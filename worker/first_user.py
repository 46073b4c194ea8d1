"""The link by which the first user of the desk makes himself: printed where only who sits at this machine reads it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from casefile.desk_sessions import link_for
from casefile.opening import open_case_file
from casefile.people import users
from config.addresses import is_loopback

__all__ = ["first_user_link"]


def first_user_link(database: str, api: str, now: datetime) -> str | None:
    """A link that makes the first user, None where there is one, or where others reach the desk.

    Args:
        database: URL of the case file, which is there.
        api: URL under which the API and the desk are.
        now: The present moment.
    """
    if not is_loopback(urlsplit(api).hostname or ""):
        return None
    file = open_case_file(database, create=False)
    try:
        return None if users(file) else f"{api}/desk/link/{link_for(file, None, now)}"
    finally:
        file.database.close()
