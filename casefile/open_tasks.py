"""What waits for people in all cases, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from casefile import desk_tables as td
from casefile import list_tables as tl
from casefile import tables as t
from casefile.session import Session
from casefile.which_cases import Which, conditions_of

__all__ = ["number_of_tasks", "open_task_rows"]


def open_task_rows(
    session: Session,
    kind: str | None = None,
    which: Which | None = None,
    user: str | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[Any]:
    """The open tasks with their case and its debtor as stored (`body`), the oldest first.

    Args:
        session: A reading transaction on the case file.
        kind: Only of this kind.
        which: Only of these cases.
        user: Only those of this user: assigned to him, or to nobody while their debtor is; empty: to nobody at all.
        offset: How many stand before the first.
        limit: How many at most; None for all.

    Returns:
        Rows with who is to deal with each (`user`), where somebody is.
    """
    task, case, d = t.tasks.c, t.cases.c, t.debtors.c
    query = (
        select(
            task.case_id, case.number, case.creditor, case.debtor, d.body, task.kind, task.raised_on, task.step,
            case.open_minor, case.currency, td.users.c.name.label("user"),
        )
        .order_by(task.raised_on, case.number, task.case_id, task.kind)
    )  # fmt: skip
    chosen = _chosen(query, session, kind, which, user)
    if limit is not None:
        chosen = chosen.limit(limit).offset(offset)
    return session.connection.execute(chosen).all()


def number_of_tasks(
    session: Session, kind: str | None = None, which: Which | None = None, user: str | None = None
) -> int:
    """How many there are of them."""
    return session.connection.scalar(_chosen(select(func.count()), session, kind, which, user)) or 0


_OF_TASK, _OF_DEBTOR = tl.task_assignments.c, tl.debtor_assignments.c


def _chosen(
    query: Select[Any], session: Session, kind: str | None, which: Which | None, user: str | None
) -> Select[Any]:
    task, case, d = t.tasks.c, t.cases.c, t.debtors.c
    joined = (
        t.tasks.join(t.cases, case.id == task.case_id)
        .outerjoin(t.debtors, and_(d.creditor == case.creditor, d.id == case.debtor))
        .outerjoin(tl.task_assignments, and_(_OF_TASK.case_id == task.case_id, _OF_TASK.task == task.id))
        .outerjoin(tl.debtor_assignments, and_(_OF_DEBTOR.creditor == case.creditor, _OF_DEBTOR.debtor == case.debtor))
        .outerjoin(td.users, td.users.c.id == func.coalesce(_OF_TASK.user_id, _OF_DEBTOR.user_id))
    )
    wanted: list[ColumnElement[bool]] = [task.done_on.is_(None)]
    if which is not None:
        wanted += conditions_of(session, which)
    if kind is not None:
        wanted.append(task.kind == kind)
    if user == "":
        wanted += [_OF_TASK.user_id.is_(None), _OF_DEBTOR.user_id.is_(None)]
    elif user is not None:
        wanted.append(or_(_OF_TASK.user_id == user, and_(_OF_TASK.user_id.is_(None), _OF_DEBTOR.user_id == user)))
    return query.select_from(joined).where(*wanted)
