"""A whole morning at the desk by keyboard alone: money, a veto, five calls, an approval, four hundred old invoices."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from domain import facts as f
from domain.opening import History, open_case
from domain.parties import Contact, Debtor
from services.reports.case_report import CaseReport, report_of
from tests.api.desk.handbook import Chapter, large_one, money_came, prepare
from tests.api.desk.world import CASE, PASSWORD, World, furnished, rules
from tests.browser.debtor_page import tab_to
from tests.browser.test_desk import EXPECTED, served
from tests.browser.visitor import chromium, visitor
from tests.casefile.builders import CREDITOR
from tests.domain.builders import invoice

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(chromium() is None, reason="there is no chromium here"),
]

OLD, DEBTORS = 400, 80
"""Old invoices that nobody has looked at yet, and of how many debtors they are."""
LARGE, REVERSED, HANDED = "case:devaart:G-1", "case:devaart:F-3", "case:devaart:F-9"
CALLED = ("Aalbers", "Bos", "Cuypers", "Dekker", "Evers")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = furnished(tmp_path / "f.sqlite3")
    # Yesterday a hand-off asked for its approval.
    today, world.now = world.now, world.now - timedelta(days=1)
    prepare(world, Chapter("", "approve", needs="overdracht"))
    world.now = today
    large_one(world, LARGE)
    money_came(world, REVERSED, CASE)
    _are_to_be_called(world)
    with world.file.write() as transaction:
        for number in range(OLD):
            debtor = Debtor(id=f"oud{number % DEBTORS}", name=f"Oud {number % DEBTORS} BV")
            if number < DEBTORS:
                transaction.parties.save_debtor(CREDITOR.id, debtor)
            found = invoice(number=f"O-{number}", due="2025-11-01", invoice_date="2025-10-01")
            found = found.model_copy(update={"debtor": debtor.id})
            facts = open_case(found, rules(), world.now, history=History(), review=True)
            transaction.cases.open(f"case:devaart:O-{number}", CREDITOR.id, facts, world.now)
    return world


def _are_to_be_called(world: World) -> None:
    with world.file.write() as transaction:
        for name in CALLED:
            contact = Contact(name=name, phone=f"+3120123456{len(name)}")
            transaction.parties.save_debtor("devaart", Debtor(id=name, name=name, contacts=(contact,)))
    for place, name in enumerate(CALLED):
        # The first owes most, so he stands first in the list.
        own = invoice(number=name, amount=f"{900 - 100 * place}.00").model_copy(update={"debtor": name})
        world.open(own, f"case:devaart:{name}", world.now)
        asked = f.TaskRaised(id="t:call", at=world.now, on=world.now.date(), task="call")
        with world.file.write(f"case:devaart:{name}") as transaction:
            transaction.cases.append(f"case:devaart:{name}", (asked,))
        world.advance(f"case:devaart:{name}")


def standing(world: World, case: str) -> CaseReport:
    with world.file.read() as transaction:
        return report_of(transaction, case, world.now)


def holds_and_tasks(world: World, case: str) -> tuple[list[str], list[str]]:
    report = standing(world, case)
    return [each.kind for each in report.holds], [each.kind for each in report.tasks]


async def go(page: Page, key: str, heading: str) -> None:
    """To a page by its two keys; its script listens once it is loaded."""
    await page.keyboard.press("g")
    await page.keyboard.press(key)
    await there(page, heading)


async def there(page: Page, heading: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    await page.wait_for_load_state()


async def test_a_whole_morning_is_played_by_keyboard_alone(world: World, browser: Browser) -> None:
    async with served(world) as site, visitor(browser, expected=EXPECTED) as page:
        await page.goto(f"{site}/desk")
        await expect(page.get_by_label("E-mailadres")).to_be_focused()
        await page.keyboard.type("approve@devaart.example")
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await there(page, "Vandaag")
        await _money(page, world)
        await _veto(page, world)
        await _calls(page, world)
        await _approval(page, world)
        await _old_invoices(page, world)


async def _money(page: Page, world: World) -> None:
    """What came overnight is read, and a payment of nobody goes where it seems to belong."""
    keys, block = page.keyboard, page.get_by_role("region", name="Geld vannacht")
    await keys.press("2")
    await expect(block.get_by_role("heading")).to_be_focused()
    await expect(block.get_by_role("row", name="Teruggeboekt")).to_contain_text("40,00")
    await expect(block.get_by_role("row", name="voorstel")).to_contain_text("12,34")
    await keys.press("j")
    await go(page, "k", "Geld zonder zaak")
    assert standing(world, CASE).open == "1000.00"
    await keys.press("e")
    await expect(page.get_by_role("button", name=f"aan {CASE}")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="mollie:tr_1")).to_contain_text("vastgelegd")
    await expect(page.get_by_text("Geen betaling zonder zaak")).to_be_visible()
    await page.wait_for_load_state()
    assert standing(world, CASE).open == "987.66"


async def _veto(page: Page, world: World) -> None:
    """A large message that would leave today is kept back."""
    keys = page.keyboard
    await go(page, "v", "Vandaag")
    # In a block without a row to deal with nothing is done, and nothing of another block either.
    await keys.press("8")
    await keys.press("e")
    await expect(page.get_by_text("Hier is geen regel om af te handelen.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Cijfers")).to_be_focused()
    await keys.press("3")
    await keys.press("e")
    await expect(page.get_by_text("De eerste regel is gekozen")).to_be_visible()
    await keys.press("e")
    await expect(page.get_by_role("checkbox", name="G-1")).to_be_focused()
    await keys.press("Space")
    await tab_to(page, "Houd tegen wat is aangekruist, tot morgen", "button")
    await keys.press("Enter")
    await expect(page.get_by_role("status").filter(has_text=LARGE)).to_contain_text("Tegengehouden tot morgen")
    await page.wait_for_load_state()
    (hold,) = standing(world, LARGE).holds
    assert (hold.kind, hold.until) == ("pause", "2026-04-11")


async def _calls(page: Page, world: World) -> None:
    """A promise, a dispute, an arrangement, one who is called again, and one whose number is wrong."""
    keys = page.keyboard
    await keys.press("g")
    await keys.press("b")

    async def calling(name: str) -> None:
        await expect(page.locator("#c1")).to_have_text(name)
        await page.wait_for_load_state()

    async def foreseen(text: str) -> None:
        await expect(page.locator("#gevolg")).to_contain_text(text)

    await calling("Aalbers")
    # Down the list and back to the first: who is skipped is not lost.
    for name in (*CALLED[1:], CALLED[0]):
        await keys.press("j")
        await calling(name)
    await keys.press("1")
    await keys.type("+4")
    await foreseen("uiterlijk di 14 apr")
    await keys.press("Enter")

    await calling("Bos")
    await expect(page.get_by_role("status")).to_contain_text("Belofte: vastgelegd. Aalbers")
    await keys.press("2")
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.type("de helft was nat")
    await foreseen("het hele bedrag")
    await keys.press("Enter")

    await calling("Cuypers")
    await keys.press("3")
    await foreseen("termijnen")
    await keys.press("Enter")

    await calling("Dekker")
    await keys.press("4")
    await keys.type("ma")
    await keys.press("Tab")
    await keys.type("10")
    await foreseen("ma 13 apr 10:00")
    await keys.press("Enter")

    await calling("Evers")
    await keys.press("6")
    await foreseen("contactgegevens herstellen")
    await keys.press("Enter")
    await expect(page.get_by_text("Nu hoeft niemand gebeld te worden.").first).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("Het gesprek: vastgelegd. Evers")
    await page.wait_for_load_state()
    # The last of it is undone, and he stands in the list again.
    await keys.press("u")
    await keys.press("Enter")
    await calling("Evers")
    assert {name: holds_and_tasks(world, f"case:devaart:{name}") for name in CALLED} == {
        "Aalbers": (["promise"], []),
        "Bos": (["dispute"], ["answer_dispute"]),
        "Cuypers": (["arrangement"], []),
        "Dekker": ([], ["call"]),
        "Evers": ([], ["call_again"]),
    }


async def _approval(page: Page, world: World) -> None:
    """The oldest task is a hand-off that asks for a yes."""
    keys = page.keyboard
    assert holds_and_tasks(world, HANDED)[1] == ["approve_handoff"]
    await go(page, "t", "Taken")
    await keys.press("j")
    await keys.press("e")
    await there(page, "F-9")
    await expect(page.get_by_text("Dit gebeurt er als u vastlegt")).to_be_visible()
    await keys.press("e")
    await expect(page.get_by_role("button", name="Overdracht goedkeuren")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Overdracht: vastgelegd")).to_be_visible()
    await page.wait_for_load_state()
    assert holds_and_tasks(world, HANDED) == ([], [])


async def _old_invoices(page: Page, world: World) -> None:
    """All that wait for a first look are ticked, looked at, and dealt with."""
    keys = page.keyboard
    await go(page, "v", "Vandaag")
    await keys.press("7")
    await keys.press("j")
    await expect(page.get_by_role("link", name="Eerst nakijken")).to_be_focused()
    await keys.press("Enter")
    await there(page, "Zaken")
    await expect(page.get_by_text(f"{OLD} zaken").first).to_be_visible()
    await keys.press("j")
    await keys.press("x")
    await keys.press("e")
    await expect(page.get_by_label(f"alle {OLD} van dit filter")).to_be_focused()
    await keys.press("Space")
    await tab_to(page, "Oude facturen beoordeeld", "button")
    await keys.press("Enter")
    await there(page, f"Oude facturen beoordeeld, {OLD} zaken")
    world.told.clear()
    await keys.press("e")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name=f"{OLD} van {OLD} afgehandeld")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("alles is gedaan")
    assert len({case for case, *_ in world.told}) == OLD
    await go(page, "v", "Vandaag")
    await expect(page.get_by_role("region", name="Vastzittend geld")).not_to_contain_text("Eerst nakijken")
