"""Links of debtors to their page: each is an opaque token, of which only the hash is kept.

A token belongs to a debtor at a creditor, or to one case of his.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update

from casefile import payment_tables as pt
from casefile.session import Session, moment_text

__all__ = [
    "LASTS",
    "NewPayToken",
    "PayToken",
    "make_pay_token",
    "new_secret",
    "pay_token_of",
    "pay_tokens_of",
    "revoke_pay_token",
]

LASTS = timedelta(days=365)
"""How long a link opens the page when nobody says otherwise: a letter is found again months later."""

_BY_HASH = select(pt.pay_tokens).where(pt.pay_tokens.c.sha256 == bindparam("by"))
"""Built once: every page asks it."""


@dataclass(frozen=True, slots=True)
class PayToken:
    """A link, without its token.

    Attributes:
        id: Its public name, of sixteen signs: what lists show.
        creditor: Id of the creditor, and `debtor` of the debtor there.
        case_id: The one case that it shows; None: all of the debtor.
        made_by: Who made it; a letter by the id of its message.
        expires_at: From when on it opens nothing.
        revoked_at: When it was revoked; None: it was not.
    """

    id: str
    creditor: str
    debtor: str
    case_id: str | None
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def opens(self, at: datetime) -> bool:
        """Whether it is in force."""
        return self.revoked_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True)
class NewPayToken:
    """A link that was just made; `secret` is the token, which nobody can read again."""

    token: PayToken
    secret: str


def new_secret() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)


def make_pay_token(
    session: Session,
    creditor: str,
    debtor: str,
    *,
    by: str,
    at: datetime,
    case_id: str | None = None,
    lasts: timedelta = LASTS,
    secret: str | None = None,
) -> NewPayToken:
    """Make a token.

    Args:
        session: A transaction that writes.
        creditor: Id of the creditor.
        debtor: Id of the debtor there.
        by: Who makes it.
        at: Now, aware.
        case_id: The one case that it is to show.
        lasts: For how long.
        secret: As `new_secret` drew it; None draws one.
    """
    secret = new_secret() if secret is None else secret
    made = PayToken(secrets.token_hex(8), creditor, debtor, case_id, by[:200], at, at + lasts, None)
    row = {
        "id": made.id,
        "sha256": _hash(secret),
        "creditor": creditor,
        "debtor": debtor,
        "case_id": case_id,
        "made_by": made.made_by,
        "made_at": moment_text(at),
        "expires_at": moment_text(made.expires_at),
    }
    session.connection.execute(pt.pay_tokens.insert(), row)
    return NewPayToken(made, secret)


def pay_token_of(session: Session, secret: str) -> PayToken | None:
    """The token that this is, whether or not it is in force; None when it is none.

    It is looked for by its hash: how long that takes tells nothing of the token.
    """
    row = session.connection.execute(_BY_HASH, {"by": _hash(secret)}).first()
    return None if row is None else pay_token_read(row)


def pay_tokens_of(session: Session, creditor: str, debtor: str, case_id: str) -> tuple[PayToken, ...]:
    """The links that show a case, its own and those of its debtor, the oldest first."""
    c = pt.pay_tokens.c
    rows = session.connection.execute(
        select(pt.pay_tokens)
        .where(c.creditor == creditor, c.debtor == debtor, or_(c.case_id.is_(None), c.case_id == case_id))
        .order_by(c.made_at, c.id)
    )
    return tuple(pay_token_read(row) for row in rows)


def revoke_pay_token(session: Session, own: str, at: datetime) -> bool:
    """Revoke a link; False when there is none of this id that was not revoked yet."""
    c = pt.pay_tokens.c
    revoked = update(pt.pay_tokens).where(c.id == own, c.revoked_at.is_(None))
    return session.connection.execute(revoked.values(revoked_at=moment_text(at))).rowcount == 1


def _hash(secret: str) -> str:
    # 256 random bits can't be guessed, so a slow hash would protect nothing and cost every request.
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def pay_token_read(row: Row[Any], prefix: str = "") -> PayToken:
    """A row of the table of links; its columns may have a prefix."""
    told = row._mapping
    revoked = told[f"{prefix}revoked_at"]
    return PayToken(
        id=told[f"{prefix}id"],
        creditor=told[f"{prefix}creditor"],
        debtor=told[f"{prefix}debtor"],
        case_id=told[f"{prefix}case_id"],
        made_by=told[f"{prefix}made_by"],
        made_at=datetime.fromisoformat(told[f"{prefix}made_at"]),
        expires_at=datetime.fromisoformat(told[f"{prefix}expires_at"]),
        revoked_at=None if revoked is None else datetime.fromisoformat(revoked),
    )
