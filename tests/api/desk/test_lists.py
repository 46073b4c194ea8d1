"""Lists at the desk: what is chosen stands in the address, totals are of all, and a list takes one query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from casefile.people import DeskRole
from tests.api.desk.world import CASE, World, words
from tests.domain.builders import invoice


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["F-2", "F-1", "F-3"]),
        ("op=nr", ["F-1", "F-2", "F-3"]),
        ("op=open", ["F-1", "F-2", "F-3"]),
        ("dagen=31-60", ["F-1"]),
        ("dagen=90%2B", ["F-2"]),
        ("dagen=not_due", ["F-3"]),
        ("vanaf=250,00", ["F-2", "F-1"]),
        ("stap=reminder", ["F-1"]),
        ("debiteur=slager", ["F-3"]),
        ("reden=pause", []),
        ("reden=geen", ["F-2", "F-1", "F-3"]),
        ("gesloten=ja", []),
        ("zoek=ochtend&op=nr", ["F-1", "F-2"]),
        ("zoek=1.000,00&op=nr", ["F-1"]),
        ("zoek=niets&op=nr", []),
    ],
)
async def test_an_address_chooses_cases(world: World, query: str, found: list[str]) -> None:
    page = await world.browser(world.app(), DeskRole.READ).get(f"/desk/zaken?{query}")
    assert page.status_code == 200
    rows = page.text.partition("<tbody>")[2].split("<tr data-row>")[1:]
    assert [words(row).split(" ")[0] for row in rows] == found


async def test_who_looks_for_one_case_is_led_to_it(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.READ)
    answer = await browser.get("/desk/zaken?zoek=250,50")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/zaken/case%3Adevaart%3AF-2")


async def test_totals_and_ageing_are_of_all_that_are_chosen(world: World) -> None:
    page = words((await world.browser(world.app(), DeskRole.READ).get("/desk/zaken")).text)
    # 1000.00 + 250.50 + 99.99, as typed in the invoices.
    assert "3 zaken , 2 debiteuren open € 1.350,49" in page
    assert "nog niet vervallen € 99,99 31–60 dagen te laat € 1.000,00 90+ dagen te laat € 250,50" in page


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    said: list[str] = []
    engine = world.file.database.engine

    def told(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", told)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", told)


@pytest.mark.parametrize("path", ["/desk/zaken", "/desk/taken", "/desk/debiteuren/devaart/bakker"])
async def test_more_rows_ask_no_more_of_the_database(world: World, path: str) -> None:
    browser = world.browser(world.app(), DeskRole.READ)
    await browser.get(path)
    with counted(world) as few:
        await browser.get(path)
    for number in range(4, 14):
        case_id = f"case:devaart:F-{number}"
        world.open(invoice(number=f"F-{number}"), case_id)
        await world.ask(case_id, "raise_task", {"task": "look_at_it"})
    with counted(world) as many:
        page = await browser.get(path)
    assert "F-13" in page.text
    assert len(many) == len(few)


async def test_pages_follow_one_another(world: World) -> None:
    for number in range(4, 108):
        world.open(invoice(number=f"F-{number}"), f"case:devaart:F-{number}")
    browser = world.browser(world.app(), DeskRole.READ)
    first = words((await browser.get("/desk/zaken?op=nr")).text)
    assert "1–100 van 107" in first and "Vorige" not in first
    last = words((await browser.get("/desk/zaken?op=nr&vanaf_rij=100")).text)
    assert "101–107 van 107" in last and "Volgende" not in last


async def test_what_can_not_be_used_in_an_address_is_told_and_left_out(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.READ)
    page = await browser.get("/desk/zaken?vanaf=veel&dagen=soms&op=nergens&vanaf_rij=-1&reden=onzin")
    assert page.status_code == 200 and "aria-invalid" in page.text and 'value="veel"' in page.text


async def test_tasks_are_finished_from_their_list(world: World) -> None:
    await world.ask(CASE, "raise_task", {"task": "look_at_it"})
    browser = world.browser(world.app(), DeskRole.WORK)
    page = await browser.get("/desk/taken")
    assert "Look at it" in words(page.text)
    await browser.get(f"/desk/zaken/{CASE}?doe=taak&task=look_at_it")
    await browser.record(f"/desk/zaken/{CASE}/doen/taak", {"task": "look_at_it", "outcome": "gezien"})
    assert "Er wacht niets op een mens" in (await browser.get("/desk/taken")).text


async def test_each_reader_has_his_own_language(world: World) -> None:
    app = world.app()
    dutch, english = world.browser(app, DeskRole.READ), world.browser(app, DeskRole.WORK)
    await english.get("/desk/ik")
    await english.post("/desk/ik", {"language": "en", "keys": "on"})
    assert "Zaken" in (await dutch.get("/desk/zaken")).text
    page = (await english.get("/desk/zaken")).text
    assert "Cases" in page and 'lang="en"' in page and "€1,000.00" in page
    assert "Zaken" in (await dutch.get("/desk/zaken")).text
