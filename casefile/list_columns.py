"""Lists are read from columns that are written with each view; here is filled what a process of a version before left.

Such a process goes on for a while beside a newer one. What it writes meanwhile is found by indexes that hold nothing
else, so that looking costs nothing while there is nothing to find.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Integer, String, bindparam, cast, func, select, update

from casefile import tables as t
from casefile.database import Database
from casefile.session import Session, reading
from casefile.which_cases import folded_text

__all__ = ["fill_lists", "lists_of"]

_AT_ONCE = 500

# Building a statement takes longer than running it: those of every list are built once.
_C, _D, _MOST = t.cases.c, t.debtors.c, bindparam("most", type_=Integer)
_SEEN = select(_C.id).where(t.STALE).limit(_MOST)
_LAST_FACT = select(func.max(t.facts.c.seq)).where(t.facts.c.case_id == _C.id).scalar_subquery()
_UNSEEN = select(_C.id).where(t.UNSEEN, func.coalesce(_C.listed, "") != cast(_LAST_FACT, String)).limit(_MOST)
_DEBTORS = select(_D.creditor, _D.id, _D.body).where(_D.folded.is_(None)).limit(_MOST)


@contextmanager
def lists_of(database: Database) -> Iterator[Session]:
    """A session for reading lists, whose columns tell of every case as its last view does."""
    with reading(database) as session:
        stale = bool(_stale_cases(session, 1) or _stale_debtors(session, 1))
        if not stale:
            yield session
    if stale:
        fill_lists(database)
        with reading(database) as session:
            yield session


def fill_lists(database: Database) -> int:
    """Fill the columns of lists where they do not tell of a case as its last view does; returns of how many."""
    # Rules and views are imported for such cases only.
    from casefile.case_file import CaseFile

    file = CaseFile(database)
    filled = 0
    while True:
        with reading(database) as session:
            cases, debtors = _stale_cases(session, _AT_ONCE), _stale_debtors(session, _AT_ONCE)
        if not cases and not debtors:
            return filled
        with file.write() as transaction:
            for case_id in cases:
                _fill_case(transaction.session, case_id)
                view, at = transaction.views.of_case(case_id), transaction.views.viewed_at(case_id)
                if view is not None and at is not None:
                    transaction.views.write_listed(case_id, view, at)
                else:
                    last, case = transaction.cases.fold_of(case_id)
                    transaction.views.write_opened(case_id, case, last)
            for creditor, debtor, body in debtors:
                named = update(t.debtors).where(t.debtors.c.creditor == creditor, t.debtors.c.id == debtor)
                name = folded_text(str(json.loads(body)["name"]))
                transaction.session.connection.execute(named.values(folded=name))
        filled += len(cases)


_NAME = (
    update(t.cases)
    .where(t.cases.c.id == bindparam("of"))
    .values(folded=bindparam("text"), debtor_folded=bindparam("by"))
)


def _fill_case(session: Session, case_id: str) -> None:
    c = t.cases.c
    row = session.connection.execute(select(c.number, c.debtor).where(c.id == case_id)).one()
    named = {"of": case_id, "text": folded_text(row.number, case_id), "by": folded_text(row.debtor)}
    session.connection.execute(_NAME, named)


def _stale_cases(session: Session, most: int) -> Sequence[str]:
    """Ids of cases of which the columns do not tell as the last view does, or as the facts where there is none."""
    seen = session.connection.scalars(_SEEN, {"most": most}).all()
    return seen or session.connection.scalars(_UNSEEN, {"most": most}).all()


def _stale_debtors(session: Session, most: int) -> Sequence[tuple[str, str, str]]:
    rows = session.connection.execute(_DEBTORS, {"most": most})
    return [(row.creditor, row.id, row.body) for row in rows]
