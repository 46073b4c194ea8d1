"""axe-core finds nothing that keeps anybody from using the debtor's page: in every state, in every language."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.api.debtor.world import World, furnished
from tests.browser.barriers import AXE, barriers_of
from tests.browser.debtor_page import DESKTOP, PHONE, browser, served
from tests.browser.temporal_page import chromium
from tests.domain.builders import invoice
from tests.gateways.loopback_checkout import Checkout, checkout

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(chromium() is None, reason="there is no chromium here"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not here: `make test` installs it where there is npm"),
]

FORMS = ("paid", "disagree", "instalments", "contact")
INSTALMENTS = [{"due": "2026-04-20", "amount": "634.56"}, {"due": "2026-05-20", "amount": "600.00"}]


async def owing(world: World) -> None:
    """Two invoices of which nothing was said."""


async def talking(world: World) -> None:
    """Everything that a debtor may have told or agreed."""
    world.open(invoice(number="F-3", amount="1234.56"), "case:F-3")
    dispute = {"amount": "300.00", "actor": "debtor", "id": "d", "reason": "damaged", "note": "the box was wet"}
    for case_id, name, content in (
        ("case:F-1", "raise_dispute", dispute),
        ("case:F-2", "hold_case", {"hold": "payment_claimed", "actor": "debtor", "id": "p"}),
        ("case:F-3", "agree_arrangement", {"instalments": INSTALMENTS, "actor": "els", "id": "a"}),
    ):
        assert (await world.ask(case_id, name, content)).outcome == "written"


async def paid(world: World) -> None:
    """Nothing is open."""
    for case_id in ("case:F-1", "case:F-2"):
        content = {"id": f"p:{case_id}", "amount": "2000.00", "credited_on": "2026-04-01"}
        assert (await world.ask(case_id, "payment_received", content)).outcome == "written"


async def insolvent(world: World) -> None:
    """Nothing may be asked of him."""
    content: dict[str, object] = {"status": "bankruptcy", "since": "2026-04-01"}
    for case_id in ("case:F-1", "case:F-2"):
        assert (await world.ask(case_id, "report_debtor_status", content)).outcome == "written"


States = Callable[[World], Awaitable[None]]
LANGUAGES = pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])


@contextlib.asynccontextmanager
async def visiting(
    folder: Path, state: States, *, online: bool, phone: bool = False, dark: bool = False
) -> AsyncIterator[tuple[World, Page, str]]:
    """A world in some state, a browser, and the address of the page of its debtor."""
    world = furnished(folder / "f.sqlite3")
    await state(world)
    with checkout() as provider:
        there: Checkout | None = provider if online else None
        size = PHONE if phone else DESKTOP
        async with served(world, there) as site, browser(folder / "profile", size, dark=dark, script=True) as page:
            yield world, page, f"{site}/pay/{world.link().secret}"


@LANGUAGES
@pytest.mark.parametrize("state", [owing, talking, paid, insolvent])
async def test_no_page_has_a_barrier(tmp_path: Path, state: States, language: str) -> None:
    wide = language in ("nl", "de")
    async with visiting(tmp_path, state, online=state is owing, phone=not wide, dark=not wide) as (_, page, there):
        done = [f"/done/{form}" for form in FORMS]
        for path in ("", *(f"/{form}" for form in FORMS), "/instalments?pay_day=25", "/back", *done, "/nowhere"):
            sign = "&" if "?" in path else "?"
            await page.goto(f"{there}{path}{sign}lang={language}")
            assert await page.locator("html").get_attribute("lang") == language
            assert await barriers_of(page) == [], path


@LANGUAGES
async def test_no_refusal_has_a_barrier(tmp_path: Path, language: str) -> None:
    async with visiting(tmp_path, owing, online=True) as (world, page, there):
        for form in FORMS:
            await page.goto(f"{there}/{form}?lang={language}")
            # Nothing is filled in, and the browser lets it pass: every field that is needed says so.
            await page.evaluate("for (const form of document.forms) form.noValidate = true")
            await page.locator(f'form[method="post"][action*="/{form}"] button').last.click()
            assert await page.get_by_role("alert").count() or await page.locator("[aria-invalid=true]").count(), form
            assert await barriers_of(page) == [], form
        for path in ("/pay/wrong", "/pay/wrong/paid"):
            await page.goto(f"{world.site}{path}?lang={language}")
            assert await barriers_of(page) == [], path
        # More than is open is disputed: a rule refuses it, in words.
        await page.goto(f"{there}/disagree?lang={language}")
        for field in ("invoice", "reason"):
            await page.locator(f"input[type=radio][name={field}]").first.check()
        world.refusing = "no"
        await page.locator("textarea").first.fill("x")
        await page.locator('form[method="post"][action*="/disagree"] button').last.click()
        assert await barriers_of(page) == []


async def test_what_is_a_barrier_is_found(tmp_path: Path) -> None:
    async with visiting(tmp_path, owing, online=False) as (_, page, there):
        await page.goto(f"{there}/contact")
        await page.evaluate("document.documentElement.removeAttribute('lang')")
        await page.evaluate("document.querySelector('label').remove()")
        found = [each.split(" ")[0] for each in await barriers_of(page)]
        assert "html-has-lang" in found
