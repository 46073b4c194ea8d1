"""The numbers of facts, drawn before these are written: a case that opens says by the last of them what lists tell."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, literal, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["next_numbers"]

_LAST = select(func.max(t.facts.c.seq))
_DRAWN = select(func.nextval(func.pg_get_serial_sequence(literal("facts"), literal("seq")))).select_from(
    func.generate_series(1, bindparam("count"))
)


def next_numbers(session: Session, count: int) -> Iterator[int]:
    """The numbers that the next facts get, in their order; each is to be used.

    Args:
        session: A transaction that locks the whole file, so that SQLite's are still the next when they are used.
        count: Of how many facts.
    """
    session.covers_all()
    if session.connection.dialect.name == "postgresql":
        return iter(session.connection.scalars(_DRAWN, {"count": count}).all())
    last = session.connection.scalar(_LAST) or 0
    return iter(range(last + 1, last + count + 1))
