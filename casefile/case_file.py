"""The case file: the truth of what happened, of people, and of what was sent.

Everything is read and written inside a transaction, opened by `CaseFile.write()` (which locks) or
`CaseFile.read()`. Writing anything twice stores it once. What a lock covers, and why it is enough, stands in
docs/decisions/0005-locks-on-postgresql.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from casefile.blocked_addresses import BlockedAddresses
from casefile.cases import Cases
from casefile.database import Database
from casefile.deliveries import Deliveries
from casefile.documents import Documents
from casefile.inbox import Inbox
from casefile.memory import Memory
from casefile.papers import Papers
from casefile.parties import Parties
from casefile.quarantine import Quarantine
from casefile.session import Session
from casefile.starts import Starts
from casefile.views import Views

if TYPE_CHECKING:
    # A list begins quicker without the rules of the trade, and needs none of them.
    from domain.policy import Policy

__all__ = ["CaseFile", "Transaction"]


class CaseFile:
    """The case file in one database. Threads may share it."""

    def __init__(self, database: Database) -> None:
        """Use a database whose migrations have run."""
        self.database = database
        self._memory = Memory()

    @contextmanager
    def write(self, of: str | None = None) -> Iterator[Transaction]:
        """A transaction that locks: what it reads stays true until it ends.

        Args:
            of: A case: all cases of its debtor are locked, and nothing else may be touched. None locks the whole file.
        """
        # The debtor of a case never changes: who knows him takes both locks at once.
        debtor = None if of is None or self.database.locks_all else self._memory.debtor(of)
        name = None if debtor is None else "\n".join(debtor)
        with self.database.write(whole=of is None, name=name) as connection:
            session = Session(connection, self._memory, locked=True, of=of, taken_for=debtor)
            if of is not None and name is None:
                debtor = None if self.database.locks_all else session.debtor_of(of)
                self.database.lock(connection, of if debtor is None else "\n".join(debtor))
            yield Transaction(session)
        self._memory.keep(session.known)

    def step_ahead(self, case_id: str) -> tuple[Policy | None, str | None] | None:
        """Policy of a case and the step that it takes next, as this process left it; None where it does not know.

        It says what may be worth preparing, and no more: what is so stands in the file.
        """
        return self._memory.step_ahead(case_id)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction for reading one consistent state."""
        with self.database.read() as connection:
            yield Transaction(Session(connection, self._memory, locked=False))


class Transaction:
    """All that can be read and written in one transaction, by subject.

    Attributes:
        session: What they share; functions of this room that stand beside them take it from here.
        parties: Creditors, debtors, policies.
        cases: Cases and their facts.
        inbox: Messages that the cases record.
        quarantine: Messages that could not be used.
        deliveries: What is sent.
        documents: Documents of cases.
        papers: What debtors sent about cases.
        blocked: Addresses and numbers that are not used any more.
        views: What lists and people read of a case.
        starts: Workflows to be started.
    """

    def __init__(self, session: Session) -> None:
        """Made by `CaseFile.write` and `CaseFile.read`; of a session from `reading` where it turns out to be needed."""
        self.session = session
        self.parties = Parties(session)
        self.quarantine = Quarantine(session)
        self.deliveries = Deliveries(session)
        self.documents = Documents(session)
        self.papers = Papers(session)
        self.blocked = BlockedAddresses(session)
        self.views = Views(session)
        self.starts = Starts(session)
        self.inbox = Inbox(session, self.deliveries)
        self.cases = Cases(session, self.parties, self.quarantine, self.deliveries, self.views, self.starts)

    def savepoint(self) -> AbstractContextManager[None]:
        """A part of the transaction that is undone by itself, and wholly, when it raises."""
        return self.session.savepoint()
