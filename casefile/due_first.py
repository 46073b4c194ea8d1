"""Which letters are due first, one of each kind: for who makes ready before they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import bindparam, select

from casefile import tables as t
from casefile.case_file import Transaction

__all__ = ["DueFirst", "Kind", "due_first"]

_LOOKED_AT = 200
"""Cases among which kinds are told apart."""

_ASKED = (t.cases.c.id, t.cases.c.creditor, t.cases.c.debtor, t.cases.c.step, t.cases.c.next_action_at)
_PLANNED = (
    select(*_ASKED)
    .where(t.cases.c.next_action == bindparam("action"), t.cases.c.closed.is_(None))
    .order_by(t.cases.c.next_action_at)
    .limit(_LOOKED_AT)
)
_UNSEEN = select(*_ASKED).where(t.UNSEEN).order_by(t.cases.c.id).limit(_LOOKED_AT)
"""Opened, and not looked at by a worker yet; so none of them is closed."""


Kind: TypeAlias = tuple[str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class DueFirst:
    """A case whose letter is one of the first.

    Attributes:
        kind: Creditor, step and language, for which it stands; None where one is not known.
        case_id: The case.
        at: When its letter is due; None where nobody has looked at it yet.
    """

    kind: Kind
    case_id: str
    at: datetime | None


def due_first(transaction: Transaction) -> tuple[DueFirst, ...]:
    """The cases whose letters are due first, one for each step of a creditor in each language."""
    connection = transaction.session.connection
    rows = [row for action in ("send", "hand_off") for row in connection.execute(_PLANNED, {"action": action})]
    rows += connection.execute(_UNSEEN)
    debtors: dict[str, set[str]] = {}
    for row in rows:
        debtors.setdefault(row.creditor, set()).add(row.debtor)
    language = {
        (creditor, own): debtor.language
        for creditor, ids in debtors.items()
        for own, debtor in transaction.parties.debtors(creditor, sorted(ids)).items()
    }
    found: dict[Kind, DueFirst] = {}
    for row in rows:
        at = None if row.next_action_at is None else datetime.fromisoformat(row.next_action_at)
        kind = (row.creditor, row.step, language.get((row.creditor, row.debtor)))
        found.setdefault(kind, DueFirst(kind, row.id, at))
    return tuple(found.values())
