"""How far the case file has come: whether anything happened since somebody looked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["News", "last_fact", "news_since"]


# Building a statement takes longer than running it: those of every page are built once.
# From the end: for who does not see all, the largest is the first from there that is his.
_LAST = select(t.facts.c.seq).order_by(t.facts.c.seq.desc()).limit(1)
_LAST_OF_CASE = _LAST.where(t.facts.c.case_id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class News:
    """What happened since: how many things, in how many cases."""

    facts: int
    cases: int


def last_fact(session: Session, case_id: str | None = None) -> int:
    """Number of the last fact of the file, or of a case; 0 when there is none."""
    query = _LAST if case_id is None else _LAST_OF_CASE
    return session.connection.scalar(query, {} if case_id is None else {"of": case_id}) or 0


def news_since(session: Session, mark: int, case_id: str | None = None) -> News:
    """What happened since a fact of this number, in all cases or in one."""
    c = t.facts.c
    query = select(func.count(), func.count(c.case_id.distinct())).where(c.seq > mark)
    if case_id is not None:
        query = query.where(c.case_id == case_id)
    return News(*session.connection.execute(query).one())
