"""SQLite goes on writing to a file that is gone: none of it may be acknowledged."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.file_place import CaseFileGone
from tests.casefile.builders import CASE, NOW, furnish, prepared


@pytest.fixture
def at(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    folder.mkdir()
    return folder / "case-file.sqlite3"


@pytest.fixture
def file(at: Path) -> CaseFile:
    found = prepared(at, furnished)
    with found.read():  # It is open, as that of a process which works.
        return found


def furnished(file: CaseFile) -> None:
    with file.write() as transaction:
        furnish(transaction)


def delete(at: Path) -> None:
    at.unlink()


def delete_folder(at: Path) -> None:
    shutil.rmtree(at.parent)


def move(at: Path) -> None:
    at.rename(at.with_name("elsewhere.sqlite3"))


def move_folder(at: Path) -> None:
    at.parent.rename(at.parent.with_name("elsewhere"))


def replace_by_an_empty_one(at: Path) -> None:
    at.unlink()
    at.touch()


def replace_by_a_copy(at: Path) -> None:
    copy = at.with_name("copy.sqlite3")
    shutil.copy(at, copy)
    os.replace(copy, at)


def empty_in_place(at: Path) -> None:
    os.truncate(at, 0)


WAYS = (empty_in_place, delete, delete_folder, move, move_folder, replace_by_an_empty_one, replace_by_a_copy)


def pay(file: CaseFile, number: int) -> None:
    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, f"m{number}", "payment_received", b"{}", NOW)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_acknowledged_into_a_file_that_is_gone(
    way: Callable[[Path], None], file: CaseFile, at: Path, only_sqlite: None
) -> None:
    pay(file, 1)
    way(at)
    for number in (2, 3):
        with pytest.raises(CaseFileGone, match="was deleted, emptied, moved or replaced while it was in use"):
            pay(file, number)
    with pytest.raises(CaseFileGone), file.read():
        raise AssertionError("nobody reads it")
    # Nor is an empty file made in its place, as SQLite would for a new connection.
    assert at.exists() == (way in (replace_by_an_empty_one, replace_by_a_copy, empty_in_place))
    assert way not in (replace_by_an_empty_one, empty_in_place) or at.stat().st_size == 0


@pytest.mark.parametrize("way", WAYS)
def test_nor_when_it_goes_while_it_is_written(
    way: Callable[[Path], None], file: CaseFile, at: Path, only_sqlite: None
) -> None:
    pay(file, 1)
    with pytest.raises(CaseFileGone), file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, "m2", "payment_received", b"{}", NOW)
        way(at)


def test_nor_when_only_its_log_was_deleted(file: CaseFile, at: Path, only_sqlite: None) -> None:
    """What was committed is in the log until it is copied back: a crash would lose it."""
    pay(file, 1)
    at.with_name(at.name + "-wal").unlink()
    with pytest.raises(CaseFileGone, match="-wal was deleted"):
        pay(file, 2)


def test_whoever_handles_a_database_that_does_not_answer_handles_this_too(
    file: CaseFile, at: Path, only_sqlite: None
) -> None:
    delete(at)
    with pytest.raises(OperationalError) as caught:
        pay(file, 1)
    assert str(at) in str(caught.value.orig)


def test_a_link_that_points_to_another_file_is_noticed(
    file: CaseFile, at: Path, tmp_path: Path, only_sqlite: None
) -> None:
    link = tmp_path / "current.sqlite3"
    link.symlink_to(at)
    linked = CaseFile(Database(f"sqlite:///{link}"))
    pay(linked, 1)
    other = tmp_path / "other.sqlite3"
    shutil.copy(at, other)
    link.unlink()
    link.symlink_to(other)
    with pytest.raises(CaseFileGone):
        pay(linked, 2)
    linked.database.close()


def test_a_file_that_was_closed_may_be_put_back(file: CaseFile, at: Path, only_sqlite: None) -> None:
    file.database.close()
    replace_by_a_copy(at)
    pay(file, 1)
    file.database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"])
def test_a_case_file_in_memory_has_no_place(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE x (y int)")
    assert database.path is None
    database.still_there()
    database.close()


def test_a_file_in_the_form_of_a_uri_is_watched_too(file: CaseFile, at: Path, only_sqlite: None) -> None:
    pay(file, 1)
    same = CaseFile(Database(f"sqlite:///file:{at}?uri=true"))
    pay(same, 2)
    delete(at)
    with pytest.raises(CaseFileGone):
        pay(same, 3)
