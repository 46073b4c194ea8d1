"""Lists of the desk in a browser: rows are ticked and dealt with by keyboard alone, and by who has no script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from casefile.desk_sessions import begin_session
from casefile.people import DeskRole
from domain.opening import History, open_case
from tests.api.desk.world import World, furnished, rules
from tests.browser.barriers import AXE, axe, barriers_of, seen_as
from tests.browser.test_desk import EXPECTED, served
from tests.browser.visitor import DESKTOP, PHONE, chromium, visitor
from tests.casefile.builders import CREDITOR
from tests.domain.builders import invoice

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(chromium() is None, reason="there is no chromium here"),
]

OLD = 40
"""Old invoices that nobody has looked at yet."""


def with_old(tmp_path: Path, old: int) -> World:
    world = furnished(tmp_path / "f.sqlite3")
    with world.file.write() as transaction:
        for number in range(old):
            found = invoice(number=f"O-{number}", due="2025-11-01", invoice_date="2025-10-01")
            case_id = f"case:devaart:O-{number}"
            facts = open_case(found, rules(), world.now, history=History(), review=True)
            transaction.cases.open(case_id, CREDITOR.id, facts, world.now)
    for number in range(old):
        world.advance(f"case:devaart:O-{number}")
    return world


def signed_in(world: World, role: DeskRole) -> str:
    return begin_session(world.file, world.users[role], world.now)


async def test_old_invoices_are_ticked_and_reviewed_by_keyboard_alone(tmp_path: Path, browser: Browser) -> None:
    world = with_old(tmp_path, OLD)
    async with served(world) as site, visitor(browser, expected=EXPECTED) as page:
        await page.context.add_cookies([{"name": "desk", "value": signed_in(world, DeskRole.WORK), "url": site}])
        await page.goto(f"{site}/desk/zaken?reden=onboarding_review&op=nr")
        keys, bar = page.keyboard, page.get_by_role("group", name="Met de gekozen zaken")
        await expect(bar).to_be_hidden()
        await keys.press("j")
        await keys.press("x")
        await expect(bar).to_be_visible()
        await keys.press("j")
        await keys.press("j")
        await keys.press("Shift+X")
        await expect(bar).to_contain_text("Met de gekozen zaken 3")
        await bar.get_by_role("checkbox").focus()
        await keys.press("Space")
        await bar.get_by_role("button", name="Oude facturen beoordeeld").focus()
        await keys.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(f"Oude facturen beoordeeld, {OLD} zaken")
        assert not world.told
        await keys.press("e")
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name=f"{OLD} van {OLD} afgehandeld")).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text("alles is gedaan")
        assert len({case for case, *_ in world.told}) == OLD
        await page.goto(f"{site}/desk/zaken?reden=onboarding_review")
        await expect(page.get_by_text("Geen zaak voldoet hieraan")).to_be_visible()


async def test_rows_are_ticked_without_script_too(tmp_path: Path, browser: Browser) -> None:
    world = with_old(tmp_path, 0)
    async with served(world) as site, visitor(browser, script=False, expected=EXPECTED) as page:
        await page.context.add_cookies([{"name": "desk", "value": signed_in(world, DeskRole.WORK), "url": site}])
        await page.goto(f"{site}/desk/zaken?op=nr")
        await page.get_by_label("Kies F-1", exact=True).check()
        await page.get_by_role("button", name="Aanhouden…").click()
        await page.get_by_role("button", name="Aanhouden: 1 zaak").click()
        await expect(page.get_by_role("heading", name="1 van 1 afgehandeld")).to_be_visible()
        assert [name for _, name, _ in world.told] == ["pause_case"]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not here: `make test` installs it where there is npm")
async def test_no_list_has_a_barrier(tmp_path: Path, browser: Browser) -> None:
    # Rows are alike: of each the browser would look at every word.
    world = with_old(tmp_path, 4)
    await world.ask("case:devaart:F-1", "record_promise", {"by": "2026-04-17", "amount": "5.00"})
    async with served(world) as site, visitor(browser, tool=axe(), expected=EXPECTED) as page:
        await page.context.add_cookies([{"name": "desk", "value": signed_in(world, DeskRole.ADMIN), "url": site}])
        looks = ((DESKTOP, False), (PHONE, True))
        for path in ("zaken", "debiteuren", "beloften", "betwistingen", "taken", "bulk"):
            await page.goto(f"{site}/desk/{path}")
            for size, dark in looks:
                await seen_as(page, size, dark=dark)
                assert await barriers_of(page) == [], path
                if path == "zaken" and size is DESKTOP:
                    name = page.get_by_role("columnheader", name="Debiteur", exact=True)
                    assert await name.evaluate("(head) => head.clientWidth") > 120, "a name can be read"
        await page.goto(f"{site}/desk/zaken?reden=onboarding_review&zoek=O-3")
        await page.get_by_label("Kies O-3", exact=True).check()
        for size, dark in looks:
            await seen_as(page, size, dark=dark)
            # One row in the middle, so that neither the head of the page nor the bar covers half a box.
            await page.evaluate("document.querySelector('tbody tr:last-child').scrollIntoView({block: 'center'})")
            assert await barriers_of(page) == [], size
        await page.get_by_role("button", name="Oude facturen beoordeeld…").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("1 zaak")
        for size, dark in looks:
            await seen_as(page, size, dark=dark)
            assert await barriers_of(page) == [], size
