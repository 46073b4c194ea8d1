"""Keys of the API: who may ask what. Of a key only its hash is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from casefile import api_tables as ta
from casefile import desk_tables as td
from casefile.case_file import CaseFile
from casefile.people import must_be_creditors, seen_of, seen_text
from casefile.session import moment_text

__all__ = ["ApiKey", "NewKey", "Role", "create_key", "key_of", "keys", "revoke_key"]

_PREFIX = "mk_"

_BY_HASH = select(ta.api_keys).where(ta.api_keys.c.sha256 == bindparam("by"))
"""Built once: every request asks it."""


class Role(StrEnum):
    """What a key may do; each may do what those before it may."""

    READ = "read"
    OPERATE = "operate"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether it may do what the other may."""
        order = tuple(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, without its secret.

    Attributes:
        id: Its public name, of eight signs: what lists and the audit log show.
        name: Whose it is; stands as the actor where a request names none.
        role: What it may do.
        created_at: When it was made.
        expires_at: From when on it opens nothing; None: never.
        revoked_at: When it was revoked; None: it was not.
        creditors: Ids of the creditors whom it sees; None: all.
        user_id: The user of the desk whose key it is; empty: of nobody in person.
    """

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    creditors: frozenset[str] | None = None
    user_id: str = ""

    def opens(self, at: datetime) -> bool:
        """Whether it is in force."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `secret` is shown once, and never again."""

    key: ApiKey
    secret: str


def create_key(
    file: CaseFile,
    name: str,
    role: Role,
    at: datetime,
    expires_at: datetime | None = None,
    *,
    creditors: frozenset[str] | None = None,
    user_id: str = "",
) -> NewKey:
    """Make a key of 256 random bits.

    Args:
        file: The case file.
        name: Whose it is.
        role: What it may do.
        at: Now, aware.
        expires_at: From when on it opens nothing.
        creditors: Ids of the creditors whom it sees; None: all.
        user_id: The user of the desk whose key it is.

    Raises:
        SeesAll: there is no such creditor.
    """
    own, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    shown = f"{_PREFIX}{own}_{secret}"
    key = ApiKey(own, name, role, at, expires_at, None, creditors, user_id)
    row = {
        "id": own,
        "name": name,
        "role": role.value,
        "sha256": _hash(shown),
        "created_at": moment_text(at),
        "expires_at": None if expires_at is None else moment_text(expires_at),
        "creditors": seen_text(creditors),
        "user_id": user_id or None,
    }
    with file.database.write(whole=False) as connection:
        must_be_creditors(connection, creditors)
        connection.execute(ta.api_keys.insert(), row)
    return NewKey(key, shown)


def key_of(file: CaseFile, secret: str) -> ApiKey | None:
    """The key with this secret, whether or not it is in force; None when there is none.

    It is looked for by its hash: how long that takes tells nothing of the secret.
    """
    u = td.users.c
    with file.database.read() as connection:
        row = connection.execute(_BY_HASH, {"by": _hash(secret)}).first()
        if row is None or row.user_id is None:
            return None if row is None else _key(row)
        whose = connection.execute(select(u.creditors, u.disabled_at).where(u.id == row.user_id)).one()
    key, his = _key(row), seen_of(whose.creditors)
    # Somebody's own key opens no more than he may see, and nothing when he is out.
    seen = key.creditors if his is None else his if key.creditors is None else key.creditors & his
    out = None if whose.disabled_at is None else datetime.fromisoformat(whose.disabled_at)
    return replace(key, creditors=seen, revoked_at=key.revoked_at or out)


def keys(file: CaseFile) -> tuple[ApiKey, ...]:
    """All keys that were ever made, the oldest first."""
    with file.database.read() as connection:
        rows = connection.execute(select(ta.api_keys).order_by(ta.api_keys.c.created_at, ta.api_keys.c.id))
        return tuple(_key(row) for row in rows)


def revoke_key(file: CaseFile, own: str, at: datetime) -> bool:
    """Revoke a key; False when there is none of this id that was not revoked yet."""
    with file.database.write(whole=False) as connection:
        revoked = update(ta.api_keys).where(ta.api_keys.c.id == own, ta.api_keys.c.revoked_at.is_(None))
        return connection.execute(revoked.values(revoked_at=moment_text(at))).rowcount == 1


def _hash(secret: str) -> str:
    # 256 random bits can't be guessed, so a slow hash would protect nothing and cost every request.
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    def moment(text: str | None) -> datetime | None:
        return None if text is None else datetime.fromisoformat(text)

    return ApiKey(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        created_at=datetime.fromisoformat(row.created_at),
        expires_at=moment(row.expires_at),
        revoked_at=moment(row.revoked_at),
        creditors=seen_of(row.creditors),
        user_id=row.user_id or "",
    )
