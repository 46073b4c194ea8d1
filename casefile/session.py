"""One transaction on the case file: its connection, what its lock covers, and the ways of writing.

Writing anything twice stores it once. What a lock covers, and why it is enough, stands in
docs/decisions/0005-locks-on-postgresql.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, insert, select

from casefile import tables as t
from casefile.copied_rows import COPIED
from casefile.database import Database
from casefile.memory import Known, Memory

__all__ = ["NotLocked", "Session", "insertion", "moment_text", "one_or_many", "reading", "storable"]

_T = TypeVar("_T")

# Building a statement takes longer than running it: those of every turn are built once.
_DEBTOR_OF = select(t.cases.c.creditor, t.cases.c.debtor).where(t.cases.c.id == bindparam("of"))


class NotLocked(RuntimeError):
    """A transaction touches what its lock does not cover: a mistake in the code that opened it."""


class Session:
    """What all that is read and written in one transaction shares.

    Attributes:
        connection: The connection, for the statements of this room only.
        locked: Whether what is read stays true until the transaction ends.
        memory: What was committed before.
        known: What this transaction has read and added.
    """

    def __init__(
        self,
        connection: Connection,
        memory: Memory,
        *,
        locked: bool,
        of: str | None = None,
        taken_for: tuple[str, str] | None = None,
    ) -> None:
        """Made by `CaseFile.write`, `CaseFile.read` and `reading` only.

        Args:
            connection: A transaction on the database.
            memory: What was committed before.
            locked: Whether the transaction locks.
            of: A case: the lock covers the cases of its debtor only.
            taken_for: Creditor and debtor who were locked as remembered; None where they were read under the lock.
        """
        self.connection = connection
        self.memory = memory
        self.locked = locked
        self.known = Known()
        self._of = of
        self._taken_for = taken_for

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone by itself, and wholly, when it raises."""
        # Only what this part adds is to be forgotten; the values are frozen.
        known = self.known.copy()
        # By hand, and always of one name: SQLAlchemy takes twice as long, and numbers them, so that to PostgreSQL's
        # driver each is another statement, for which it forgets one. A name means the last that was begun.
        self.connection.exec_driver_sql("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.known = known
            if not self.connection.invalidated:
                self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
                self.connection.exec_driver_sql("RELEASE SAVEPOINT part")
            raise
        self.connection.exec_driver_sql("RELEASE SAVEPOINT part")

    # What is locked -----------------------------------------------------------------------------------

    def debtor_of(self, case_id: str) -> tuple[str, str] | None:
        """Creditor and debtor of a case, which never change; None when there is no such case."""
        known = self.known.debtors.get(case_id)
        if known is None:
            row = self.connection.execute(_DEBTOR_OF, {"of": case_id}).first()
            known = self.is_of(case_id, None if row is None else (row.creditor, row.debtor))
        return known

    def is_of(self, case_id: str, debtor: tuple[str, str] | None) -> tuple[str, str] | None:
        """Take over what was read of a case: creditor and debtor, None when there is no such case.

        Raises:
            NotLocked: another debtor was remembered, and locked: the database was put back to another state.
        """
        if case_id == self._of and self._taken_for not in (None, debtor) and debtor is not None:
            self.memory.forget()
            raise NotLocked(f"{case_id} is of another debtor than was remembered: ask once more")
        self.known.debtors[case_id] = debtor
        return debtor

    def answered(self, table: Table, what: object, answer: object) -> None:
        """Take over the answer to a question about a table, as `asked` would have got it."""
        self.known.answers.setdefault(table.name, {}).setdefault(what, answer)

    def written(self, table: Table) -> None:
        """A table was written into: what was asked of it is asked again."""
        self.known.answers.pop(table.name, None)

    def covered(self, case_id: str) -> None:
        """Refuse to touch a case that is not locked.

        Raises:
            NotLocked: the transaction locks the cases of another debtor.
        """
        if self._of is None or case_id == self._of:
            return
        debtor = self.debtor_of(case_id)
        if debtor is None or debtor != self.debtor_of(self._of):
            raise NotLocked(f"{case_id} is not of the debtor of {self._of}, whose cases are locked: use write() for it")

    def covers_all(self) -> None:
        """Refuse what only a transaction may do that locks the whole file.

        Raises:
            NotLocked: the transaction locks the cases of one debtor.
        """
        if self._of is not None:
            raise NotLocked(f"only the cases of the debtor of {self._of} are locked: use write() for this")

    def asked(self, table: Table, what: object, ask: Callable[[], _T]) -> _T:
        """The answer to a question about a table, asked once until something is written into it.

        Args:
            table: Written by `insert_once` and `upsert` only.
            what: What is asked.
            ask: Asks the database.
        """
        answers = self.known.answers.setdefault(table.name, {})
        if what not in answers:
            answers[what] = ask()
        return answers[what]  # type: ignore[return-value]

    # Ways of writing ----------------------------------------------------------------------------------

    def insert_once(self, table: Table, row: Mapping[str, object], key: Sequence[str]) -> bool:
        """Insert a row unless its key is there; True when it was new."""
        statement = insertion(self.connection.dialect.name, table, tuple(key), ())
        self.written(table)
        return self.connection.execute(statement, dict(row)).rowcount == 1

    def insert_new(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows of which it is known, under the lock of the whole file, that none is there; all name the same."""
        if rows:
            self.written(table)
            self.connection.execute(_insertion_of_new(table), rows)

    def insert_all(self, table: Table, rows: Sequence[Mapping[str, object]], key: Sequence[str]) -> None:
        """Insert rows, without those whose key is there."""
        statement = insertion(self.connection.dialect.name, table, tuple(key), ())
        self.written(table)
        self.connection.execute(statement, one_or_many(rows))

    def upsert(self, table: Table, row: Mapping[str, object], key: Sequence[str], changed: Sequence[str]) -> None:
        """Insert a row; where its key is there, replace the changed columns."""
        statement = insertion(self.connection.dialect.name, table, tuple(key), tuple(changed))
        self.written(table)
        self.connection.execute(statement, dict(row))


def one_or_many(rows: Sequence[Mapping[str, object]]) -> Any:
    """The rows of a statement as the driver is given them: of one it is not told that there may be more."""
    return dict(rows[0]) if len(rows) == 1 else [dict(row) for row in rows]


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """A session for reading one consistent state, for who needs no case: it begins quicker than the case file."""
    with database.read() as connection:
        yield Session(connection, Memory(), locked=False)


@cache
def insertion(dialect: str, table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Any:
    """The statement that inserts a row; where its key is there, it replaces the changed columns, or does nothing.

    Kept, because building it takes longer than running it, and an import of ten thousand invoices runs it often.
    """
    # Who only reads begins quicker without.
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    statement = postgresql_insert(table) if dialect == "postgresql" else sqlite_insert(table)
    # Without this word SQLAlchemy forgets how many rows an INSERT made.
    statement = statement.execution_options(preserve_rowcount=True)
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=list(key))
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={column: statement.excluded[column] for column in changed}
    )


@cache
def _insertion_of_new(table: Table) -> Any:
    return insert(table).execution_options(**{COPIED: True})


def moment_text(moment: datetime) -> str:
    """A moment as it is stored: text in UTC, all of one form, so that they compare as moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def storable(text: str) -> str:
    """The text without what no database keeps, and a signal or a provider may bring: NUL, half a character."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
