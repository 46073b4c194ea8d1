"""The cases of a page of a list, each from its facts: all of them in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from casefile import tables as t
from casefile.session import Session
from domain.case import Case, fold
from domain.facts import FACT

__all__ = ["folds_of"]


def folds_of(session: Session, cases: Sequence[str]) -> dict[str, Case]:
    """Some cases as they stand, by their ids: as many as a page shows.

    Args:
        session: A reading transaction on the case file.
        cases: Their ids.
    """
    f = t.facts.c
    bodies: dict[str, list[str]] = defaultdict(list)
    rows = session.connection.execute(select(f.case_id, f.body).where(f.case_id.in_(list(cases))).order_by(f.seq))
    for case_id, body in rows:
        bodies[case_id].append(body)
    return {case_id: fold([FACT.validate_json(body) for body in of]) for case_id, of in bodies.items()}
