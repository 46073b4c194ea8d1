"""What waits for people in all cases, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["open_task_rows"]


def open_task_rows(session: Session, kind: str | None = None) -> Sequence[Any]:
    """The open tasks with their case and its debtor as stored (`body`), the oldest first.

    Args:
        session: A reading transaction on the case file.
        kind: Only of this kind.
    """
    task, case = t.tasks.c, t.cases.c
    query = (
        select(task.case_id, case.number, case.debtor, t.debtors.c.body, task.kind, task.raised_on, task.step)
        .join(t.cases, case.id == task.case_id)
        .outerjoin(t.debtors, and_(t.debtors.c.creditor == case.creditor, t.debtors.c.id == case.debtor))
        .where(task.done_on.is_(None))
        .order_by(task.raised_on, case.number, task.case_id, task.kind)
    )
    if kind is not None:
        query = query.where(task.kind == kind)
    return session.connection.execute(query).all()
