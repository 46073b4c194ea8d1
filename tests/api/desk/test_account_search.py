"""A debtor is found by the account that he paid from; the account itself stands in no address, nor in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from casefile.people import DeskRole, set_creditors
from casefile.provider_payments import provider_payment, save_payment
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentReport
from services.provider_money.recording import record_reports
from tests.api.desk.other_creditor import OTHER_CASE, with_another_creditor
from tests.api.desk.world import CASE, World, furnished, words

# As documents of Mollie and of the IBAN registry (SWIFT) show them: nobody uses them here.
ACCOUNT = "NL17RABO0213698412"
OTHERS = "BE71096123456769"


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = with_another_creditor(furnished(tmp_path_factory.mktemp("accounts") / "f.sqlite3"))
    for own, case, account in (("mollie:tr_9", CASE, ACCOUNT), ("mollie:tr_8", OTHER_CASE, OTHERS)):
        on = world.now.date()
        moved = Movement(own, "received", Money.parse("10.00", "EUR"), on, world.now)
        said = Designation(case_id=case, payer="E. Bakker", account=account)
        with world.file.write() as transaction:
            record_reports(transaction, (PaymentReport(own, world.now, "paid", (moved,), designation=said),), world.now)
    set_creditors(world.file, world.users[DeskRole.WORK], frozenset({"devaart"}))
    return world


@pytest.fixture(scope="module")
def app(paid: World) -> FastAPI:
    return paid.app()


async def test_who_paid_from_an_account_is_found_with_all_his_cases(paid: World, app: FastAPI) -> None:
    browser = paid.browser(app, DeskRole.READ)
    await browser.get("/desk")
    answer = await browser.post("/desk/zoeken", {"zoek": " nl17 rabo 0213 6984 12 "})
    assert "0213" not in answer.headers["location"]
    page = await browser.follow(answer)
    rows = page.text.partition("<tbody>")[2].split("<tr data-row>")[1:]
    assert sorted(words(row).split(" ")[0] for row in rows) == ["F-1", "F-2"]
    assert "0213698412" not in page.text.replace(" ", "")


async def test_an_account_in_an_address_is_led_out_of_it(paid: World, app: FastAPI) -> None:
    browser = paid.browser(app, DeskRole.READ)
    answer = await browser.get(f"/desk/zaken?zoek={ACCOUNT}&op=nr")
    assert answer.status_code == 303 and "rekening%3A" in answer.headers["location"]
    assert "0213" not in answer.headers["location"] and "op=nr" in answer.headers["location"]


async def test_anything_else_is_sought_as_it_was_typed(paid: World, app: FastAPI) -> None:
    browser = paid.browser(app, DeskRole.READ)
    await browser.get("/desk")
    answer = await browser.post("/desk/zoeken", {"zoek": "250,50"})
    assert answer.headers["location"] == "/desk/zaken?zoek=250%2C50"
    # One sign wrong is no account.
    answer = await browser.post("/desk/zoeken", {"zoek": "NL91ABNA0417164301"})
    assert answer.headers["location"] == "/desk/zaken?zoek=NL91ABNA0417164301"


async def test_where_nothing_is_found_it_says_who_tells_accounts_and_of_others_nothing(
    paid: World, app: FastAPI
) -> None:
    browser = paid.browser(app, DeskRole.WORK)
    await browser.get("/desk")
    page = await browser.follow(await browser.post("/desk/zoeken", {"zoek": OTHERS}))
    assert "Mollie noemt de rekening" in words(page.text) and "kanarie" not in page.text.casefold()
    seen = paid.browser(app, DeskRole.ADMIN)
    await seen.get("/desk")
    page = await seen.follow(await seen.post("/desk/zoeken", {"zoek": OTHERS}))
    assert "KANARIE-1" in page.text


def test_the_account_is_nowhere_in_the_case_file_and_stays_found_when_more_is_told(paid: World) -> None:
    with paid.file.write() as transaction:
        known = provider_payment(transaction.session, "mollie:tr_9")
        assert known is not None and known.designation.account == ""
        save_payment(transaction, known, paid.now)
    with paid.file.database.read() as connection:
        marks = connection.exec_driver_sql("SELECT payer_mark FROM provider_payments WHERE id = 'mollie:tr_9'").all()
    assert len(marks[0][0]) == 32
    path = paid.file.database.path
    assert path is not None
    for each in path.parent.glob(f"{path.name}*"):
        assert b"0213698412" not in Path(each).read_bytes()
