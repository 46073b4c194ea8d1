"""The desk in a browser: a case is found, read and worked by keyboard alone; every page can be used by anybody."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from api.serving.server import served_by
from casefile.desk_sessions import begin_session
from casefile.people import DeskRole
from config.connection_limits import API
from services.reports.case_report import report_of
from tests.api.desk.handbook import FILES
from tests.api.desk.world import CASE, PASSWORD, World, furnished
from tests.browser.barriers import AXE, axe, seen_as
from tests.browser.debtor_page import tab_to
from tests.browser.visitor import DESKTOP, PHONE, chromium, visitor

PICTURES = os.environ.get("MAANWERK_DESK_PICTURES")
"""Folder into which pictures of the pages are written; nowhere by default."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(chromium() is None, reason="there is no chromium here"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return furnished(tmp_path / "f.sqlite3")


@contextlib.asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    async with served_by(world.app(), listener, API):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


EXPECTED = ("status of 4", "the 'allow-scripts' permission is not set", "Autofocus processing was blocked")
"""A refusal that was asked for, a script in a mail that its frame kept back, or the help that is not open yet."""


async def test_a_case_is_found_read_and_paused_by_keyboard_alone(world: World, browser: Browser) -> None:
    async with served(world) as site, visitor(browser, expected=EXPECTED) as page:
        keys = page.keyboard
        await page.goto(f"{site}/desk")
        await expect(page.get_by_label("E-mailadres")).to_be_focused()
        await keys.type("work@devaart.example")
        await keys.press("Tab")
        await keys.type(PASSWORD)
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name="Vandaag", level=1)).to_be_visible()
        # The heading is there before the script is.
        await page.wait_for_load_state()
        await keys.press("g")
        await keys.press("z")
        await expect(page.get_by_role("heading", name="Zaken")).to_be_visible()
        await page.wait_for_load_state()
        # Down to the second row, and in.
        await keys.press("j")
        await keys.press("j")
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name="Bakkerij Ochtend")).to_be_visible()
        await tab_to(page, "Pauze", "link")
        await keys.press("Enter")
        await tab_to(page, "Reden")
        await keys.type("op vakantie")
        await tab_to(page, "Gevolg opnieuw bekijken", "button")
        await keys.press("Enter")
        await expect(page.get_by_text("Dit gebeurt er als u vastlegt")).to_be_visible()
        await page.keyboard.press("e")
        await keys.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="Pauze: vastgelegd.")).to_be_visible()
        with world.file.read() as transaction:
            (hold,) = report_of(transaction, CASE, world.now).holds
        assert hold.kind == "pause"
        await keys.press("u")
        await expect(page.get_by_role("button", name="Maak ongedaan")).to_be_focused()
        await keys.press("Enter")
        await expect(page.get_by_text("Niets houdt deze zaak aan.")).to_be_visible()
        # To the cases and the tasks, the list of keys, the search.
        await keys.press("g")
        await keys.press("t")
        await expect(page.get_by_role("heading", name="Taken")).to_be_visible()
        await keys.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await keys.press("Escape")
        await keys.press("/")
        await keys.type("250,50")
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name="factuur F-2")).to_be_visible()


async def test_a_mail_runs_no_script_in_its_frame(world: World, browser: Browser) -> None:
    async with served(world) as site, visitor(browser, past_policy=True, expected=EXPECTED) as page:
        await _sign_in(page, world, site)
        await page.goto(f"{site}/desk/zaken/{CASE}")
        title = await page.title()
        await page.locator("details.message > summary").first.click()
        await expect(page.frame_locator("iframe").get_by_text("factuur F-1 staat nog open")).to_be_visible()
        assert await page.title() == title


PAGES = {
    "vandaag": "/desk",
    "cijfers": "/desk/cijfers",
    "zaken": "/desk/zaken",
    "zaak": f"/desk/zaken/{CASE}",
    "pauze": f"/desk/zaken/{CASE}?doe=pauze",
    "regeling": f"/desk/zaken/{CASE}?doe=regeling",
    "debiteuren": "/desk/debiteuren",
    "debiteur": "/desk/debiteuren/devaart/bakker?doe=krediet",
    "overzicht": "/desk/debiteuren/devaart/bakker/overzicht",
    "bellen": "/desk/bellen/devaart/bakker",
    "bellijst-leeg": "/desk/bellen",
    "taken": "/desk/taken",
    "geld": "/desk/geld",
    "quarantaine": "/desk/quarantaine",
    "partnermeldingen": "/desk/partnermeldingen",
    "partnerlinks": "/desk/partnerlinks",
    "importeren": "/desk/importeren",
    "beleid": "/desk/beleid",
    "handleiding": "/desk/handleiding",
    "mensen": "/desk/mensen",
    "schuldeisers": "/desk/schuldeisers",
    "logboek": "/desk/logboek",
    "voorkeuren": "/desk/ik",
    "proef": "/desk/importeren",
    "kolommen": "/desk/importeren",
    "vergelijking": "/desk/beleid",
    "niets": "/desk/nothing",
    "inloggen": "/desk/inloggen",
}


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm)")
async def test_every_page_can_be_used_by_anybody(world: World, browser: Browser) -> None:
    async with (
        served(world) as site,
        visitor(browser, tool=axe(), past_policy=True, expected=EXPECTED) as page,
    ):
        await _sign_in(page, world, site)
        # Each page in each size and in each scheme; the two meet on half of the pages. It is loaded once for both, half
        # of the pages on a phone.
        first = (DESKTOP, PHONE)
        for number, (name, path) in enumerate(PAGES.items()):
            for look, dark in enumerate((False, True)):
                size = first[(number + look) % 2]
                await seen_as(page, size, dark=dark)
                if not look:
                    await page.goto(f"{site}{path}")
                    await _done_with(page, name)
                kind = f"{'phone' if size is PHONE else 'desktop'}{'-dark' if dark else ''}"
                if PICTURES is not None:
                    await page.screenshot(path=Path(PICTURES) / f"{name}-{kind}.png", full_page=True)
                found, width, needed = await page.evaluate(_LOOK)
                assert found == [], (kind, name, found)
                assert needed <= width == size["width"], f"{name} is too wide ({kind})"


_LOOK = """async () => {
  const {violations} = await axe.run({preload: false, resultTypes: ['violations']});
  const found = violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
  return [found, innerWidth, document.documentElement.scrollWidth];
}"""


async def _done_with(page: Page, name: str) -> None:
    """Pages that come only after something was dropped, and looked at until the work on it is over."""
    dropped = {"proef": "lijst.csv", "kolommen": "vreemd.csv", "vergelijking": "beleid.yaml"}.get(name)
    if dropped is None:
        return
    file = {"name": dropped, "mimeType": "text/plain", "buffer": FILES[dropped]}
    await page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    before = page.url
    await page.click("main button.go")
    # A click does not wait for the page that it leads to, and that one looks again by itself.
    await page.wait_for_url(lambda url: url != before)
    await page.wait_for_function("document.readyState === 'complete' && !document.querySelector('[data-running]')")
    if name == "kolommen":
        await page.get_by_role("link", name="Hoe de kolommen gelezen worden").click()
        await expect(page.get_by_role("heading", name="Kolommen", exact=True)).to_be_visible()


async def _sign_in(page: Page, world: World, site: str) -> None:
    secret = begin_session(world.file, world.users[DeskRole.ADMIN], world.now)
    await page.context.add_cookies([{"name": "desk", "value": secret, "url": site}])
