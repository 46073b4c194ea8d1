"""Events that come at the same time share a transaction; each request hears what became of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from api.webhooks.kept_together import KeptTogether
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.mail_events import MailReport, keep_reports
from tests.casefile.builders import NOW, opened
from tests.conftest import DATABASES


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    yield found
    found.database.close()


def report(number: int) -> MailReport:
    return MailReport(f"e{number}", "0" * 64, "delivered", "m", NOW + timedelta(seconds=number))


def stored(file: CaseFile) -> int:
    with file.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(t.mail_events)) or 0


class Slow:
    """Stores when it is told to, and counts how often."""

    def __init__(self) -> None:
        self.times, self.go_on, self.problem = 0, threading.Event(), False

    def __call__(self, file: CaseFile, reports: tuple[MailReport, ...]) -> None:
        self.times += 1
        assert self.go_on.wait(20)
        if self.problem:
            raise OperationalError("INSERT", {}, Exception("locked"))
        keep_reports(file, reports)


async def begun(slow: Slow, tasks: list[asyncio.Task[None]]) -> None:
    while not slow.times:
        await asyncio.sleep(0.005)
    assert not any(each.done() for each in tasks)


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_what_waits_while_one_is_stored_is_stored_together(file: CaseFile) -> None:
    slow = Slow()
    together = KeptTogether(file, slow)
    tasks = [asyncio.create_task(together.keep((report(number), report(0)))) for number in range(50)]
    await begun(slow, tasks)
    slow.go_on.set()
    await asyncio.gather(*tasks)
    assert stored(file) == 50
    assert slow.times <= 2


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_where_several_may_write_nobody_waits_for_who_came_before(file: CaseFile, kept_in: str) -> None:
    slow = Slow()
    together = KeptTogether(file, slow)
    tasks = []
    for number in range(7):
        tasks.append(asyncio.create_task(together.keep((report(number),))))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    at_once = {"sqlite": 1, "postgresql": 4}[kept_in]
    while slow.times < at_once:
        await asyncio.sleep(0.005)
    slow.go_on.set()
    await asyncio.gather(*tasks)
    assert (stored(file), slow.times) == (7, at_once + 1), "who came too late is stored with the others of his kind"


async def test_a_failure_is_told_to_all_it_is_of_and_the_next_is_tried_anew(file: CaseFile) -> None:
    slow = Slow()
    together = KeptTogether(file, slow)
    slow.go_on.set()
    slow.problem = True
    for failed in await asyncio.gather(*(together.keep((report(n),)) for n in range(5)), return_exceptions=True):
        assert isinstance(failed, OperationalError)
    slow.problem = False
    await together.keep((report(9),))
    assert stored(file) == 1


async def test_who_no_longer_waits_keeps_nobody_from_being_answered(file: CaseFile) -> None:
    slow = Slow()
    together = KeptTogether(file, slow)
    tasks = [asyncio.create_task(together.keep((report(number),))) for number in range(6)]
    await begun(slow, tasks)
    for each in tasks[::2]:
        each.cancel()
    slow.go_on.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in done] == [True, False] * 3
    assert stored(file) >= 3


async def test_a_transaction_holds_no_more_than_its_limit(file: CaseFile) -> None:
    slow = Slow()
    together = KeptTogether(file, slow)
    slow.go_on.set()
    batches = [tuple(report(1000 * batch + number) for number in range(600)) for batch in range(4)]
    await asyncio.gather(*(together.keep(batch) for batch in batches))
    assert stored(file) == 2400
    assert slow.times == 2
