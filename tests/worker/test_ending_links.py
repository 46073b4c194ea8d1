"""Payment links are compared with what is owed again and again, whatever went wrong with one look."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy.exc import OperationalError

from services.debtor_page.ending import EndingLinks
from tests.api.debtor.world import Provider, furnished
from worker.ending_links import keep_ending


async def test_the_next_look_comes_whatever_the_last_one_met(tmp_path: Path) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    looked, met = asyncio.Event(), [OperationalError("", {}, Exception("locked")), ValueError("odd")]

    class Looking(EndingLinks):
        async def look(self) -> int:
            if met:
                raise met.pop()
            looked.set()
            return 0

    task = asyncio.create_task(keep_ending(Looking(world.file, Provider(), lambda: world.now), 0))
    await asyncio.wait_for(looked.wait(), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled() and not met
