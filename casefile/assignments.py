"""Who looks after a debtor, and who is to deal with a task: a task of its own goes before the debtor's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, select, tuple_

from casefile import desk_tables as td
from casefile import list_tables as tl
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.session import Session, insertion, moment_text

__all__ = [
    "Assigned",
    "assign_debtors",
    "assign_task",
    "assigned_of",
    "assigned_tasks",
    "assignees_of",
    "looked_after",
    "user_names",
]

_CHUNK = 500

# Building a statement takes longer than running it: those of every page are built once.
_A, _D, _K, _U = tl.task_assignments.c, tl.debtor_assignments.c, t.tasks.c, td.users.c
_WHO_OF_DEBTORS = (
    select(_D.creditor, _D.debtor, _U.name)
    .join(td.users, _U.id == _D.user_id)
    .where(tuple_(_D.creditor, _D.debtor).in_(bindparam("of", expanding=True)))
)
_WHO_OF_TASKS = (
    select(_A.case_id, _K.kind, _U.name)
    .join(t.tasks, and_(_K.case_id == _A.case_id, _K.id == _A.task, _K.done_on.is_(None)))
    .join(td.users, _U.id == _A.user_id)
    .where(_A.case_id.in_(bindparam("of", expanding=True)))
)
_MAY_SIGN_IN = select(_U.id, _U.name).where(_U.disabled_at.is_(None)).order_by(_U.name, _U.id)


@dataclass(frozen=True, slots=True)
class Assigned:
    """To whom something is assigned.

    Attributes:
        debtors: Name of the user, by creditor and debtor.
        tasks: The same by case and kind of task, of open tasks.
    """

    debtors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    tasks: Mapping[tuple[str, str], str] = field(default_factory=dict)


def assign_debtors(file: CaseFile, debtors: Collection[tuple[str, str]], user_id: str | None, at: datetime) -> None:
    """Assign debtors, by creditor and number, to a user; None: to nobody."""
    with file.database.write(whole=False) as connection:
        _assign_debtors(connection, debtors, user_id, at)


def _assign_debtors(
    connection: Connection, debtors: Collection[tuple[str, str]], user_id: str | None, at: datetime
) -> None:
    d = tl.debtor_assignments
    for creditor, debtor in debtors:
        if user_id is None:
            connection.execute(delete(d).where(d.c.creditor == creditor, d.c.debtor == debtor))
            continue
        row = {"creditor": creditor, "debtor": debtor, "user_id": user_id, "at": moment_text(at)}
        keep = insertion(connection.dialect.name, d, ("creditor", "debtor"), ("user_id", "at"))
        connection.execute(keep, row)


def assign_task(file: CaseFile, case_id: str, kind: str, user_id: str | None, at: datetime) -> bool:
    """Assign the open tasks of a kind of a case to a user; None: to nobody. False where there is no such task."""
    k, a = t.tasks.c, tl.task_assignments
    with file.database.write(whole=False) as connection:
        wanted = select(k.id).where(k.case_id == case_id, k.kind == kind, k.done_on.is_(None))
        tasks = connection.scalars(wanted).all()
        for task in tasks:
            if user_id is None:
                connection.execute(delete(a).where(a.c.case_id == case_id, a.c.task == task))
                continue
            row = {"case_id": case_id, "task": task, "user_id": user_id, "at": moment_text(at)}
            connection.execute(insertion(connection.dialect.name, a, ("case_id", "task"), ("user_id", "at")), row)
    return bool(tasks)


def assigned_of(session: Session, debtors: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """Names of the users to whom these debtors are assigned."""
    found: dict[tuple[str, str], str] = {}
    wanted = list(dict.fromkeys(debtors))
    for begin in range(0, len(wanted), _CHUNK):
        rows = session.connection.execute(_WHO_OF_DEBTORS, {"of": wanted[begin : begin + _CHUNK]})
        found |= {(creditor, debtor): name for creditor, debtor, name in rows}
    return found


def assignees_of(session: Session, debtors: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """Ids of the users to whom these debtors are assigned."""
    d = tl.debtor_assignments.c
    found: dict[tuple[str, str], str] = {}
    wanted = list(dict.fromkeys(debtors))
    for begin in range(0, len(wanted), _CHUNK):
        some = wanted[begin : begin + _CHUNK]
        query = select(d.creditor, d.debtor, d.user_id).where(tuple_(d.creditor, d.debtor).in_(some))
        found |= {(creditor, debtor): user for creditor, debtor, user in session.connection.execute(query)}
    return found


def assigned_tasks(session: Session, cases: Collection[str]) -> Mapping[tuple[str, str], str]:
    """Names of the users to whom open tasks of these cases are assigned, by case and kind."""
    found: dict[tuple[str, str], str] = {}
    wanted = list(dict.fromkeys(cases))
    for begin in range(0, len(wanted), _CHUNK):
        rows = session.connection.execute(_WHO_OF_TASKS, {"of": wanted[begin : begin + _CHUNK]})
        found |= {(case_id, kind): name for case_id, kind, name in rows}
    return found


def looked_after(session: Session, creditor: str, debtor: str) -> tuple[str, Mapping[str, str]]:
    """Who looks after a debtor (empty: nobody), and who could: names of users by their ids."""
    return assigned_of(session, [(creditor, debtor)]).get((creditor, debtor), ""), user_names(session)


def user_names(session: Session) -> Mapping[str, str]:
    """The names of all users who may sign in, by their ids, in the order of their names."""
    return {own: name for own, name in session.connection.execute(_MAY_SIGN_IN)}
