"""What PostgreSQL was once asked often is prepared there, and stays so: planning takes longer than most answers."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from casefile.case_file import CaseFile
from casefile.session import Session
from domain import facts as f
from tests.casefile.builders import CASE, NOW
from tests.domain.builders import eur

OFTEN = 7
"""More than psycopg waits for, which is five."""
MANY = 120
"""More than it counts, which is a hundred."""


def paid(number: int) -> f.Fact:
    return f.PaymentReceived(id=f"p{number}", at=NOW, on=NOW.date(), amount=eur("10.00"), credited_on=NOW.date())


def ask(session: Session, what: str) -> None:
    """Ask what no other test asks: a connection has been through others."""
    session.connection.execute(text(f"SELECT '{what}'"))


def is_prepared(session: Session, what: str) -> bool:
    asked = text("SELECT count(*) FROM pg_prepared_statements WHERE statement = :asked")
    return bool(session.connection.execute(asked, {"asked": f"SELECT '{what}'"}).scalar_one())


def test_reading_leaves_what_is_prepared(file: CaseFile, only_postgresql: None) -> None:
    for _ in range(OFTEN):
        with file.write() as transaction:
            ask(transaction.session, "before readings")
    for _ in range(2):
        with file.read() as transaction:
            assert is_prepared(transaction.session, "before readings")


def test_parts_however_many_are_not_in_the_way_of_it(file: CaseFile, only_postgresql: None) -> None:
    for _ in range(OFTEN):
        with file.write() as transaction:
            ask(transaction.session, "among parts")
            for _ in range(MANY):
                with transaction.savepoint():
                    pass
    with file.read() as transaction:
        assert is_prepared(transaction.session, "among parts")


def test_of_parts_within_each_other_the_inner_one_is_undone_alone(file: CaseFile) -> None:
    with file.write() as transaction:
        with transaction.savepoint():
            transaction.cases.append(CASE, (paid(1),))
            with pytest.raises(IntegrityError), transaction.savepoint():
                transaction.cases.append(CASE, (paid(2),))
                transaction.session.connection.execute(text("INSERT INTO identity SELECT * FROM identity"))
            transaction.cases.append(CASE, (paid(3),))
            assert transaction.cases.load(CASE).case.open == eur("980.00")
        with pytest.raises(ZeroDivisionError), transaction.savepoint():
            with transaction.savepoint():
                transaction.cases.append(CASE, (paid(4),))
            raise ZeroDivisionError
    with CaseFile(file.database).read() as fresh:
        assert [fact.id for fact in fresh.cases.facts(CASE)][1:] == ["p1", "p3"]
