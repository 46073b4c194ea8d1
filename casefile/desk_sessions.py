"""Who is signed in at the desk, and the links by which somebody chooses a password: of both only hashes are kept.

What a browser brings is 256 random bits that we drew when he signed in, never anything that it brought before.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, delete, func, insert, select, update

from casefile import desk_tables as td
from casefile.case_file import CaseFile
from casefile.people import DeskRole, User, added_user, new_password, user_of_row
from casefile.session import moment_text

__all__ = [
    "IDLE",
    "LASTS",
    "LINK_LASTS",
    "BadLink",
    "begin_session",
    "end_session",
    "link_for",
    "link_opens",
    "session_of",
    "use_link",
]

IDLE = timedelta(hours=2)
"""How long one stays signed in without doing anything."""
LASTS = timedelta(hours=12)
"""How long one stays signed in at all: a working day."""
LINK_LASTS = timedelta(hours=1)
"""How long a link works."""
_SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when somebody was last seen: reading a page is not to write each time."""
_SIGNED_IN = (
    select(td.users, td.desk_sessions.c.created_at.label("since"), td.desk_sessions.c.seen_at)
    .join(td.users, td.users.c.id == td.desk_sessions.c.user_id)
    .where(td.desk_sessions.c.sha256 == bindparam("by"))
)
"""Built once: every page asks it, and building it takes longer than running it."""


class BadLink(ValueError):
    """A link opens nothing: it is wrong, was used, or its hour is over."""


def begin_session(file: CaseFile, user: User, at: datetime, *, instead_of: str | None = None) -> str:
    """Sign somebody in; returns what his browser is to bring.

    Args:
        file: The case file.
        user: Who has proved who he is.
        at: Now, aware.
        instead_of: What his browser brought until now: it opens nothing any more.
    """
    secret = secrets.token_urlsafe(32)
    row = {
        "sha256": _hash(secret),
        "user_id": user.id,
        "created_at": moment_text(at),
        "seen_at": moment_text(at),
    }
    c = td.desk_sessions.c
    with file.database.write(whole=False) as connection:
        old = (c.created_at < moment_text(at - LASTS)) | (c.seen_at < moment_text(at - IDLE))
        connection.execute(delete(td.desk_sessions).where(old))
        if instead_of is not None:
            connection.execute(delete(td.desk_sessions).where(c.sha256 == _hash(instead_of)))
        connection.execute(insert(td.desk_sessions), row)
    return secret


def session_of(file: CaseFile, secret: str, at: datetime, *, acts: bool = True) -> User | None:
    """Who is signed in by what a browser brings; None when nobody is.

    Args:
        file: The case file.
        secret: What it brings.
        at: Now, aware.
        acts: Whether a person does something: what a page asks by itself keeps nobody signed in.
    """
    c = td.desk_sessions.c
    with file.database.read() as connection:
        row = connection.execute(_SIGNED_IN, {"by": _hash(secret)}).first()
    if row is None or row.disabled_at is not None:
        return None
    since, seen = datetime.fromisoformat(row.since), datetime.fromisoformat(row.seen_at)
    if at >= since + LASTS or at >= seen + IDLE:
        return None
    if acts and at >= seen + _SEEN_EVERY:
        with file.database.write(whole=False) as connection:
            of_it = update(td.desk_sessions).where(c.sha256 == _hash(secret))
            connection.execute(of_it.values(seen_at=moment_text(at)))
    return user_of_row(row)


def end_session(file: CaseFile, secret: str) -> None:
    """Sign somebody out."""
    with file.database.write(whole=False) as connection:
        connection.execute(delete(td.desk_sessions).where(td.desk_sessions.c.sha256 == _hash(secret)))


def link_for(file: CaseFile, user: User | None, at: datetime) -> str:
    """Make the secret of a link by which a user chooses a password; without one it makes the first user.

    Args:
        file: The case file.
        user: Whose.
        at: Now, aware.
    """
    secret = secrets.token_urlsafe(32)
    row = {
        "sha256": _hash(secret),
        "user_id": None if user is None else user.id,
        "created_at": moment_text(at),
        "expires_at": moment_text(at + LINK_LASTS),
    }
    with file.database.write(whole=False) as connection:
        connection.execute(delete(td.sign_in_links).where(td.sign_in_links.c.expires_at < moment_text(at - LASTS)))
        connection.execute(insert(td.sign_in_links), row)
    return secret


def link_opens(file: CaseFile, secret: str, at: datetime) -> User | None:
    """Whose a link is, None that it makes the first user; looking at it does not use it.

    Raises:
        BadLink: it opens nothing.
    """
    c = td.sign_in_links.c
    with file.database.read() as connection:
        link = connection.execute(select(c.user_id, c.expires_at, c.used_at).where(c.sha256 == _hash(secret))).first()
        if link is None or link.used_at is not None or at >= datetime.fromisoformat(link.expires_at):
            raise BadLink("this link opens nothing")
        if link.user_id is None:
            if connection.scalar(select(func.count()).select_from(td.users)):
                raise BadLink("there is a first user already")
            return None
        row = connection.execute(select(td.users).where(td.users.c.id == link.user_id)).one()
    if row.disabled_at is not None:
        raise BadLink("this user may not sign in")
    return user_of_row(row)


def use_link(
    file: CaseFile, secret: str, at: datetime, password: str, *, login: str = "", name: str = "", language: str = "nl"
) -> User:
    """Use a link: its user has a new password, or the first user is there.

    Args:
        file: The case file.
        secret: The secret of the link.
        at: Now, aware.
        password: The hash of the password that was chosen.
        login: Of the first user: what he signs in with.
        name: Of the first user: his name.
        language: Of the first user: his language.

    Raises:
        BadLink: it opens nothing; of two who use it at once one hears that.
    """
    c = td.sign_in_links.c
    with file.database.write(whole=False) as connection:
        file.database.lock(connection, "first user of the desk")
        used = update(td.sign_in_links).where(
            c.sha256 == _hash(secret), c.used_at.is_(None), c.expires_at > moment_text(at)
        )
        if connection.execute(used.values(used_at=moment_text(at))).rowcount != 1:
            raise BadLink("this link opens nothing")
        user_id = connection.scalar(select(c.user_id).where(c.sha256 == _hash(secret)))
        if user_id is None:
            if connection.scalar(select(func.count()).select_from(td.users)):
                raise BadLink("there is a first user already")
            return added_user(connection, login, name, DeskRole.ADMIN, at, language=language, password=password)
        row = connection.execute(select(td.users).where(td.users.c.id == user_id)).one()
        if row.disabled_at is not None:
            raise BadLink("this user may not sign in")
        new_password(connection, user_id, password)
        return user_of_row(row)


def _hash(secret: str) -> str:
    # 256 random bits can't be guessed, so a slow hash would protect nothing.
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
