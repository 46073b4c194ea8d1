"""Money of nobody at the desk: put where it belongs, and who did it reads so; nobody else does."""

from __future__ import annotations

import re

from casefile.people import DeskRole
from domain.handoffs.partners import Partner
from intake.remittance import read_remittance
from services.handoffs.remittances import take_in_remittance
from services.reports.case_report import report_of
from tests.api.desk.other_creditor import unmatched_payment
from tests.api.desk.world import CASE, World, words
from tests.casefile.builders import CREDITOR


async def test_who_put_a_payment_on_its_invoice_reads_it_and_nobody_else_does(world: World) -> None:
    with world.file.write() as transaction:
        unmatched_payment(world, transaction, "mollie:tr_1", "betaling zonder nummer", (CASE,))
    app = world.app()
    browser = world.browser(app, DeskRole.WORK)
    await browser.get("/desk/geld")
    answer = await browser.post("/desk/geld/koppelen", {"payment": "mollie:tr_1", "to": CASE})
    assert re.fullmatch(r"/desk/geld\?gedaan=\d+", answer.headers["location"])
    said = "mollie:tr_1 : vastgelegd, door Mies Work"
    assert said in words((await browser.follow(answer)).text)
    with world.file.read() as transaction:
        assert report_of(transaction, CASE, world.now).open == "987.66"  # 1,000.00 less the 12.34 that came in.
    other = world.browser(app, DeskRole.APPROVE)
    assert said not in words((await other.get(answer.headers["location"])).text)
    for wrong in ("", "x", "1.5", "99999", "9" * 40):
        page = await browser.get(f"/desk/geld?gedaan={wrong}")
        assert page.status_code == 200 and "vastgelegd" not in words(page.text)


async def test_what_a_partner_transferred_is_said_to_be_his_remittance_and_is_on_no_case(world: World) -> None:
    with world.file.write() as transaction:
        unmatched_payment(world, transaction, "mollie:tr_1", "afdracht", (CASE,))
        transaction.parties.save_creditor(
            CREDITOR.model_copy(update={"partners": (Partner(id="noordkade", name="Noordkade"),)})
        )
        content = b"remittance;on;kind;case;reference;report;amount;currency\n1;2026-02-01;total;;;;12.34;EUR\n"
        remittance = read_remittance(content, "r.csv")
        own = transaction.parties.creditor(CREDITOR.id).partners[0]
        take_in_remittance(transaction, CREDITOR.id, own, remittance, content, "els", world.now)
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get("/desk/geld")
    wrong = await browser.post(
        "/desk/geld/koppelen", {"payment": "mollie:tr_1", "to": "noordkade/2", "as": "remittance"}
    )
    assert wrong.status_code == 409 and "er is geen afdracht 2 van noordkade" in words(wrong.text)
    right = await browser.post(
        "/desk/geld/koppelen", {"payment": "mollie:tr_1", "to": "noordkade/1", "as": "remittance"}
    )
    assert "mollie:tr_1 : vastgelegd" in words((await browser.follow(right)).text)
    with world.file.read() as transaction:
        assert report_of(transaction, CASE, world.now).open == "1000.00"
