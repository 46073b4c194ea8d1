"""Two processes that choose ports at the same moment do so one after the other."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import pytest

from machine import choosing_ports as module
from machine.choosing_ports import choosing_ports


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))


async def test_the_second_waits_until_the_first_listens() -> None:
    first = await choosing_ports()
    second = asyncio.create_task(choosing_ports())
    done, _ = await asyncio.wait((second,), timeout=4 * module._LOOK_AGAIN_SECONDS)
    assert not done
    first()
    (await second)()


async def test_whoever_says_so_twice_harms_nobody() -> None:
    first = await choosing_ports()
    first()
    second = await choosing_ports()
    first()
    third = asyncio.create_task(choosing_ports())
    done, _ = await asyncio.wait((third,), timeout=4 * module._LOOK_AGAIN_SECONDS)
    assert not done, "the second still chooses"
    second()
    (await third)()


async def test_where_the_lock_can_not_be_had_one_goes_on(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    (tmp_path / f"maanwerk-ports-{os.getuid()}.lock").symlink_to(tmp_path / "elsewhere")
    (await choosing_ports())()
