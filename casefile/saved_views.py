"""Lists that people named: what chooses them, for one user or for all."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, or_, select

from casefile import list_tables as tl
from casefile.case_file import CaseFile
from casefile.session import Session, moment_text, storable

__all__ = ["MOST_VIEWS", "SavedView", "TooManyViews", "forget_view", "keep_view", "views_of"]

MOST_VIEWS = 30
"""Views of one user."""

_V = tl.saved_views.c
_VIEWS = (
    select(_V.id, _V.user_id, _V.list, _V.name, _V.query, _V.shared)
    .where(_V.list == bindparam("list"), or_(_V.user_id == bindparam("user"), _V.shared))
    .order_by(_V.name, _V.id)
)
"""Built once: that takes longer than running it."""


class TooManyViews(ValueError):
    """A user has as many views as he may."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list that somebody named.

    Attributes:
        id: Its id.
        user_id: Whose it is.
        list: Of which list: `zaken`, `taken`, …
        name: As he called it.
        query: What chooses it, as in the address.
        shared: Whether all see it.
    """

    id: str
    user_id: str
    list: str
    name: str
    query: str
    shared: bool


def keep_view(file: CaseFile, user_id: str, of: str, name: str, query: str, at: datetime, *, shared: bool) -> SavedView:
    """Keep a list under a name; one of this name of his is replaced.

    Raises:
        TooManyViews: he has as many as he may.
    """
    v = tl.saved_views.c
    view = SavedView(secrets.token_hex(8), user_id, of, storable(name)[:100], storable(query)[:2000], shared)
    with file.database.write(whole=False) as connection:
        same = (v.user_id == user_id, v.list == of, v.name == view.name)
        connection.execute(delete(tl.saved_views).where(*same))
        number = connection.scalar(select(func.count()).select_from(tl.saved_views).where(v.user_id == user_id)) or 0
        if number >= MOST_VIEWS:
            raise TooManyViews(f"you have {MOST_VIEWS} lists of your own: forget one first")
        row = {
            "id": view.id, "user_id": user_id, "list": of, "name": view.name, "query": view.query, "shared": shared,
            "kept_at": moment_text(at),
        }  # fmt: skip
        connection.execute(insert(tl.saved_views), row)
    return view


def forget_view(file: CaseFile, view: str, user_id: str, *, of_others: bool) -> bool:
    """Forget a list; False where there is none of this id that he may forget.

    Args:
        file: The case file.
        view: Its id.
        user_id: Who.
        of_others: Whether he may forget those that all see, whoever made them.
    """
    v = tl.saved_views.c
    may = or_(v.user_id == user_id, v.shared) if of_others else v.user_id == user_id
    with file.database.write(whole=False) as connection:
        return connection.execute(delete(tl.saved_views).where(v.id == view, may)).rowcount == 1


def views_of(session: Session, user_id: str, of: str) -> tuple[SavedView, ...]:
    """The lists of a user and those that all see, by name."""
    rows = session.connection.execute(_VIEWS, {"list": of, "user": user_id})
    return tuple(SavedView(row.id, row.user_id, row.list, row.name, row.query, bool(row.shared)) for row in rows)
