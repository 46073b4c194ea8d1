"""The people who work at the desk: who they are, what each may do, and the hash of their passwords."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from casefile import desk_tables as td
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.session import moment_text

__all__ = [
    "DeskRole",
    "LoginTaken",
    "SeesAll",
    "User",
    "bind_user",
    "create_user",
    "disable_user",
    "must_be_creditors",
    "password_of",
    "seen_of",
    "seen_text",
    "set_creditors",
    "set_password",
    "set_preferences",
    "set_role",
    "user_bound_to",
    "user_of_login",
    "users",
]


class DeskRole(StrEnum):
    """What a user may do; each may do what those before it may."""

    READ = "read"
    WORK = "work"
    APPROVE = "approve"
    ADMIN = "admin"

    def includes(self, other: DeskRole) -> bool:
        """Whether it may do what the other may."""
        order = tuple(DeskRole)
        return order.index(self) >= order.index(other)


class LoginTaken(ValueError):
    """Somebody has this login already."""


class SeesAll(ValueError):
    """Somebody can't be kept from these creditors; the text says why and what would be accepted."""


@dataclass(frozen=True, slots=True)
class User:
    """Who works at the desk.

    Attributes:
        id: Eight signs; stands in the audit log.
        login: What he signs in with, such as his e-mail address; in small letters.
        name: As it stands in the case file beside what he does.
        role: What he may do.
        language: In which the desk speaks to him.
        keys: Whether single keys do something; they can be in the way of who speaks to his computer.
        created_at: When he was made.
        disabled_at: Since when he may not sign in any more; None: he may.
        creditors: Ids of the creditors whom he sees; None: all.
        subject: As whom he signs in elsewhere, behind the address of who says so; empty: by a password only.
    """

    id: str
    login: str
    name: str
    role: DeskRole
    language: str
    keys: bool
    created_at: datetime
    disabled_at: datetime | None
    creditors: frozenset[str] | None = None
    subject: str = ""

    @property
    def may_sign_in(self) -> bool:
        """Whether he may."""
        return self.disabled_at is None


def create_user(
    file: CaseFile,
    login: str,
    name: str,
    role: DeskRole,
    at: datetime,
    *,
    language: str = "nl",
    password: str | None = None,
    creditors: frozenset[str] | None = None,
) -> User:
    """Make a user.

    Args:
        file: The case file.
        login: What he signs in with.
        name: As it is shown.
        role: What he may do.
        at: Now, aware.
        language: In which the desk speaks to him.
        password: The hash of his password; None: he chooses one by a link.
        creditors: Ids of the creditors whom he sees; None: all.

    Raises:
        LoginTaken: somebody has it already.
        SeesAll: who administers can't be kept from any creditor, or there is no such creditor.
    """
    with file.database.write(whole=False) as connection:
        _may_see(connection, role, creditors)
        return added_user(connection, login, name, role, at, language=language, password=password, creditors=creditors)


def added_user(
    connection: Connection,
    login: str,
    name: str,
    role: DeskRole,
    at: datetime,
    *,
    language: str,
    password: str | None,
    creditors: frozenset[str] | None = None,
) -> User:
    """The same in a transaction, for what is done with it at once.

    Raises:
        LoginTaken: somebody has it already.
    """
    user = User(secrets.token_hex(4), folded(login), name, role, language, True, at, None, creditors)
    row = {
        "id": user.id,
        "login": user.login,
        "name": name,
        "role": role.value,
        "language": language,
        "keys": True,
        "password": password,
        "created_at": moment_text(at),
        "creditors": seen_text(creditors),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(td.users), row)
    except IntegrityError:
        raise LoginTaken(f"there is a user {user.login!r} already") from None
    return user


def folded(login: str) -> str:
    """A login as it is kept and looked for: capitals and spaces around it are no difference."""
    return login.strip().casefold()


def users(file: CaseFile) -> tuple[User, ...]:
    """All users that were ever made, by name."""
    with file.database.read() as connection:
        rows = connection.execute(select(td.users).order_by(func.lower(td.users.c.name), td.users.c.id)).all()
    return tuple(user_of_row(row) for row in rows)


def user_of_login(file: CaseFile, login: str) -> User | None:
    """The user who signs in so, whether or not he may; None when there is none."""
    with file.database.read() as connection:
        row = connection.execute(select(td.users).where(td.users.c.login == folded(login))).first()
    return None if row is None else user_of_row(row)


def password_of(file: CaseFile, login: str) -> tuple[User, str] | None:
    """Who signs in so with the hash of his password; None when there is no such user, or he has chosen none."""
    with file.database.read() as connection:
        row = connection.execute(select(td.users).where(td.users.c.login == folded(login))).first()
    return None if row is None or row.password is None else (user_of_row(row), str(row.password))


def set_password(file: CaseFile, user_id: str, password: str) -> None:
    """Keep the hash of a new password; whoever is signed in by the old one no more is.

    Args:
        file: The case file.
        user_id: Whose.
        password: Its hash.
    """
    with file.database.write(whole=False) as connection:
        new_password(connection, user_id, password)


def new_password(connection: Connection, user_id: str, password: str) -> None:
    """The same in a transaction."""
    connection.execute(update(td.users).where(td.users.c.id == user_id).values(password=password))
    signed_out(connection, user_id)


def set_role(file: CaseFile, user_id: str, role: DeskRole) -> bool:
    """Give a user another role; False when there is none of this id.

    Raises:
        SeesAll: he sees some creditors only, and who administers can't be kept from any.
    """
    with file.database.write(whole=False) as connection:
        kept = connection.scalar(select(td.users.c.creditors).where(td.users.c.id == user_id))
        _may_see(connection, role, seen_of(kept))
        changed = update(td.users).where(td.users.c.id == user_id).values(role=role.value)
        return connection.execute(changed).rowcount == 1


def user_bound_to(file: CaseFile, issuer: str, subject: str) -> User | None:
    """The user who is this subject at this provider, whether or not he may sign in; None when nobody is."""
    c = td.users.c
    with file.database.read() as connection:
        row = connection.execute(select(td.users).where(c.issuer == issuer, c.subject == subject)).first()
    return None if row is None else user_of_row(row)


def bind_user(file: CaseFile, login: str, issuer: str, subject: str) -> User | None:
    """Bind a user to who he is elsewhere, once and for all.

    Args:
        file: The case file.
        login: Of the user.
        issuer: The provider.
        subject: Who he is there.

    Returns:
        The user; None when there is none with this login, or he is bound already: somebody else is not let in for him.
    """
    c = td.users.c
    with file.database.write(whole=False) as connection:
        free = update(td.users).where(c.login == folded(login), c.subject.is_(None), c.disabled_at.is_(None))
        try:
            with connection.begin_nested():
                bound = connection.execute(free.values(issuer=issuer, subject=subject)).rowcount == 1
        except IntegrityError:
            return None
        if not bound:
            return None
        row = connection.execute(select(td.users).where(c.issuer == issuer, c.subject == subject)).one()
    return user_of_row(row)


def set_creditors(file: CaseFile, user: User, creditors: frozenset[str] | None) -> None:
    """Let a user see these creditors, from his next page on; None: all.

    Raises:
        SeesAll: who administers can't be kept from any creditor, or there is no such creditor.
    """
    with file.database.write(whole=False) as connection:
        kept = connection.execute(select(td.users.c.role).where(td.users.c.id == user.id)).one()
        _may_see(connection, DeskRole(kept.role), creditors)
        changed = update(td.users).where(td.users.c.id == user.id)
        connection.execute(changed.values(creditors=seen_text(creditors)))


def must_be_creditors(connection: Connection, creditors: frozenset[str] | None) -> None:
    """Refuse to show somebody a creditor that is not there: he would see nothing, and nobody would know why.

    Raises:
        SeesAll: there is no such creditor, or none was named.
    """
    if creditors is None:
        return
    known = set(connection.scalars(select(t.creditors.c.id)))
    if not creditors:
        raise SeesAll("name a creditor, or none at all: who sees none has nothing to do here")
    for each in sorted(creditors - known):
        shown = ", ".join(sorted(known)[:20]) or "none"
        raise SeesAll(f"there is no creditor {each!r} in the case file; there are: {shown}")


def _may_see(connection: Connection, role: DeskRole, creditors: frozenset[str] | None) -> None:
    if creditors is not None and role is DeskRole.ADMIN:
        raise SeesAll("who administers sees all creditors: he could give them to himself")
    must_be_creditors(connection, creditors)


def seen_text(creditors: frozenset[str] | None) -> str | None:
    """The creditors whom somebody sees, as they are stored."""
    return None if creditors is None else json.dumps(sorted(creditors))


def seen_of(text: str | None) -> frozenset[str] | None:
    """The creditors whom somebody sees, as they were stored."""
    return None if text is None else frozenset(json.loads(text))


def set_preferences(file: CaseFile, user_id: str, *, language: str, keys: bool) -> None:
    """Keep how a user wants the desk."""
    with file.database.write(whole=False) as connection:
        connection.execute(update(td.users).where(td.users.c.id == user_id).values(language=language, keys=keys))


def disable_user(file: CaseFile, user_id: str, at: datetime) -> bool:
    """Let a user in no more, from now on; False when there is none of this id who may."""
    with file.database.write(whole=False) as connection:
        changed = update(td.users).where(td.users.c.id == user_id, td.users.c.disabled_at.is_(None))
        done = connection.execute(changed.values(disabled_at=moment_text(at))).rowcount == 1
        signed_out(connection, user_id)
    return done


def signed_out(connection: Connection, user_id: str) -> None:
    """End all sessions of a user."""
    connection.execute(td.desk_sessions.delete().where(td.desk_sessions.c.user_id == user_id))


def user_of_row(row: Row[Any]) -> User:
    """A user as he is stored."""
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        role=DeskRole(row.role),
        language=row.language,
        keys=bool(row.keys),
        created_at=datetime.fromisoformat(row.created_at),
        disabled_at=None if row.disabled_at is None else datetime.fromisoformat(row.disabled_at),
        creditors=seen_of(row.creditors),
        subject=row.subject or "",
    )
