"""Structured references, backwards: whose payment carries one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from casefile import payment_tables as pt
from casefile.session import Session

__all__ = ["bare_reference", "cases_with_reference", "keep_references"]


def bare_reference(written: str) -> str:
    """A reference as machines write it: capitals and digits alone."""
    return re.sub(r"[^0-9A-Z]", "", written.upper())[:64]


def keep_references(session: Session, written: Mapping[str, str | None]) -> None:
    """Keep the references that the payments of new cases are to carry, of those that have one.

    Args:
        session: A transaction that locks the whole file.
        written: By case.
    """
    rows = [
        {"reference": bare, "case_id": each} for each, text in written.items() if (bare := bare_reference(text or ""))
    ]
    session.insert_new(pt.payment_references, rows)


def cases_with_reference(session: Session, references: Sequence[str]) -> tuple[str, ...]:
    """Ids of the cases whose payment is to carry one of these, as machines write them."""
    r = pt.payment_references.c
    return tuple(
        session.connection.scalars(
            select(r.case_id).where(r.reference.in_(list(references))).distinct().order_by(r.case_id)
        )
    )
