"""Who sees some creditors only imports, and works on many cases at once, among those; of the others nothing moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Executable, delete, insert, select, update

from casefile.all_tables import metadata
from casefile.bulk_jobs import BulkCase, job_cases
from casefile.narrowed import NotSeen, narrowed
from casefile.people import DeskRole, set_creditors
from casefile.session import reading
from tests.api.desk.other_creditor import CANARY, OTHER, OTHER_CASE, OTHER_DEBTOR, with_another_creditor
from tests.api.desk.test_bulk import draft, finished, press
from tests.api.desk.test_importing import BAD, GOOD, UBL, cases, drop, listed, settled, tried
from tests.api.desk.world import CASE, World, furnished, words
from tests.migrated import copied_instead_of_migrated

OWN = frozenset({"devaart"})
WORK = DeskRole.WORK


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    copied_instead_of_migrated(monkeypatch)
    world = with_another_creditor(furnished(tmp_path / "f.sqlite3"))
    set_creditors(world.file, world.users[WORK], OWN)
    return world


def of_the_other(world: World) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the other creditor."""
    with reading(narrowed(world.file, frozenset({OTHER})).database) as session:
        return {
            name: sorted(map(tuple, session.connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name in ("cases", "debtors", "creditors", "facts", "inbox", "tasks", "bulk_cases", "uploads")
        }


def invoice_of(name: str, number: str | None) -> bytes:
    """An e-invoice of a supplier; without a number nothing proves who he is."""
    text = UBL.read_text().replace("Papierhuis Noorderlicht B.V.", name)
    if number is not None:
        return text.replace("00000000", number).encode()
    proof = ('<cbc:CompanyID schemeID="0106">00000000</cbc:CompanyID>', "<cbc:CompanyID>NL000000000B00</cbc:CompanyID>")
    for each in proof:
        text = text.replace(each, "", 1) if "0106" in each else text.replace(each, "<cbc:CompanyID/>", 1)
    return text.encode()


async def test_an_import_is_of_the_creditors_whom_he_sees_and_refuses_what_may_be_of_others(world: World) -> None:
    before = of_the_other(world)
    browser = world.browser(world.app(), WORK)
    own = await tried(
        browser,
        ("lijst.csv", listed(GOOD, BAD)),
        ("vreemd.xml", invoice_of("Kaneel Papier BV", None)),
    )
    text = words(browser.seen)
    # Each thing by itself: the good row stays, the bad one and what may be somebody else's say why.
    assert "2026-9 Kapper Kort BV Geopend" in text and "31-04-2026" in text
    assert "u ziet maar enkele schuldeisers" in text
    await settled(browser, await browser.follow(await browser.post(f"{own}/importeer")))
    assert "Geïmporteerd door Mies Work." in words(browser.seen)
    assert {each for each in cases(world) if "2026" in each} == {"case:devaart:2026-2026-9"}
    assert of_the_other(world) == before and CANARY not in browser.seen.casefold()


async def test_who_sees_all_is_told_only_that_it_is_not_proven(world: World) -> None:
    """The test above can fail: the same invoice is taken of who sees all creditors."""
    browser = world.browser(world.app(), DeskRole.APPROVE)
    await tried(browser, ("vreemd.xml", invoice_of("Kaneel Papier BV", None)))
    assert "niets erin bewijst" in words(browser.seen) and "u ziet maar" not in words(browser.seen)
    assert "U-1001" in words(browser.seen) and "Geopend" in words(browser.seen)


async def test_nothing_is_imported_for_a_creditor_whom_he_does_not_see(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    answer = await drop(browser, ("lijst.csv", listed(GOOD)), creditor=OTHER)
    assert answer.status_code == 422 and CANARY not in answer.text.casefold()
    answer = await browser.client.post(
        "/desk/importeren/kolommen/vergeet",
        data={"csrf": browser.hidden("csrf"), "schuldeiser": OTHER, "naam": "x"},
    )
    assert answer.status_code == 404
    assert not of_the_other(world)["uploads"]


async def test_a_job_over_all_of_a_list_is_over_his_cases_alone(world: World) -> None:
    before = of_the_other(world)
    browser = world.browser(world.app(), WORK)
    job = await draft(browser, "aanhouden", (OTHER_CASE, "case:nobody:X"), alle="ja")
    await press(browser, job, "aanhouden")
    await finished(world)
    own = (CASE, "case:devaart:F-2", "case:devaart:F-3")
    assert {case for case, *_ in world.told} == set(own)
    await browser.get(job)
    assert "3 van 3" in words(browser.seen) and of_the_other(world) == before
    ticked = await draft(browser, "hervatten", (CASE, OTHER_CASE))
    assert [each.case_id for each in _cases(world, ticked)] == [CASE]


async def test_what_is_taken_away_before_it_is_done_is_refused_case_by_case(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_creditors(world.file, world.users[WORK], frozenset({"devaart", OTHER}))
    browser = world.browser(world.app(), WORK)
    job = await draft(browser, "aanhouden", (CASE, OTHER_CASE))
    set_creditors(world.file, world.users[WORK], OWN)
    answer = await press(browser, job, "aanhouden")
    assert answer.status_code == 404 and not world.told
    # Begun just before: the process that does it looks, too.
    set_creditors(world.file, world.users[WORK], frozenset({"devaart", OTHER}))
    assert world.desk is not None
    running, begun = world.desk.running, list[str]()
    await browser.get(job)
    monkeypatch.setattr(running, "start", begun.append)
    await press(browser, job, "aanhouden")
    set_creditors(world.file, world.users[WORK], OWN)
    monkeypatch.undo()
    running.start(begun[0])
    await finished(world)
    assert [case for case, *_ in world.told] == [CASE]
    assert {each.case_id: each.says for each in _cases(world, job)} == {
        CASE: "",
        OTHER_CASE: "who began this does not see this creditor, or no more",
    }


def _cases(world: World, job: str) -> tuple[BulkCase, ...]:
    with reading(world.file.database) as session:
        return job_cases(session, job.rpartition("/")[2], None, offset=0, limit=10)


def test_under_the_lock_of_all_of_it_only_rows_of_his_change(world: World) -> None:
    """Whatever a statement says: of others it finds no row, names them in vain, and knows no other table."""
    seen, before = narrowed(world.file, OWN), of_the_other(world)
    tables = metadata.tables
    harmless: tuple[Executable, ...] = (
        update(tables["debtors"]).values(folded="x"),
        update(tables["cases"]).where(tables["cases"].c.number == "KANARIE-1").values(stage="closed"),
        delete(tables["tasks"]),
    )
    refused: tuple[Executable, ...] = (
        insert(tables["debtors"]).values(creditor=OTHER, id="x", body="{}"),
        update(tables["debtors"]).where(tables["debtors"].c.creditor == OTHER).values(folded="x"),
        update(tables["inbox"]).where(tables["inbox"].c.case_id == OTHER_CASE).values(body=b""),
        update(tables["creditors"]).where(tables["creditors"].c.id == OTHER).values(body="{}"),
        delete(tables["users"]),
        delete(tables["sending_stops"]),
        insert(tables["subscribers"]).values(name="x"),
    )
    for statement in harmless:
        with seen.write() as transaction:
            transaction.session.connection.execute(statement)
    for statement in refused:
        with pytest.raises(NotSeen), seen.write() as transaction:
            transaction.session.connection.execute(statement)
    assert of_the_other(world) == before
    with world.file.read() as transaction:
        assert transaction.parties.debtor(OTHER, OTHER_DEBTOR) is not None
        assert not transaction.session.connection.execute(
            select(tables["tasks"]).where(tables["tasks"].c.case_id == CASE)
        ).all()
