"""Other systems hear everything at least once, of a case in its order, whatever they or the worker do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from casefile.case_file import CaseFile
from casefile.metrics import case_metrics
from casefile.outgoing_events import send_again, set_aside_events
from casefile.subscribers import resume_subscriber, set_subscribers, subscribers
from config.settings import Settings
from domain import facts as f
from domain.case_event_kinds import CaseEventKind
from gateways.subscribers.posting import Subscriber
from gateways.subscribers.signature import signature_headers
from tests.casefile.builders import CASE, NOW, furnish, opened, url_of
from tests.conftest import DATABASES
from tests.forking import forked
from tests.gateways.subscribers.receiver import KEY, SECRET, Receiver, receiver
from worker.telling_subscribers import AGAIN_AFTER, TellingSubscribers, told_by

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
CASES = (CASE, "case:devaart:2026-F-2", "case:devaart:2026-F-3")
ON = date(2026, 3, 1)


@dataclass
class Site:
    """A case file, a subscriber who hears of tasks, and the worker that tells it.

    Attributes:
        now: The clock of the worker.
    """

    file: CaseFile
    erp: Receiver
    now: datetime = NOW
    telling: TellingSubscribers = field(init=False)

    def __post_init__(self) -> None:
        self.telling = self.worker()

    def worker(self) -> TellingSubscribers:
        subscriber = Subscriber("erp", self.erp.url, (KEY,), seconds=5, now=lambda: self.now)
        return TellingSubscribers(self.file, (subscriber,), now=lambda: self.now, spread=lambda: 0.0)

    def raise_tasks(self, *names: str, case_id: str = CASE) -> None:
        with self.file.write(case_id) as transaction:
            facts = [f.TaskRaised(id=f"task:{name}", at=NOW, on=ON, task=name) for name in names]
            transaction.cases.append(case_id, facts)

    async def look(self) -> int:
        return await self.telling.look(self.telling.subscribers[0])

    async def tell(self) -> list[str]:
        """Look until nothing more is taken; the tasks that it has heard of."""
        while await self.look():
            pass
        return self.heard

    @property
    def heard(self) -> list[str]:
        return [str(task) for task in self.erp.said("task")]


@pytest.fixture
def site(tmp_path: Path, kept_in: str) -> Iterator[Site]:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        for number, case_id in enumerate(CASES, 1):
            furnish(transaction, case_id=case_id, number=f"F-{number}")
    set_subscribers(file, {"erp": ("erp.example", ("task.raised",))}, NOW)
    with receiver() as erp:
        yield Site(file, erp)


@BOTH
async def test_what_happened_is_told_once_signed_and_in_the_order_of_its_case(site: Site) -> None:
    site.raise_tasks("a1", "a2", "a3")
    site.raise_tasks("b1", "b2", case_id=CASES[1])
    heard = await site.tell()
    assert sorted(heard) == ["a1", "a2", "a3", "b1", "b2"]
    assert [task for task in heard if task[0] == "a"] == ["a1", "a2", "a3"]
    assert len({own for own, _ in site.erp.heard}) == 5 and site.erp.unproved == 0
    assert (await site.look(), subscribers(site.file)[0].waiting) == (0, 0)


@BOTH
async def test_one_that_drops_the_connection_hears_it_again_under_the_same_id(site: Site) -> None:
    site.raise_tasks("a1", "a2")
    site.erp.answers = [0]
    assert await site.look() == 0
    site.now += AGAIN_AFTER[0]
    assert await site.tell() == ["a1", "a1", "a2"]
    first, second, _ = site.erp.heard
    assert first == second


@BOTH
async def test_what_one_case_can_not_be_told_holds_up_no_other(site: Site) -> None:
    site.raise_tasks("bad", "after")
    site.raise_tasks("good", case_id=CASES[1])
    site.erp.of = lambda told: 422 if told["data"]["task"] == "bad" else None
    assert await site.look() == 1
    assert await site.look() == 0
    assert site.heard.count("bad") == 1 and site.heard.count("good") == 1
    # It waits for the try before it, and comes when a person has been told of that.
    for wait in AGAIN_AFTER:
        site.now += wait
        await site.look()
    assert (site.heard.count("bad"), [each.problem for each in set_aside_events(site.file)]) == (
        10,
        ["it answered 422"],
    )
    assert sum(AGAIN_AFTER, timedelta()) > timedelta(days=3)
    assert (await site.tell())[-1] == "after"
    site.erp.of = lambda _: None
    assert send_again(site.file, subscriber="erp") == 1
    assert (await site.tell())[-1] == "bad"
    assert len({own for own, told in site.erp.heard if told["data"]["task"] == "bad"}) == 1


@BOTH
async def test_one_that_is_down_is_asked_by_one_event_until_it_is_there(site: Site) -> None:
    for case_id in CASES:
        site.raise_tasks("a", case_id=case_id)
    site.erp.always = 503
    assert await site.look() == 0
    assert len(site.erp.heard) == 3
    site.now += AGAIN_AFTER[0]
    await site.look()
    assert len(site.erp.heard) == 4, "one asks for all"
    site.erp.always = 204
    assert await site.look() == 1
    await site.tell()
    site.now += AGAIN_AFTER[1]
    await site.tell()
    assert (len(site.erp.heard), subscribers(site.file)[0].waiting) == (7, 0)


@BOTH
async def test_one_that_asks_to_be_left_alone_is_left_as_long(site: Site) -> None:
    site.raise_tasks("a")
    site.erp.answers, site.erp.headers = [429], {"Retry-After": "3600"}
    await site.look()
    site.now += timedelta(minutes=59)
    assert await site.look() == 0
    site.now += timedelta(minutes=1)
    assert await site.tell() == ["a", "a"]


@BOTH
async def test_one_that_is_gone_hears_nothing_more_and_nothing_is_lost(site: Site) -> None:
    site.raise_tasks("a")
    site.erp.answers = [410]
    with capture_logs() as log:
        await site.look()
    assert [each["event"] for each in log if each["log_level"] == "error"] == ["subscriber_wants_no_more"]
    site.raise_tasks("b")
    site.now += timedelta(days=30)
    assert (await site.look(), site.heard) == (0, ["a"])
    numbers = case_metrics(site.file, site.now)
    assert (numbers.subscribers_stopped, numbers.events_waiting, numbers.events_set_aside) == (1, 2, 0)
    assert resume_subscriber(site.file, "erp")
    site.telling = site.worker()
    assert await site.tell() == ["a", "a", "b"]


@BOTH
async def test_two_workers_take_up_no_event_twice(site: Site) -> None:
    for number in range(12):
        site.raise_tasks(f"t{number}", case_id=CASES[number % 3])
    other = site.worker()
    for _ in range(12):
        await asyncio.gather(site.look(), other.look(other.subscribers[0]))
    assert sorted(site.heard) == sorted(f"t{number}" for number in range(12))
    for first in range(3):
        assert [task for task in site.heard if int(task[1:]) % 3 == first] == [f"t{n}" for n in range(first, 12, 3)]


@BOTH
@pytest.mark.parametrize("point", ["before_telling", "after_telling", "after_writing"])
async def test_a_worker_that_is_killed_has_told_everything_when_it_is_back(
    site: Site, tmp_path: Path, point: str
) -> None:
    tasks = [f"t{number}" for number in range(6)]
    site.raise_tasks(*tasks)
    where = (url_of(tmp_path / "f.sqlite3"), site.erp.url, point)
    for times in ("2", "1", "3"):
        with forked("tests.worker.telling_process", *where, times) as worker:
            assert worker.wait(30) == -9
    # Its tries are as good as lost a minute later.
    site.now = datetime.now(NOW.tzinfo) + timedelta(minutes=1)
    heard = await site.tell()
    assert list(dict.fromkeys(heard)) == tasks, "none is lost, and each first comes in its order"
    ids = {own for own, _ in site.erp.heard}
    assert len(ids) == len(tasks), "what came twice came under the same id"
    assert len(heard) - len(tasks) == {"before_telling": 0, "after_telling": 3, "after_writing": 0}[point]


# By the settings -------------------------------------------------------------------------------------------


@BOTH
async def test_the_settings_say_who_is_told_what(site: Site) -> None:
    assert told_by(Settings(), site.file).subscribers == ()
    site.raise_tasks("nobody hears")
    settings = Settings.model_validate({"subscribers": site.erp.url, "subscriber_secrets": SECRET})
    telling = told_by(settings, site.file)
    site.raise_tasks("heard")
    running = asyncio.create_task(telling.keep_telling())
    async with asyncio.timeout(30):
        while not site.erp.heard:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (site.heard, site.erp.unproved) == (["heard"], 0)


GUIDE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")


def test_the_guide_names_every_kind_of_event() -> None:
    assert [kind for kind in CaseEventKind if f"`{kind}`" not in GUIDE] == []


async def test_who_does_as_the_guide_says_proves_what_is_sent_and_nothing_else() -> None:
    shown: dict[str, Any] = {}
    exec(GUIDE.partition("```python\n")[2].partition("```")[0], shown)  # What people will copy.
    proved, now = shown["proved"], NOW.timestamp
    headers = signature_headers("evt_1", int(now()), b"{}", (KEY,))
    assert proved(headers, b"{}", SECRET, now)
    assert not proved(headers, b"{} ", SECRET, now)
    assert not proved(headers, b"{}", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", now)
    assert not proved(headers, b"{}", SECRET, lambda: now() + 301)
