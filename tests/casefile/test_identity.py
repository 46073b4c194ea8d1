"""Every case file has an id of its own, and numbers that only rise."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import delete

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.identity import Identity, NoIdentity, accept_in_place, identity_of, known_ids, mark_of
from domain.facts import CallLogged
from tests.at_once import begun, ended
from tests.casefile.builders import CASE, NOW, furnish, opened
from tests.casefile.putting_back import content_of, put_back
from tests.postgresql import PostgresqlServer


@pytest.fixture
def url(kept_in: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database without tables."""
    if kept_in == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        return server.blank()
    return f"sqlite:///{tmp_path / 'new.sqlite3'}"


def migrate(of: str) -> None:
    Database(of).migrate()


def said(file: CaseFile) -> Identity:
    with file.read() as transaction:
        return identity_of(transaction)


def rows(of: str) -> list[str]:
    database = Database(of)
    with database.read() as connection:
        found = [str(row.id) for row in connection.execute(t.identity.select())]
    database.close()
    return found


def test_the_tables_come_with_an_id_that_stays(url: str, tmp_path: Path) -> None:
    migrate(url)
    (first,) = rows(url)
    assert len(first) == 32
    migrate(url)
    assert rows(url) == [first]


def test_several_processes_may_migrate_at_once_and_make_one_id(url: str, tmp_path: Path) -> None:
    assert ended(begun(migrate, [(url,), (url,)])) == [0, 0]
    assert len(rows(url)) == 1


def test_two_case_files_have_two_ids(url: str, tmp_path: Path) -> None:
    migrate(url)
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    migrate(other)
    assert rows(url) != rows(other)


def test_a_case_file_of_before_gets_its_id_with_its_next_migration(url: str, tmp_path: Path) -> None:
    migrate(url)
    database = Database(url)
    database.migrate_down("0004")
    with database.write() as connection:
        connection.execute(t.creditors.insert(), {"id": "devaart", "body": "{}"})
    database.migrate()
    assert len(said(CaseFile(database)).id) == 32
    with database.read() as connection:
        assert connection.execute(t.creditors.select()).one().id == "devaart"
    database.close()


def test_facts_and_messages_both_raise_the_sequence(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    new = said(file)
    assert (new.sequence, new.cases, new.epoch) == (0, 0, 0)
    with file.write() as transaction:
        furnish(transaction)
    begun = said(file)
    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, "m1", "payment_received", b"{}", NOW)
    told = said(file)
    assert (told.id, told.cases) == (new.id, 1)
    assert new.sequence < begun.sequence < told.sequence


def test_a_mark_says_how_far_the_case_and_the_file_are(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        furnish(transaction, case_id=f"{CASE}-2", number="F-2")
    with file.read() as transaction:
        first, second, stranger = (mark_of(transaction, each) for each in (CASE, f"{CASE}-2", "case:a:1"))
    assert 0 < first.last < second.last == first.upto == second.upto
    assert (stranger.last, stranger.upto) == (0, first.upto)
    assert first.file == said(file).id


def test_facts_without_the_row_of_their_case_are_no_case(tmp_path: Path, only_sqlite: None) -> None:
    """What a person with an SQL prompt can do; PostgreSQL holds the two together."""
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
    with sqlite3.connect(tmp_path / "f.sqlite3") as prompt:
        prompt.execute("DELETE FROM cases")
    with file.read() as transaction:
        mark = mark_of(transaction, CASE)
    assert (mark.last, mark.facts) == (0, 0)
    assert mark.upto > 0


def test_messages_for_a_case_that_is_not_there_are_known(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    with file.write("case:a:1") as transaction:
        transaction.inbox.accept("case:a:1", "m1", "payment_received", b"{}", NOW)
    with file.write("case:a:2") as transaction:
        transaction.quarantine.keep("case:a:2", "q1", "payment_received", b"{}", "there is no case", NOW)
    with file.read() as transaction:
        assert known_ids(transaction) == {"case:a:1", "case:a:2"}


def test_a_file_that_was_emptied_of_its_id_says_so(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        own = transaction.session.connection.execute(t.identity.select()).one()
        transaction.session.connection.execute(delete(t.identity))
    with pytest.raises(NoIdentity, match="restore the case file"):
        said(file)
    with file.write() as transaction:
        transaction.session.connection.execute(t.identity.insert(), own._asdict())


def test_accepting_raises_the_epoch_only(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    before = said(file)
    with file.write() as transaction:
        accept_in_place(transaction, 7)
    assert said(file) == Identity(before.id, 7, before.sequence, before.cases)


def test_what_is_remembered_of_a_database_that_was_put_back_is_forgotten(tmp_path: Path) -> None:
    """A restore behind the back of a running worker: it must see what is there, not what it remembers."""
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
    backup = content_of(file)
    with file.write(CASE) as transaction:
        before = transaction.cases.load(CASE)
        transaction.cases.append(CASE, (CallLogged(id="call", at=NOW, on=NOW.date(), outcome="will pay"),))
        after = transaction.cases.load(CASE)
    put_back(file, backup)
    with file.write(CASE) as transaction:
        assert mark_of(transaction, CASE).last == before.facts < after.facts
        assert transaction.cases.load(CASE) == before
