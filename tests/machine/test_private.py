"""Files and folders are their owner's alone, whatever the umask and whatever an earlier version left."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine.private import (
    close_file,
    close_folder,
    make_database,
    make_folder,
    private_opener,
    write_private,
)
from machine.regular import NotPlainFile


@pytest.fixture(autouse=True, params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def loose(path: Path, bits: int = 0o644) -> Path:
    path.write_bytes(b"x")
    path.chmod(bits)
    return path


def test_every_folder_that_is_made_is_the_owners(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    assert [mode(tmp_path / name) for name in ("a", "a/b", "a/b/c")] == [0o700] * 3


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o755)
    make_folder(tmp_path / "shared")
    make_folder(tmp_path / "shared" / "own")
    assert (mode(tmp_path / "shared"), mode(tmp_path / "shared" / "own")) == (0o755, 0o700)


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    loose(tmp_path / "var")
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "var")


def test_a_folder_of_ours_is_closed_and_one_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    for name, holds in (("ours", "up.lock"), ("theirs", "holiday.jpg")):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
        loose(tmp_path / name / holds)
        close_folder(tmp_path / name, lambda entry: entry == "up.lock")
    assert (mode(tmp_path / "ours"), mode(tmp_path / "theirs")) == (0o700, 0o755)
    close_folder(tmp_path / "nowhere", lambda entry: True)


def test_a_new_file_is_closed_from_its_first_moment_and_an_open_one_is_closed(tmp_path: Path) -> None:
    for path in (tmp_path / "new", loose(tmp_path / "old", 0o666)):
        with open(path, "a", opener=private_opener) as file:
            assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600


def test_a_file_keeps_what_its_owner_may(tmp_path: Path) -> None:
    close_file(loose(tmp_path / "read-only", 0o444))
    assert mode(tmp_path / "read-only") == 0o400


def test_a_database_and_all_that_sqlite_puts_beside_it_are_the_owners(tmp_path: Path) -> None:
    file = tmp_path / "cases.sqlite3"
    make_database(file)
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (x)")
        assert {path.name: mode(path) for path in tmp_path.iterdir()} == {
            "cases.sqlite3": 0o600,
            "cases.sqlite3-wal": 0o600,
            "cases.sqlite3-shm": 0o600,
        }
        for path in tmp_path.iterdir():
            path.chmod(0o644)
        make_database(file)
        assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
    database.close()


def test_closing_a_database_to_others_drops_no_lock_of_this_process(tmp_path: Path) -> None:
    # POSIX drops all locks of a process on a file when it closes any descriptor on it.
    file = tmp_path / "cases.sqlite3"
    make_database(file)
    with sqlite3.connect(file, isolation_level=None) as writer:
        writer.execute("CREATE TABLE t (x)")
        writer.execute("BEGIN EXCLUSIVE")
        file.chmod(0o644)
        make_database(file)
        child = os.fork()
        if child == 0:
            other = sqlite3.connect(file, timeout=0)
            try:
                other.execute("INSERT INTO t VALUES (1)")
            except sqlite3.OperationalError:
                os._exit(7)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        writer.execute("COMMIT")
    writer.close()
    assert os.waitstatus_to_exitcode(status) == 7, "the other process had to find it locked"


def test_a_file_is_written_once_and_replaced_only_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    write_private(file, b"first and long", replace=False)
    with pytest.raises(FileExistsError):
        write_private(file, b"second", replace=False)
    file.chmod(0o644)
    write_private(file, b"second", replace=True)
    assert (file.read_bytes(), mode(file)) == (b"second", 0o600)


def test_nothing_is_written_into_a_pipe_a_folder_or_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path / "link", tmp_path, Path("/dev/null"), Path("/dev/zero")):
        with pytest.raises(NotPlainFile):
            write_private(place, b"x", replace=True)
