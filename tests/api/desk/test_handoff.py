"""The hand-off at the desk: the check and the advice on the page of a case, for whoever may look."""

from __future__ import annotations

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
    assert "Is de termijn van de aanmaning verlopen? notice is niet gestuurd nee" in page
    assert "de factuur zit niet bij de stukken" in page


async def test_the_form_for_an_early_hand_off_is_for_who_approves_and_takes_listed_reasons(world: World) -> None:
    open_one(world)
    address = f"/desk/zaken/{CASE}?doe=eerder-overdragen"
    shown = words((await world.browser(world.app(), DeskRole.APPROVE).get(address)).text)
    assert "Overdragen zonder de aanmaning af te wachten" in shown and "verjaring nabij" in shown
    hidden = words((await world.browser(world.app(), DeskRole.WORK).get(address)).text)
    assert "verjaring nabij" not in hidden
