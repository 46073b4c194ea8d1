"""A command for another case file than that of the running cases is refused; the line names both."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from casefile.case_file import CaseFile
from casefile.opening import open_case_file
from engine.namespace_memory import Kept, NamespaceMemory
from engine.pairing import Pairing
from engine.same_case_file import unlike_the_running
from tests.engine.server import quick_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

_queues = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with quick_server() as connected:
        yield connected


@pytest.fixture
def queue() -> str:
    return f"same-{next(_queues)}"


def made(folder: Path) -> str:
    """The URL of a new case file."""
    url = f"sqlite:///{folder / 'var' / 'case-file.sqlite3'}"
    open_case_file(url, create=True).database.close()
    return url


async def paired(client: Client, url: str, queue: str) -> None:
    """As a worker does at its start."""
    file: CaseFile = open_case_file(url, create=False)
    try:
        await Pairing(client, file, queue).check()
    finally:
        file.database.close()


async def test_the_one_of_the_worker_is_taken_by_any_name(client: Client, queue: str, tmp_path: Path) -> None:
    url = made(tmp_path)
    assert await unlike_the_running(client, url, queue) is None, "no worker ever ran"
    await paired(client, url, queue)
    assert await unlike_the_running(client, url, queue) is None
    (tmp_path / "link").symlink_to(tmp_path / "var")
    assert await unlike_the_running(client, f"sqlite:///{tmp_path}/link/case-file.sqlite3", queue) is None


async def test_another_none_and_a_copy_are_refused_with_both_absolute_paths(
    client: Client, queue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = made(tmp_path / "office")
    await paired(client, url, queue)
    theirs = tmp_path / "office" / "var" / "case-file.sqlite3"
    other = made(tmp_path / "other")
    copy = shutil.copy(theirs, tmp_path / "copy.sqlite3")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for ours, shown, why in (
        (other, tmp_path / "other" / "var" / "case-file.sqlite3", "which is another one ("),
        (f"sqlite:///{copy}", copy, "which is a copy"),
        (
            "sqlite:///var/case-file.sqlite3",
            tmp_path / "empty" / "var" / "case-file.sqlite3",
            "in which there is nothing yet",
        ),
    ):
        said = await unlike_the_running(client, ours, queue)
        assert said is not None
        assert f"this command is for the case file {shown}, {why}" in said
        assert f" uses {theirs}: " in said
        assert f"MAANWERK_DATABASE=sqlite:///{theirs}" in said
    assert not (tmp_path / "empty" / "var").exists(), "nothing was made"


async def test_a_backup_that_was_put_in_its_place_is_the_one(client: Client, queue: str, tmp_path: Path) -> None:
    """Between a restore and the next start of a worker cases are paused, and lists are imported."""
    url = made(tmp_path)
    await paired(client, url, queue)
    file = tmp_path / "var" / "case-file.sqlite3"
    backup = shutil.copy(file, tmp_path / "backup.sqlite3")
    file.unlink()
    shutil.copy(backup, file)
    assert await unlike_the_running(client, url, queue) is None


async def test_a_worker_that_finds_its_file_elsewhere_says_where(client: Client, queue: str, tmp_path: Path) -> None:
    url = made(tmp_path / "before")
    await paired(client, url, queue)
    (tmp_path / "before").rename(tmp_path / "after")
    moved = f"sqlite:///{tmp_path / 'after' / 'var' / 'case-file.sqlite3'}"
    assert await unlike_the_running(client, moved, queue) is None, "the same file"
    await paired(client, moved, queue)
    kept = await NamespaceMemory(client, queue).kept()
    assert kept is not None
    assert kept.where == str(tmp_path / "after" / "var" / "case-file.sqlite3")


async def test_where_the_worker_did_not_say_the_id_decides(client: Client, queue: str, tmp_path: Path) -> None:
    url, other = made(tmp_path / "office"), made(tmp_path / "other")
    await paired(client, url, queue)
    memory = NamespaceMemory(client, queue)
    kept = await memory.kept()
    assert kept is not None
    await memory.keep(Kept(kept.id, kept.epoch, kept.sequence))  # As versions before kept it.
    assert await unlike_the_running(client, url, queue) is None
    said = await unlike_the_running(client, other, queue)
    assert said is not None
    assert f"uses the case file {kept.id}: " in said
