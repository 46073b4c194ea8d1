"""Which case file this is, and how far it is: so that no case goes on with another one, an empty or an older one.

The id is made with the tables. A copy has the same id, so an older one is known by its numbers: facts and inbox are
only ever added to. Whoever goes on with another file or an older copy on purpose accepts it: its epoch rises, and
what cases saw under a lower epoch no longer counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, select, update

from casefile import tables as t

if TYPE_CHECKING:
    # Who only asks for the id begins quicker without the rules of the trade.
    from casefile.case_file import Transaction
    from casefile.database import Database

__all__ = ["Identity", "Mark", "NoIdentity", "accept_in_place", "id_of", "identity_of", "known_ids", "mark_of"]


class NoIdentity(LookupError):
    """The case file does not say which one it is: somebody emptied the table that the migrations fill."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which case file this is.

    Attributes:
        id: 32 hexadecimal digits.
        epoch: When it was last accepted in the place of another one, in seconds since 1970; 0: never.
        sequence: How far it is: the highest number of a fact and the highest of a message, added. Never falls.
        cases: Number of its cases.
    """

    id: str
    epoch: int
    sequence: int
    cases: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What the file shows of itself to one case.

    Attributes:
        file: Its id.
        epoch: As in `Identity`.
        last: Number of the case's last fact; 0 when there is no such case.
        facts: How many facts it has.
        upto: Highest number of any fact.
    """

    file: str
    epoch: int
    last: int
    facts: int
    upto: int

    def further(self, its_own: bool, facts: int, last: int) -> Mark:
        """The mark after so many facts were appended, the last of which has this number; to its own case, or not."""
        upto = max(self.upto, last)
        if not its_own:
            return replace(self, upto=upto)
        return Mark(self.file, self.epoch, last, self.facts + facts, upto)


def identity_of(transaction: Transaction) -> Identity:
    """Which case file this is.

    Raises:
        NoIdentity: it does not say.
    """
    row = _said(transaction.session.connection.execute(_IDENTITY).first())
    return Identity(row.id, row.epoch, (row.facts or 0) + (row.messages or 0), row.cases)


def id_of(database: Database) -> str | None:
    """The id of the case file in a database; None where it does not say."""
    with database.read() as connection:
        return connection.scalar(select(t.identity.c.id))


def mark_of(transaction: Transaction, case_id: str) -> Mark:
    """What the file shows of itself to a case, read from the database and not from memory, once a transaction.

    Raises:
        NoIdentity: it does not say which one it is.
    """
    session = transaction.session
    mark = session.known.marks.get(case_id)
    if mark is None:
        row = _said(session.connection.execute(_MARK, {"of": case_id}).first())
        transaction.cases.forget_after(case_id, row.last or 0)
        mark = Mark(row.id, row.epoch, row.last or 0, row.facts, row.upto or 0)
        session.is_of(case_id, None if row.creditor is None else (row.creditor, row.debtor))
        if session.locked:
            # Nobody else writes of this case until the transaction ends, and what it appends is counted with.
            session.known.marks[case_id] = mark
            if not row.waits:
                session.answered(t.inbox, ("waiting", case_id), ())
    return mark


def accept_in_place(transaction: Transaction, epoch: int) -> None:
    """Accept this file in the place of the one before.

    Args:
        transaction: One that locks the whole file.
        epoch: Higher than any before.
    """
    transaction.session.connection.execute(update(t.identity).values(epoch=epoch))
    transaction.session.known.marks.clear()


def known_ids(transaction: Transaction) -> frozenset[str]:
    """Ids of which the file knows something without having a case: messages came for them."""
    inbox = select(t.inbox.c.case_id).distinct()
    quarantine = select(t.quarantine.c.case_id).distinct()
    return frozenset(transaction.session.connection.scalars(inbox.union(quarantine)))


def _said(row: Any) -> Any:
    if row is None:
        raise NoIdentity("the table `identity` of the case file is empty: restore the case file from a backup")
    return row


_IDENTITY = select(
    t.identity.c.id,
    t.identity.c.epoch,
    select(func.max(t.facts.c.seq)).scalar_subquery().label("facts"),
    select(func.max(t.inbox.c.seq)).scalar_subquery().label("messages"),
    select(func.count()).select_from(t.cases).scalar_subquery().label("cases"),
)
# Facts whose case is gone are no case.
_OF_THE_CASE = (t.facts.c.case_id == bindparam("of"), exists().where(t.cases.c.id == bindparam("of")))
_MARK = select(
    t.identity.c.id,
    t.identity.c.epoch,
    select(func.max(t.facts.c.seq)).where(*_OF_THE_CASE).scalar_subquery().label("last"),
    select(func.count()).select_from(t.facts).where(*_OF_THE_CASE).scalar_subquery().label("facts"),
    select(func.max(t.facts.c.seq)).scalar_subquery().label("upto"),
    select(t.cases.c.creditor).where(t.cases.c.id == bindparam("of")).scalar_subquery().label("creditor"),
    select(t.cases.c.debtor).where(t.cases.c.id == bindparam("of")).scalar_subquery().label("debtor"),
    exists().where(t.inbox.c.case_id == bindparam("of"), t.inbox.c.recorded_at.is_(None)).label("waits"),
)
