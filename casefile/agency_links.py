"""Links under which a partner fetches a file: each is an opaque token, of which only the hash is kept."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Row, select, update

from casefile import agency_tables as ta
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.session import Session, moment_text

__all__ = [
    "MOST_WRONG",
    "AgencyLink",
    "LinkState",
    "ListedLink",
    "agency_links",
    "link_of",
    "listed_links",
    "make_link",
    "note_fetched",
    "note_wrong",
    "revoke_link",
]

LinkState = Literal["opens", "revoked", "expired", "shut"]
MOST_WRONG = 5
"""Wrong codes after which a link opens nothing any more."""


@dataclass(frozen=True, slots=True)
class AgencyLink:
    """A link, without its token.

    Attributes:
        id: Its public name, which lists show.
        delivery: Send key of the file.
        partner: Who alone may fetch it.
        expires_at: From when on it opens nothing.
        revoked_at: When it was revoked; None: it was not.
        wrong: How many wrong codes were given.
        fetched: How often the file was fetched; `fetched_at` the last time.
    """

    id: str
    delivery: str
    partner: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    wrong: int
    fetched: int
    fetched_at: datetime | None

    def opens(self, at: datetime) -> bool:
        """Whether it is in force."""
        return self.state(at) == "opens"

    def state(self, at: datetime) -> LinkState:
        """Whether it is in force, and else why not: `shut` after wrong codes."""
        if self.revoked_at is not None:
            return "revoked"
        if at >= self.expires_at:
            return "expired"
        return "opens" if self.wrong < MOST_WRONG else "shut"


def make_link(file: CaseFile, delivery: str, partner: str, at: datetime, lasts: timedelta) -> str:
    """Make the link of a delivery: asked again for the same one its token is the same, which nobody has to keep.

    Args:
        file: The case file, with whose secret the token is made.
        delivery: Send key of the file.
        partner: Who may fetch it.
        at: Now.
        lasts: For how long it opens from now on; one that was revoked stays so.

    Returns:
        The token.
    """
    with file.write(delivery) as transaction:
        session = transaction.session
        secret = _secret(session)
        token = hmac.new(secret.encode(), f"agency link\0{delivery}".encode(), sha256).hexdigest()
        row = {
            "id": secrets.token_hex(8),
            "sha256": _hash(token),
            "delivery": delivery,
            "partner": partner,
            "made_at": moment_text(at),
            "expires_at": moment_text(at + lasts),
        }
        session.upsert(ta.agency_links, row, ["sha256"], ["expires_at"])
    return token


def link_of(session: Session, token: str) -> AgencyLink | None:
    """The link that this token is of, whether or not it is in force; it is looked for by its hash."""
    c = ta.agency_links.c
    row = session.connection.execute(select(ta.agency_links).where(c.sha256 == _hash(token))).first()
    return None if row is None else _read(row)


def agency_links(session: Session, most: int = 1000) -> tuple[AgencyLink, ...]:
    """All links, the newest first."""
    query = select(ta.agency_links).order_by(ta.agency_links.c.made_at.desc(), ta.agency_links.c.id).limit(most)
    return tuple(_read(row) for row in session.connection.execute(query))


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link as lists show it: with what was handed over under it, by the numbers of the invoices and their cases."""

    link: AgencyLink
    cases: tuple[tuple[str, str], ...]


def listed_links(session: Session, most: int = 1000) -> tuple[ListedLink, ...]:
    """All links, the newest first, each with (id, number) of the cases in its file."""
    links = agency_links(session, most)
    c, d = t.cases.c, t.delivery_cases.c
    query = (
        select(d.key, c.id, c.number)
        .join(t.cases, c.id == d.case_id)
        .join(ta.agency_links, ta.agency_links.c.delivery == d.key)
        .order_by(c.number, c.id)
    )
    cases: dict[str, list[tuple[str, str]]] = {}
    for row in session.connection.execute(query):
        cases.setdefault(row.key, []).append((row.id, row.number))
    return tuple(ListedLink(each, tuple(cases.get(each.delivery, ()))) for each in links)


def note_wrong(file: CaseFile, own: str) -> None:
    """A wrong code was given."""
    links = ta.agency_links
    with file.database.append() as connection:
        connection.execute(update(links).where(links.c.id == own).values(wrong=links.c.wrong + 1))


def note_fetched(file: CaseFile, own: str, at: datetime) -> None:
    """The file was fetched, with the right code."""
    links = ta.agency_links
    with file.database.append() as connection:
        counted = {"fetched": links.c.fetched + 1, "fetched_at": moment_text(at), "wrong": 0}
        connection.execute(update(links).where(links.c.id == own).values(**counted))


def revoke_link(file: CaseFile, own: str, at: datetime) -> bool:
    """Revoke a link; False when there is none of this id that was not revoked yet."""
    links = ta.agency_links
    revoked = update(links).where(links.c.id == own, links.c.revoked_at.is_(None)).values(revoked_at=moment_text(at))
    with file.database.append() as connection:
        return connection.execute(revoked).rowcount == 1


def _secret(session: Session) -> str:
    found: str | None = session.connection.scalar(
        select(t.secrets.c.secret).where(t.secrets.c.name == "debtor_attribute")
    )
    if found is None:
        raise LookupError("the case file has no secret; run maanwerk migrate")
    return found


def _hash(token: str) -> str:
    # 256 bits can't be guessed, so a slow hash would protect nothing and cost every request.
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _read(row: Row[Any]) -> AgencyLink:
    def moment(text: str | None) -> datetime | None:
        return None if text is None else datetime.fromisoformat(text)

    made, expires = moment(row.made_at), moment(row.expires_at)
    assert made is not None and expires is not None
    return AgencyLink(
        row.id, row.delivery, row.partner, made, expires, moment(row.revoked_at), row.wrong, row.fetched,
        moment(row.fetched_at),
    )  # fmt: skip
