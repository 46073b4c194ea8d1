"""Lists at the desk: what is chosen stands in the address, totals are of all, and a list takes one query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, text

from casefile.people import DeskRole, set_creditors
from domain.opening import History, open_case
from tests.api.desk.world import CASE, World, rules, words
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
        ("partner=accepted", []),
        ("partner=nonsense", []),
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


async def test_what_a_partner_has_is_chosen_by_how_it_stands_there_and_shown_and_exported_so(world: World) -> None:
    with world.file.write() as transaction:
        # As a worker leaves it when it has looked at a case that noordkade has.
        states = (
            "UPDATE cases SET closed = 'handed_off', partner = 'noordkade', partner_state = 'paused' WHERE id = :id"
        )
        transaction.session.connection.execute(text(states), {"id": CASE})
    browser = world.browser(world.app(), DeskRole.WORK)
    page = words((await browser.get("/desk/zaken?partner=paused")).text)
    assert "1 zaak , 1 debiteur" in page and "De partner laat het dossier rusten (noordkade)" in page
    assert "Laatste stap" not in page.partition("Kolommen")[0]
    written = (await browser.get("/desk/zaken.csv?partner=paused")).text.splitlines()
    assert len(written) == 2 and written[1].endswith("noordkade;de partner laat het dossier rusten")


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


@pytest.mark.parametrize("seen", [None, frozenset({"devaart"})], ids=["all", "some"])
async def test_more_rows_ask_no_more_of_the_database(world: World, seen: frozenset[str] | None) -> None:
    pages = (
        "/desk/zaken", "/desk/taken", "/desk/debiteuren/devaart/bakker", "/desk/debiteuren", "/desk", "/desk/bellen",
        "/desk/cijfers",
    )  # fmt: skip
    set_creditors(world.file, world.users[DeskRole.WORK], seen)
    browser = world.browser(world.app(), DeskRole.WORK)
    await world.ask(CASE, "raise_task", {"task": "call_about_refusal"})
    asked: list[dict[str, int]] = []
    for first, last in ((4, 6), (6, 26)):
        for number in range(first, last):
            case_id = f"case:devaart:F-{number}"
            world.open(invoice(number=f"F-{number}"), case_id)
            await world.ask(case_id, "raise_task", {"task": "look_at_it" if number % 2 else "call_about_refusal"})
        asked.append({})
        for path in pages:
            await browser.get(path)
            with counted(world) as said:
                page = await browser.get(path)
            assert page.status_code == 200, path
            asked[-1][path] = len(said)
    assert asked[0] == asked[1]
    assert "F-25" in (await browser.get("/desk/zaken")).text


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


@pytest.mark.parametrize("path", ["/desk/debiteuren", "/desk/beloften", "/desk/betwistingen", "/desk/regelingen"])
async def test_the_other_lists_ask_no_more_of_the_database_for_more_rows_either(world: World, path: str) -> None:
    async def all_of_it(case_id: str) -> None:
        promised = await world.ask(case_id, "record_promise", {"by": "2026-04-17", "amount": "5.00"})
        disputed = await world.ask(case_id, "raise_dispute", {"reason": "damaged", "amount": "1.00"})
        assert {promised.outcome, disputed.outcome} == {"accepted"}, (promised.says, disputed.says)

    await all_of_it(CASE)
    browser = world.browser(world.app(), DeskRole.READ)
    await browser.get(path)
    with counted(world) as few:
        await browser.get(path)
    for number in range(4, 14):
        case_id = f"case:devaart:F-{number}"
        world.open(invoice(number=f"F-{number}"), case_id)
        await all_of_it(case_id)
    with counted(world) as many:
        page = await browser.get(path)
    assert page.status_code == 200
    assert len(many) == len(few)


async def test_promises_and_disputes_stand_in_lists_of_their_own_with_what_was_said(world: World) -> None:
    await world.ask(CASE, "record_promise", {"by": "2026-04-17", "amount": "400.00"})
    await world.ask("case:devaart:F-2", "raise_dispute", {"reason": "damaged", "amount": "50.00"})
    browser = world.browser(world.app(), DeskRole.READ)
    promises = words((await browser.get("/desk/beloften")).text)
    assert "F-1 Bakkerij Ochtend F-1 € 400,00 vr 17 apr € 0,00 € 1.000,00" in promises and "F-2" not in promises
    disputes = words((await browser.get("/desk/betwistingen")).text)
    assert "€ 50,00" in disputes and "F-2" in disputes and "F-1" not in disputes
    assert "Er loopt geen regeling" in words((await browser.get("/desk/regelingen")).text)


async def test_a_promise_that_an_import_told_of_stands_with_its_day(world: World) -> None:
    """The list said "promised by 17 April", of no amount: the case is free on the 18th."""
    case = "case:devaart:F-4"
    before = History(promise_until=date(2026, 4, 17))
    facts = open_case(invoice(number="F-4"), rules(), world.now, history=before)
    with world.file.write() as transaction:
        transaction.cases.open(case, "devaart", facts, world.now)
    world.advance(case)
    browser = world.browser(world.app(), DeskRole.READ)
    promises = words((await browser.get("/desk/beloften")).text)
    assert "F-4 Bakkerij Ochtend F-4 vr 17 apr uit de import € 1.000,00" in promises


async def test_debtors_stand_by_what_they_owe(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.READ)
    page = words((await browser.get("/desk/debiteuren")).text)
    # F-1 and F-2 of the baker: 1000.00 + 250.50; F-3 of the butcher: 99.99.
    assert "Bakkerij Ochtend bakker 2 ma 5 jan € 1.250,50 Slagerij Buur slager 1 do 30 apr € 99,99" in page
    assert "Bakkerij" not in words((await browser.get("/desk/debiteuren?zoek=slager")).text).partition("Debiteuren")[2]


async def test_a_task_is_given_to_somebody_and_stands_among_his(world: World) -> None:
    for case_id in (CASE, "case:devaart:F-3"):
        await world.ask(case_id, "raise_task", {"task": "look_at_it"})
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get("/desk/taken")
    await browser.post("/desk/taken/toewijzen", {"zaak": f"look_at_it {CASE}", "user": "ik"})
    mine = words((await browser.get("/desk/taken?van=ik")).text)
    assert "F-1" in mine and "F-3" not in mine and "Mies Work" in mine
    nobody = words((await browser.get("/desk/taken?van=niemand")).text)
    assert "F-3" in nobody and "F-1" not in nobody
    assert "F-1" in words((await browser.get("/desk/zaken?van=ik")).text)


async def test_who_looks_after_a_debtor_stands_on_his_page_and_on_his_cases(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get("/desk/debiteuren/devaart/bakker")
    other = world.users[DeskRole.APPROVE].id
    form = {"user": other, "naar": f"/desk/zaken/{CASE}"}
    answer = await browser.post("/desk/debiteuren/devaart/bakker/toewijzen", form)
    assert "Van wie: Mies Approve" in words((await browser.follow(answer)).text)
    assert "Mies Approve" in words((await browser.get("/desk/zaken?op=nr")).text)
    assert "Van wie: Mies Approve" in words((await browser.get("/desk/debiteuren/devaart/bakker")).text)
    refused = await browser.post("/desk/debiteuren/devaart/bakker/toewijzen", {"user": "nobody-known"})
    assert refused.status_code == 422


async def test_a_list_is_kept_under_a_name_with_its_columns_and_is_the_users_own(world: World) -> None:
    app = world.app()
    browser, other = world.browser(app, DeskRole.WORK), world.browser(app, DeskRole.ADMIN)
    chosen = await browser.get("/desk/zaken?zoek=ochtend&op=open&kolom=open&kolom=dagen")
    assert chosen.headers["location"] == "/desk/zaken?zoek=ochtend&op=open&kolommen=open.dagen"
    await browser.follow(chosen)
    assert "Aangehouden" not in words(browser.seen.partition("<thead>")[2].partition("</thead>")[0])
    kept = await browser.post(
        "/desk/lijsten", {"lijst": "zaken", "naam": "Mijn <b>groten</b>", "keuze": browser.hidden("keuze")}
    )
    assert kept.headers["location"] == "/desk/zaken?zoek=ochtend&op=open&kolommen=open.dagen"
    page = (await browser.follow(kept)).text
    assert "Mijn &lt;b&gt;groten&lt;/b&gt;" in page
    assert "groten" not in (await other.get("/desk/zaken")).text
    await other.post("/desk/lijsten", {"lijst": "zaken", "naam": "Van allen", "keuze": "dagen=90%2B", "delen": "ja"})
    assert "Van allen" in (await browser.get("/desk/zaken")).text
    # Who is no administrator shares nothing, and forgets nothing of others.
    await browser.post("/desk/lijsten", {"lijst": "zaken", "naam": "Stiekem", "keuze": "van=ik", "delen": "ja"})
    assert "Stiekem" not in (await other.get("/desk/zaken")).text
    shared = (await other.get("/desk/zaken")).text.partition("/desk/lijsten/")[2].partition("/")[0]
    await browser.get("/desk/zaken")
    assert (await browser.post(f"/desk/lijsten/{shared}/vergeten")).status_code == 404
