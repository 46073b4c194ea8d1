"""What a process wrote to be read once goes with it; what a killed one left goes when another begins, and no more."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from machine.passing_folders import PassingFolder, remove_left_folders

HOLDS_ONE = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from machine.passing_folders import PassingFolder
folder = PassingFolder()
(folder.path / "letter.json").touch()
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the folders are: nobody else's."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@contextmanager
def another(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process, and its folder."""
    command = [sys.executable, "-c", HOLDS_ONE, str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().rstrip())
        finally:
            process.kill()


def test_a_folder_goes_with_its_block_or_with_whoever_has_it_and_only_its_owner_may_look(place: Path) -> None:
    with PassingFolder() as path:
        assert (path.parent, path.stat().st_mode & 0o777) == (place, 0o700)
        (path / "letter.json").touch()
    kept = PassingFolder()
    assert list(place.iterdir()) == [kept.path]
    del kept
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_stays(place: Path) -> None:
    own = PassingFolder()
    with another(place) as (_, in_use), another(place) as (killed, left):
        remove_left_folders()
        assert left.exists(), "it lives"
        killed.kill()
        killed.wait()
        assert (left / "letter.json").exists()
        remove_left_folders()
        assert set(place.iterdir()) == {own.path, in_use}
        assert (in_use / "letter.json").exists()


def test_what_is_not_ours_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (place / "maanwerk-passing-link").symlink_to(elsewhere)
    (place / "maanwerk-passing-file").touch()
    (place / "letters-of-another-program").mkdir()
    before = set(place.iterdir())
    remove_left_folders()
    assert set(place.iterdir()) == before
    (place / "maanwerk-passing-of-another-user").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    remove_left_folders()
    assert set(place.iterdir()) == before | {place / "maanwerk-passing-of-another-user"}


def test_who_was_forked_leaves_the_folder_of_his_parent() -> None:
    folder = PassingFolder()
    child = os.fork()
    if not child:
        folder.__exit__()
        os._exit(0)
    os.waitpid(child, 0)
    assert folder.path.exists()


def test_a_folder_that_is_taken_for_left_before_it_is_locked_is_made_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, taken = fcntl.flock, list[Path]()

    def too_late(held: int, how: int) -> None:
        if not taken:
            taken.extend(place.iterdir())
            shutil.rmtree(taken[0])
        lock(held, how)

    monkeypatch.setattr(fcntl, "flock", too_late)
    with PassingFolder() as path:
        assert taken != [path]
        assert list(place.iterdir()) == [path]


def test_where_nothing_can_be_locked_nothing_is_taken_for_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(held: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refused)
    with PassingFolder() as path:
        remove_left_folders()
        assert path.exists()


def test_who_begins_and_has_his_folder_taken_for_left_before_he_holds_it_makes_another(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    makes, taken = tempfile.mkdtemp, list[str]()

    def made(**given: Any) -> str:
        path = str(makes(**given))
        if not taken:
            taken.append(path)
            os.rmdir(path)
        return path

    monkeypatch.setattr(tempfile, "mkdtemp", made)
    with PassingFolder() as folder:
        assert taken
        assert list(place.iterdir()) == [folder]
