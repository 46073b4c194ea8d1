"""Structured references, backwards: whose payment carries one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from casefile import payment_tables as pt
from casefile.session import Session

__all__ = ["bare_reference", "cases_with_reference", "keep_reference"]


def bare_reference(written: str) -> str:
    """A reference as machines write it: capitals and digits alone."""
    return re.sub(r"[^0-9A-Z]", "", written.upper())[:64]


def keep_reference(session: Session, case_id: str, written: str | None) -> None:
    """Keep the reference that the payment of a case is to carry, if it has one."""
    bare = bare_reference(written or "")
    if bare:
        session.insert_once(pt.payment_references, {"reference": bare, "case_id": case_id}, ["reference", "case_id"])


def cases_with_reference(session: Session, references: Sequence[str]) -> tuple[str, ...]:
    """Ids of the cases whose payment is to carry one of these, as machines write them."""
    r = pt.payment_references.c
    return tuple(
        session.connection.scalars(
            select(r.case_id).where(r.reference.in_(list(references))).distinct().order_by(r.case_id)
        )
    )
