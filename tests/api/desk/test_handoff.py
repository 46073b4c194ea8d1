"""The hand-off at the desk: the check and the advice on the page of a case, for whoever may look."""

from __future__ import annotations

from datetime import timedelta

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from casefile.people import DeskRole
from domain.opening import open_case
from tests.api.desk.world import World, words
from tests.casefile.builders import CREDITOR
from tests.domain.builders import hand_off, invoice, policy, send

CASE = "case:devaart:F-9"


def open_one(world: World) -> None:
    ladder = policy(
        send("notice", {"after_due": "5d"}, send=["post"], term="14d"),
        hand_off({"term_expired": "notice"}, approval="required"),
        law="NL",
        version=9,
    )
    with world.file.write() as transaction:
        transaction.parties.save_policy(ladder)
        facts = open_case(invoice(number="F-9"), ladder, world.now)
        transaction.cases.open(CASE, CREDITOR.id, facts, world.now)


async def test_the_check_stands_on_the_page_with_its_evidence(world: World) -> None:
    open_one(world)
    page = words((await world.browser(world.app(), DeskRole.READ).get(f"/desk/zaken/{CASE}")).text)
    assert "Eerst overdragen als dit is hersteld" in page
    assert "Is de termijn van de aanmaning verlopen? aanzegging is niet gestuurd nee" in page
    assert "de factuur zit niet bij de stukken" in page


async def test_the_form_for_an_early_hand_off_is_for_who_administers_and_takes_listed_reasons(world: World) -> None:
    open_one(world)
    address = f"/desk/zaken/{CASE}?doe=eerder-overdragen"
    shown = words((await world.browser(world.app(), DeskRole.ADMIN).get(address)).text)
    assert "Overdragen zonder de aanmaning af te wachten" in shown and "verjaring nabij" in shown
    for role in (DeskRole.WORK, DeskRole.APPROVE):
        browser = world.browser(world.app(), role)
        assert "verjaring nabij" not in words((await browser.get(address)).text)
        sent = await browser.post(f"/desk/zaken/{CASE}/doen/eerder-overdragen", {"without_notice": "fraud"})
        assert sent.status_code == 403
    # The form of an approval says nothing of it, whatever is sent along.
    await browser.get(f"/desk/zaken/{CASE}")
    told = {"open": "1000,00", "without_notice": "fraud", "wat": "vooraf"}
    tried = await browser.post(f"/desk/zaken/{CASE}/doen/overdracht", told)
    assert "fraud" not in words(tried.text)


def open_two(world: World) -> None:
    """Two that are ready once a person approves; F-1 beside them has a policy that hands nothing off."""
    ladder = policy(hand_off({"after_due": "5d"}, approval="required"), law="NL", version=9)
    for number in ("F-8", "F-9"):
        with world.file.write() as transaction:
            transaction.parties.save_policy(ladder)
            facts = open_case(invoice(number=number), ladder, world.now)
            transaction.cases.open(f"case:devaart:{number}", CREDITOR.id, facts, world.now)
    world.now += timedelta(hours=2)
    for number in ("F-8", "F-9"):
        Advancing(world.file, "all").advance(AdvanceRequest(case_id=f"case:devaart:{number}", at=world.now))


async def test_what_goes_along_stands_on_the_pages_of_case_and_debtor_and_is_approved_with_it(world: World) -> None:
    open_two(world)
    browser = world.browser(world.app(), DeskRole.APPROVE)
    page = words((await browser.get(f"/desk/zaken/{CASE}")).text)
    assert "F-8 gaat mee in hetzelfde dossier € 1.000,00" in page
    assert "F-1 gaat niet mee, en stopt: beleid test draagt niets over aan agency" in page
    assert "Samen, in één dossier € 2.000,00" in page
    assert "In één dossier met F-8: het bedrag is dat van alles samen." in page
    debtor = words((await browser.get("/desk/debiteuren/devaart/bakker")).text)
    assert "gaat samen met F-8" in debtor
    await browser.get(f"/desk/zaken/{CASE}?doe=overdracht")
    one = {"open": "1000,00", "total": "1000,00"}
    tried = await browser.post(f"/desk/zaken/{CASE}/doen/overdracht", {**one, "wat": "vooraf", **browser.form()})
    assert "maar het is 2.000,00: met deze gaat F-8 mee" in words(tried.text)
    await browser.get(f"/desk/zaken/{CASE}?doe=overdracht")
    both = {"open": "1000,00", "total": "2000,00"}
    await browser.follow(await browser.record(f"/desk/zaken/{CASE}/doen/overdracht", both))
    with world.file.read() as transaction:
        approval = transaction.cases.load(CASE).case.approval
    assert approval is not None and approval.others == (("F-8", 100_000),)
