"""Today of who looks: from the third block on what he looks after, by the address, or as he kept it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from casefile.assignments import assign_debtors, assign_task
from casefile.database import Database
from casefile.narrowed import NotSeen, looked_after, narrowed
from casefile.people import DeskRole
from services.today.morning import morning_of
from tests.api.desk.other_creditor import OTHER, OTHER_CASE, OTHER_DEBTOR, with_another_creditor
from tests.api.desk.world import CASE, Browser, World, furnished, words

WORK = DeskRole.WORK
THIRD = "case:devaart:F-3"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The baker is looked after by who works, the other creditor's debtor by who approves; of the butcher one task."""
    world = with_another_creditor(furnished(tmp_path_factory.mktemp("mine") / "f.sqlite3"))
    mine, others = world.users[WORK].id, world.users[DeskRole.APPROVE].id
    for case in (CASE, "case:devaart:F-2", THIRD):
        for task in ("look_at_it", "ask_again"):
            world._ask(case, "raise_task", {"task": task}, f"{case} {task}", None, "")
    assign_debtors(world.file, [("devaart", "bakker")], mine, world.now)
    assign_debtors(world.file, [(OTHER, OTHER_DEBTOR)], others, world.now)
    assign_task(world.file, THIRD, "ask_again", mine, world.now)
    assign_task(world.file, CASE, "ask_again", others, world.now)
    return world


@pytest.fixture(scope="module")
def app(shared: World) -> Iterator[FastAPI]:
    yield shared.app()


def waiting(world: World, of: DeskRole | None) -> set[tuple[str, str]]:
    found = morning_of(world.file, world.now, "" if of is None else world.users[of].id)
    return {(row.case, row.kind) for row in found.needs_me.rows if row.kind in ("look_at_it", "ask_again")}


def test_mine_are_the_tasks_of_my_debtors_and_those_given_to_me_but_not_those_given_to_another(shared: World) -> None:
    assert waiting(shared, WORK) == {
        (CASE, "look_at_it"),
        ("case:devaart:F-2", "look_at_it"),
        ("case:devaart:F-2", "ask_again"),
        (THIRD, "ask_again"),
    }
    assert waiting(shared, DeskRole.APPROVE) == {(CASE, "ask_again")}
    assert waiting(shared, DeskRole.READ) == set()
    assert len(waiting(shared, None)) == 6


def test_whether_we_may_send_and_money_overnight_are_of_all(shared: World) -> None:
    every, mine = morning_of(shared.file, shared.now), morning_of(shared.file, shared.now, shared.users[WORK].id)
    assert (mine.may_send, mine.money) == (every.may_send, every.money)
    assert mine.figures.ageing[0].total.minor < every.figures.ageing[0].total.minor
    # 1,000.00 and 250.50 of the baker, 99.99 of the butcher, whose task is mine.
    assert mine.figures.ageing[0].total.text == "1350.49"


def test_it_is_read_and_not_written(shared: World) -> None:
    database: Database = looked_after(shared.file, shared.users[WORK].id)
    with pytest.raises(NotSeen), database.write(whole=False) as connection:
        from casefile.tables import tasks

        connection.execute(tasks.update().values(done_on=None))
    with pytest.raises(ValueError, match="no user"):
        looked_after(shared.file, "x' OR '1'='1")


def test_of_creditors_whom_he_does_not_see_nothing_is_his(shared: World) -> None:
    """He was given a debtor of another before he was kept from him."""
    own, others = narrowed(shared.file, frozenset({"devaart"})), shared.users[DeskRole.APPROVE].id
    rows = morning_of(shared.file, shared.now, others).needs_me.rows
    assert OTHER_CASE in {row.case for row in rows}
    assert {row.case for row in morning_of(own, shared.now, others).needs_me.rows} == {CASE}


async def test_the_address_says_whose_and_it_opens_as_it_was_kept(shared: World, app: FastAPI) -> None:
    browser = shared.browser(app, WORK)

    def shown() -> int:
        return browser.seen.count("Slagerij Buur")

    await browser.get("/desk")
    everybody = shown()
    await browser.get("/desk?van=ik")
    assert 0 < shown() < everybody and 'van=ik" aria-current="page"' in browser.seen
    assert "Altijd zo openen" in words(browser.seen)
    kept = {"lijst": "vandaag", "naam": "vandaag", "keuze": "van=ik"}
    assert (await browser.follow(await browser.post("/desk/lijsten", kept))).url.query == b"van=ik"
    await browser.get("/desk")
    assert shown() < everybody and "Weer met die van iedereen openen" in words(browser.seen)
    await browser.get("/desk?van=allen")
    assert shown() == everybody
    # Nobody else opens so, and it is no list of cases.
    other = shared.browser(app, DeskRole.ADMIN)
    assert (await other.get("/desk")).text.count("Slagerij Buur") == everybody
    assert ">vandaag<" not in (await browser.get("/desk/zaken")).text
    await browser.get("/desk")
    forget = _action(browser, "/vergeten")
    assert (await browser.follow(await browser.post(forget, kept))).status_code == 200 and shown() == everybody


def _action(browser: Browser, ends: str) -> str:
    return next(
        part.partition('"')[0] for part in browser.seen.split('action="')[1:] if part.split('"')[0].endswith(ends)
    )
