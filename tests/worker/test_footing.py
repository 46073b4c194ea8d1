"""What a process stands on is looked at again and again, and nothing is sent for a case file that is gone."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from config.settings import Settings
from services.ports import NotTaken, Outgoing
from tests.engine.bench import Shelf
from tests.engine.server import quick_server
from worker.footing import Footing, PlaceGone, grounded
from worker.process import serve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "var"
    (found / "outbox").mkdir(parents=True)
    (found / "temporal.sqlite3").write_bytes(b"x")
    return found


def places(folder: Path) -> tuple[Path, ...]:
    return (folder, folder / "temporal.sqlite3", folder / "outbox")


def delete_the_folder(folder: Path) -> str:
    shutil.rmtree(folder)
    return f"{folder} is gone"


def move_the_folder(folder: Path) -> str:
    folder.rename(folder.with_name("elsewhere"))
    return f"{folder} is gone"


def make_another_folder(folder: Path) -> str:
    folder.rename(folder.with_name("elsewhere"))
    shutil.copytree(folder.with_name("elsewhere"), folder)
    return f"{folder} was replaced or emptied"


def delete_a_file(folder: Path) -> str:
    (folder / "temporal.sqlite3").unlink()
    return f"{folder / 'temporal.sqlite3'} is gone"


def replace_a_file(folder: Path) -> str:
    other = folder / "other"
    other.write_bytes(b"x")
    os.replace(other, folder / "temporal.sqlite3")
    return f"{folder / 'temporal.sqlite3'} was replaced or emptied"


def empty_a_file(folder: Path) -> str:
    os.truncate(folder / "temporal.sqlite3", 0)
    return f"{folder / 'temporal.sqlite3'} was replaced or emptied"


def delete_the_outbox(folder: Path) -> str:
    (folder / "outbox").rmdir()
    return f"{folder / 'outbox'} is gone"


@pytest.mark.parametrize(
    "way",
    [
        delete_the_folder,
        move_the_folder,
        make_another_folder,
        delete_a_file,
        replace_a_file,
        empty_a_file,
        delete_the_outbox,
    ],
)
async def test_whatever_goes_or_is_replaced_is_named_with_the_outermost_first(
    way: Callable[[Path], str], folder: Path
) -> None:
    footing = Footing(places(folder))
    footing.check()
    watching = asyncio.create_task(footing.watch(0.01))
    said = way(folder)
    with pytest.raises(PlaceGone) as gone:
        await asyncio.wait_for(watching, 30)
    text = str(gone.value)
    assert text.startswith(said)
    assert "nothing more is sent or acknowledged" in text
    assert len(text.splitlines()) == 1


def test_what_comes_later_counts_from_then_on(folder: Path) -> None:
    """The outbox is made when the first message is sent."""
    index = folder / "outbox" / "index.sqlite3"
    footing = Footing((index,))
    footing.check()
    index.touch()
    footing.check()
    index.unlink()
    with pytest.raises(PlaceGone, match=r"index\.sqlite3 is gone"):
        footing.check()


def test_writing_into_a_file_is_no_replacement(folder: Path) -> None:
    footing = Footing(places(folder))
    (folder / "temporal.sqlite3").write_bytes(b"more and more")
    (folder / "outbox" / "letter.pdf").touch()
    footing.check()


async def test_nothing_is_sent_for_a_case_file_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "case-file.sqlite3"
    file = CaseFile(Database(f"sqlite:///{path}"))
    file.database.migrate()
    shelf = Shelf()
    way = grounded({"email": shelf}, file)["email"]
    message = Outgoing("k1", "email", "els@ochtend.example", "Herinnering", "message/rfc822", b"x", "f")
    assert (await way.send(message)).reference == "k1"
    path.unlink()
    with pytest.raises(NotTaken, match="was deleted, emptied, moved or replaced"):
        await way.send(message)
    assert shelf.taken == ["k1"]
    file.database.close()


async def test_a_worker_says_so_whoever_sees_it_first(tmp_path: Path) -> None:
    """The file goes between the start and the first look: who asks it next is not the watch."""
    path = tmp_path / "case-file.sqlite3"
    file = CaseFile(Database(f"sqlite:///{path}"))
    file.database.migrate()
    settings = Settings(database=file.database.url, outbox=tmp_path / "outbox", task_queue="footing")
    told: list[PlaceGone] = []

    def move() -> None:
        path.rename(tmp_path / "elsewhere.sqlite3")

    async with quick_server() as client:
        with pytest.raises(PlaceGone, match=r"case-file\.sqlite3 is gone while it was in use: stopped"):
            await serve(client, file, settings, asyncio.Event(), ready=move, gone=told.append)
    assert len(told) == 1
    file.database.close()
